// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/table.h"

#include "engine/error.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>

namespace orrery::lab {

namespace {

constexpr std::size_t chunkBytes = 1u << 20;
constexpr std::size_t longestLine = 1u << 16;

std::string_view trimmed(std::string_view text) {
    const auto blank = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && blank(text.back())) text.remove_suffix(1);
    return text;
}

/// Length of the text before a # that stands outside quotes.
std::size_t beforeComment(std::string_view text) {
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        if (text[i] == '#' && !quoted) return i;
    }
    return text.size();
}

std::string printable(std::string_view field) {
    std::string text(field.substr(0, 40));
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = '?';
    return "'" + text + (field.size() > 40 ? "...'" : "'");
}

} // namespace

TableReader::TableReader(const std::string& path, const TableOptions& options) : m_path(path), m_options(options) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw Error(path + ": is a folder, not a table");
    m_size = std::filesystem::file_size(path, error);
    m_in.open(path, std::ios::binary);
    if (error || !m_in) throw Error(path + ": cannot be read; check that it exists and that you may read it");
    if (m_size == 0) throw Error(path + ": is empty; it needs a row of numbers per point");
}

bool TableReader::slice() {
    std::string chunk(chunkBytes, '\0');
    m_in.read(chunk.data(), std::streamsize(chunk.size()));
    chunk.resize(std::size_t(m_in.gcount()));
    if (m_in.bad()) throw Error(m_path + ": could not be read to its end");
    m_done = std::min(m_done + chunk.size(), m_size);
    const bool last = chunk.size() < chunkBytes;
    std::string_view text = chunk;
    if (!m_started && (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")))
        throw Error(m_path + ": is UTF-16 text; save it as UTF-8");
    if (!m_started && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.find('\0') != text.npos) throw Error(m_path + ": is not a table in text; use CSV or NPY");
    m_started = true;
    parse(text, last);
    reserve();
    return !last;
}

/// One allocation instead of a series of doublings: most tables have lines of much the same length.
void TableReader::reserve() {
    const double share = double(m_done) / double(m_size), sizeNow = double(m_values.size());
    const double nextChunk = 2 * sizeNow * double(chunkBytes) / double(m_done);
    if (share >= 1 || double(m_values.capacity()) - sizeNow > nextChunk) return;
    const double most = double(m_options.columns) * double(m_options.maxRows);
    m_values.reserve(std::size_t(std::min(1.02 * sizeNow / share, most)));
}

void TableReader::parse(std::string_view text, bool last) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (m_afterReturn && text[at] == '\n') ++at; // the second half of CRLF
        m_afterReturn = false;
        const std::size_t end = text.find_first_of("\r\n", at);
        if (end == text.npos) {
            m_rest.append(text.substr(at));
            break;
        }
        ++m_line;
        if (m_rest.empty()) {
            line(text.substr(at, end - at));
        } else {
            m_rest.append(text.substr(at, end - at));
            line(m_rest);
            m_rest.clear();
        }
        m_afterReturn = text[end] == '\r';
        at = end + 1;
    }
    if (m_rest.size() > longestLine) ++m_line, line(m_rest);
    if (last && !m_rest.empty()) ++m_line, line(m_rest), m_rest.clear();
    if (last && m_rows == 0) throw Error(m_path + ": holds no row of numbers; it needs one per point");
}

void TableReader::line(std::string_view text) {
    if (text.size() > longestLine) fail("is longer than any row of numbers; is this a table in text?");
    text = text.substr(0, beforeComment(text));
    if (trimmed(text).empty()) return;
    if (m_separator == 0) chooseSeparator(text);
    split(text);
    if (!m_sawFirst) {
        m_sawFirst = true;
        m_width = m_fields.size();
        double value = 0;
        const auto isNumber = [&](std::string_view field) { return number(field, value); };
        if (std::none_of(m_fields.begin(), m_fields.end(), isNumber)) {
            m_names.assign(m_fields.begin(), m_fields.end());
            return;
        }
    }
    row();
}

void TableReader::chooseSeparator(std::string_view text) {
    text = trimmed(text);
    for (const char candidate : {'\t', ';', ','})
        for (bool quoted = false; const char c : text) {
            if (c == '"') quoted = !quoted;
            if (c == candidate && !quoted && m_separator == 0) m_separator = candidate;
        }
    if (m_separator == 0) m_separator = ' ';
}

/// Fields without their quotes and the blanks around them.
void TableReader::split(std::string_view text) {
    m_fields.clear();
    if (m_separator == ' ') text = trimmed(text);
    std::size_t start = 0;
    bool quoted = false;
    const auto add = [&](std::size_t end) {
        std::string_view field = trimmed(text.substr(start, end - start));
        if (field.size() >= 2 && field.front() == '"' && field.back() == '"') field = trimmed(field.substr(1, field.size() - 2));
        m_fields.push_back(field);
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '"') quoted = !quoted;
        const bool ends = m_separator == ' ' ? text[i] == ' ' || text[i] == '\t' : text[i] == m_separator;
        if (quoted || !ends) continue;
        if (m_separator != ' ' || i > start) add(i);
        start = i + 1;
    }
    if (quoted) fail("a quote does not close on its line", m_fields.size() + 1);
    add(text.size());
}

void TableReader::row() {
    const std::string width = std::to_string(m_fields.size()) + (m_fields.size() == 1 ? " column" : " columns");
    if (m_fields.size() < m_options.columns && (m_rows == 0 || m_width < m_options.columns))
        fail("has " + width + "; a point needs " + std::to_string(m_options.columns) +
             ", apart by comma, semicolon, tab or blank");
    if (m_fields.size() != m_width)
        fail("has " + width + ", but the first row has " + std::to_string(m_width) + "; mend or remove it");
    if (m_rows == m_options.maxRows)
        throw Error(m_path + ": has more than " + std::to_string(m_options.maxRows) +
                    " rows, which is the most; keep every tenth, say");
    for (std::size_t i = 0; i < m_options.columns; ++i) {
        double value = 0;
        if (m_fields[i].empty()) fail("is empty; fill it in or remove the row", i + 1);
        if (!number(m_fields[i], value)) {
            const bool comma = m_fields[i].find(',') != std::string_view::npos;
            fail(printable(m_fields[i]) + " is not a number" +
                     (comma ? "; write it with a decimal point" : "; write it like -1.5 or 2e-3, or remove the row"),
                 i + 1);
        }
        if (!std::isfinite(value)) fail(printable(m_fields[i]) + " is not a finite number; fill it in or remove the row", i + 1);
        m_values.push_back(value);
    }
    ++m_rows;
}

/// True for anything that is meant as a number, nan, inf and numbers too large for a double among them.
bool TableReader::number(std::string_view field, double& value) const {
    if (field.size() > 1 && field[0] == '+' && field[1] != '-') field.remove_prefix(1);
    const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
    if (field.empty() || error == std::errc::invalid_argument || end != field.data() + field.size()) return false;
    // from_chars says "out of range" of 1e999 and of 1e-999 alike; only the first is refused.
    if (error == std::errc::result_out_of_range) value = field.find('-', 1) != field.npos ? 0 : HUGE_VAL;
    return true;
}

void TableReader::fail(const std::string& what, std::size_t column) const {
    throw Error(m_path + ", row " + std::to_string(m_line) + (column ? ", column " + std::to_string(column) + ": " : " ") + what);
}

} // namespace orrery::lab
