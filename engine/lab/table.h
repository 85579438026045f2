// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers from a table in text, a slice at a time: comma, semicolon, tab or blanks between columns, an optional header
// line, # comments, quoted fields, LF, CRLF or CR. Numbers are read with a decimal point whatever the locale says.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::lab {

struct TableOptions {
    std::size_t columns = 2; ///< numbers taken from each row: its first columns; further ones are counted, not read
    std::uint64_t maxRows = 10'000'000;
};

/// Every error is an Error that names the file, the row (the line as an editor counts it), the column and what to do.
class TableReader {
 public:
    TableReader(const std::string& path, const TableOptions& options); ///< throws when it cannot be opened or is empty

    /// Reads and parses about a megabyte; false when the end is reached.
    bool slice();
    double fraction() const { return m_size > 0 ? double(m_done) / double(m_size) : 1; }
    std::uint64_t rows() const { return m_rows; }
    const std::vector<std::string>& names() const { return m_names; } ///< from the header line, may be empty
    std::vector<double> take() { return std::move(m_values); }        ///< row after row

 private:
    void parse(std::string_view text, bool last);
    void line(std::string_view text);
    void split(std::string_view text);
    void row();
    void reserve();
    void chooseSeparator(std::string_view text);
    bool number(std::string_view field, double& value) const;
    [[noreturn]] void fail(const std::string& what, std::size_t column = 0) const;

    std::string m_path;
    TableOptions m_options;
    std::ifstream m_in;
    std::uint64_t m_size = 0, m_done = 0, m_line = 0, m_rows = 0;
    std::size_t m_width = 0; ///< columns of the first row
    char m_separator = 0;    ///< ' ' stands for any run of blanks
    bool m_started = false, m_afterReturn = false, m_sawFirst = false;
    std::string m_rest; ///< a line whose end has not been read yet
    std::vector<std::string_view> m_fields;
    std::vector<std::string> m_names;
    std::vector<double> m_values;
};

} // namespace orrery::lab
