// SPDX-License-Identifier: GPL-3.0-or-later
// Tables for the tests: scikit-learn's digits and iris where its package lies on this machine, mixtures of Gaussians otherwise.
#pragma once

#include "engine/labs/embedding/table.h"
#include "engine/philox.h"

#include <zlib.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace orrery::test {

inline std::optional<std::string> sklearnFile(const std::string& name) {
    for (const char* folder :
         {"/usr/lib/python3/dist-packages/sklearn/datasets/data/", "/usr/share/python3-sklearn/datasets/data/"})
        if (std::filesystem::exists(folder + name)) return folder + name;
    return {};
}

inline std::string unzipped(const std::string& path) {
    std::string text;
    const gzFile file = gzopen(path.c_str(), "rb");
    char piece[1 << 16];
    for (int got = 0; (got = gzread(file, piece, sizeof piece)) > 0;) text.append(piece, std::size_t(got));
    gzclose(file);
    return text;
}

/// Rows of numbers, the last of which is the class.
inline embedding::Table labelled(const std::string& text, const std::string& name, bool skipFirst) {
    std::vector<float> values;
    std::vector<std::string> classes;
    std::int64_t columns = 0;
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
        if (skipFirst || line.empty()) {
            skipFirst = false;
            continue;
        }
        std::vector<float> row;
        for (const char* at = line.data(); at < line.data() + line.size();) {
            float value = 0;
            at = std::from_chars(at, line.data() + line.size(), value).ptr + 1;
            row.push_back(value);
        }
        classes.push_back(std::to_string(int(row.back())));
        row.pop_back();
        columns = std::int64_t(row.size());
        values.insert(values.end(), row.begin(), row.end());
    }
    embedding::Table table;
    table.name = name;
    table.values = embedding::Matrix(std::int64_t(classes.size()), columns, std::move(values));
    embedding::Column column{"class", {}, {}};
    for (int c = 0; c < 10; ++c) column.categories.push_back(std::to_string(c));
    for (const std::string& c : classes) column.values.push_back(float(std::stoi(c)));
    table.columns.push_back(std::move(column));
    return table;
}

inline std::optional<embedding::Table> digits() {
    const auto path = sklearnFile("digits.csv.gz");
    if (!path) return {};
    return labelled(unzipped(*path), "digits", false);
}

inline std::optional<embedding::Table> iris() {
    const auto path = sklearnFile("iris.csv");
    if (!path) return {};
    std::ifstream in(*path);
    std::stringstream text;
    text << in.rdbuf();
    return labelled(text.str(), "iris", true);
}

#define NEEDS_SKLEARN(table) \
    if (!(table)) QSKIP("python3-sklearn is not installed: its digits and iris are what this is checked on")

/// `clusters` Gaussians of deviation 1 about centres of deviation `apart`.
inline embedding::Table mixture(std::int64_t n, std::int64_t D, int clusters, double apart, std::uint64_t seed = 5) {
    std::vector<float> values(std::size_t(n * D)), classes(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
        const int c = int(i % clusters);
        classes[std::size_t(i)] = float(c);
        for (std::int64_t d = 0; d < D; ++d)
            values[std::size_t(i * D + d)] = float(apart * normalPair(philox(seed, std::uint32_t(c), std::uint32_t(d), 1))[0] +
                                                   normalPair(philox(seed, std::uint32_t(i), std::uint32_t(d), 2))[0]);
    }
    embedding::Table table;
    table.name = "mixture";
    table.values = embedding::Matrix(n, D, std::move(values));
    embedding::Column column{"class", {}, std::move(classes)};
    for (int c = 0; c < clusters; ++c) column.categories.push_back(std::to_string(c));
    table.columns.push_back(std::move(column));
    return table;
}

} // namespace orrery::test
