// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/points_file.h"

#include "engine/error.h"
#include "engine/lab/table.h"
#include "engine/model/npy.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

namespace orrery::lab {

struct PointsFile::Reader {
    virtual ~Reader() = default;
    virtual bool slice() = 0; ///< a few milliseconds of work; false at the end
    virtual double fraction() const = 0;
    virtual std::uint64_t rows() const = 0;
    virtual std::vector<double> take() = 0;
    bool finished = false;
};

namespace {

class TextPoints : public PointsFile::Reader {
 public:
    explicit TextPoints(const std::string& path) : m_table(path, {.columns = 2, .maxRows = maxPointsInFile}) {}
    bool slice() override { return m_table.slice(); }
    double fraction() const override { return m_table.fraction(); }
    std::uint64_t rows() const override { return m_table.rows(); }
    std::vector<double> take() override { return m_table.take(); }

 private:
    TableReader m_table;
};

class NpyPoints : public PointsFile::Reader {
 public:
    explicit NpyPoints(const std::string& path) : m_file(path) {
        const model::NpyHeader& header = m_file.header();
        if (header.shape.size() != 2 || header.shape[1] < 2)
            throw Error(path + ": holds an array of shape " + header.shapeText() + "; points need [N, 2]: a row per point" +
                        (header.shape.size() == 2 ? ", so transpose it" : ""));
        m_total = header.shape[0];
        m_width = header.shape[1];
        if (m_total == 0) throw Error(path + ": is empty; it needs a row of numbers per point");
        if (m_total > maxPointsInFile)
            throw Error(path + ": has " + std::to_string(m_total) + " rows, more than " + std::to_string(maxPointsInFile) +
                        ", which is the most; keep every tenth, say");
    }

    bool slice() override {
        const bool apart = m_file.header().fortranOrder, wide = m_width > valuesPerSlice;
        const std::uint64_t rows = wide ? 1 : std::min(valuesPerSlice / m_width, m_total - m_rows);
        const std::uint64_t stride = apart ? 1 : wide ? 2 : m_width, offset = apart ? rows : 1;
        m_points.reserve(2 * m_total);
        m_values.resize(apart ? 2 * rows : stride * rows);
        if (apart) {
            m_file.read(m_rows, std::span(m_values).first(rows));
            m_file.read(m_total + m_rows, std::span(m_values).last(rows));
        } else {
            m_file.read(m_rows * m_width, m_values);
        }
        for (std::uint64_t i = 0; i < rows; ++i)
            for (std::uint64_t column = 0; column < 2; ++column) add(m_rows + i, column, m_values[i * stride + column * offset]);
        m_rows += rows;
        return m_rows < m_total;
    }
    double fraction() const override { return double(m_rows) / double(m_total); }
    std::uint64_t rows() const override { return m_rows; }
    std::vector<double> take() override { return std::move(m_points); }

 private:
    static constexpr std::uint64_t valuesPerSlice = 1u << 18;

    void add(std::uint64_t row, std::uint64_t column, double value) {
        if (!std::isfinite(value))
            throw Error(m_file.path() + ", row " + std::to_string(row + 1) + ", column " + std::to_string(column + 1) + ": " +
                        (std::isnan(value) ? "nan" : "inf") + " is not a finite number; fill it in or remove the row");
        m_points.push_back(value);
    }

    model::NpyFile m_file;
    std::uint64_t m_total = 0, m_width = 0, m_rows = 0;
    std::vector<double> m_values, m_points;
};

bool isNpy(const std::string& path) {
    char start[6] = {};
    std::ifstream(path, std::ios::binary).read(start, sizeof start);
    const bool named = path.size() > 4 && (path.ends_with(".npy") || path.ends_with(".NPY"));
    return named || std::memcmp(start, "\x93NUMPY", sizeof start) == 0;
}

} // namespace

PointsFile::PointsFile(const std::string& path) {
    if (isNpy(path))
        m_reader = std::make_unique<NpyPoints>(path);
    else
        m_reader = std::make_unique<TextPoints>(path);
}

PointsFile::~PointsFile() = default;
PointsFile::PointsFile(PointsFile&&) noexcept = default;
PointsFile& PointsFile::operator=(PointsFile&&) noexcept = default;

double PointsFile::slice(double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const auto end =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(budgetMs));
    do {
        if (!m_reader->finished) m_reader->finished = !m_reader->slice();
    } while (!m_reader->finished && Clock::now() < end);
    return fraction();
}

double PointsFile::fraction() const { return m_reader->finished ? 1 : std::min(m_reader->fraction(), 0.999); }

std::uint64_t PointsFile::rows() const { return m_reader->rows(); }
std::vector<double> PointsFile::take() { return m_reader->take(); }

std::vector<double> readPointsFile(const std::string& path) {
    PointsFile file(path);
    while (file.slice(1000) < 1) {
    }
    return file.take();
}

} // namespace orrery::lab
