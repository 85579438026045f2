// SPDX-License-Identifier: GPL-3.0-or-later
// What is projected: N rows of D numbers, with what is known about each row (a word, classes, numbers, a small picture).
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace orrery::embedding {

/// Row-major float32 that several parts of the program may hold: memory of its own, or the mapped pages of a file.
class Matrix {
 public:
    Matrix() = default;
    Matrix(std::int64_t rows, std::int64_t columns); ///< zeros
    Matrix(std::int64_t rows, std::int64_t columns, std::vector<float> values);
    /// Values that `owner` keeps alive.
    Matrix(std::int64_t rows, std::int64_t columns, const float* values, std::shared_ptr<const void> owner);

    std::int64_t rows() const { return m_rows; }
    std::int64_t columns() const { return m_columns; }
    const float* data() const { return m_data; }
    std::span<const float> row(std::int64_t i) const { return {m_data + i * m_columns, std::size_t(m_columns)}; }
    std::span<const float> all() const { return {m_data, std::size_t(m_rows * m_columns)}; }

 private:
    std::int64_t m_rows = 0, m_columns = 0;
    const float* m_data = nullptr;
    std::shared_ptr<const void> m_owner;
};

/// Something known about every row: a number, or one of any count of categories.
struct Column {
    std::string name;
    std::vector<std::string> categories; ///< in order of appearance; empty: numbers
    std::vector<float> values;           ///< N numbers, or N indices of categories
    bool categorical() const { return !categories.empty(); }
};

/// A picture for each row, all of one size.
struct Thumbnails {
    int width = 0, height = 0, channels = 1;
    std::vector<std::uint8_t> pixels; ///< [N, height, width, channels]
    explicit operator bool() const { return width > 0; }
};

struct Table {
    std::string name;
    Matrix values;                    ///< [N, D], finite
    std::vector<std::string> tokens;  ///< N names (words), UTF-8; or none
    std::vector<Column> columns;      ///< metadata
    Thumbnails thumbnails;            ///< or none
    std::vector<std::string> remarks; ///< sentences about what was odd and still readable

    std::int64_t rows() const { return values.rows(); }
    std::int64_t dims() const { return values.columns(); }
    const Column* find(const std::string& column) const; ///< as spelled() finds it; or null
    /// The first column of categories that more than one row shares; or null.
    const Column* classes() const;
    /// The column that colours and names where nobody asked for another: of categories, the one with most of them up to
    /// `mostSpoken`; else classes(), else the first of all; or null.
    const Column* spoken() const;
    static constexpr std::size_t mostSpoken = 32;
};

/// A column from N texts: numbers when every one of them is a finite number, categories otherwise.
Column columnOf(std::string name, std::span<const std::string> texts);

} // namespace orrery::embedding
