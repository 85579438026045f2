// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/table_check.h"

#include "engine/error.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace orrery::embedding {

namespace {

struct Range {
    std::vector<float> low, high;
    explicit Range(std::size_t columns)
        : low(columns, std::numeric_limits<float>::infinity()), high(columns, -std::numeric_limits<float>::infinity()) {}
    void take(const float* lows, const float* highs) {
        for (std::size_t d = 0; d < low.size(); ++d) low[d] = std::min(low[d], lows[d]), high[d] = std::max(high[d], highs[d]);
    }
};

Range rangeOf(const Matrix& m) {
    constexpr std::int64_t together = 4096;
    const std::int64_t blocks = (m.rows() + together - 1) / together;
    std::vector<Range> found(std::size_t(tensor::host::workers(blocks)), Range(std::size_t(m.columns())));
    tensor::host::parallel(blocks, [&](std::int64_t block, int worker) {
        for (std::int64_t i = block * together; i < std::min(m.rows(), (block + 1) * together); ++i)
            found[std::size_t(worker)].take(m.row(i).data(), m.row(i).data());
    });
    for (std::size_t other = 1; other < found.size(); ++other) found[0].take(found[other].low.data(), found[other].high.data());
    return std::move(found[0]);
}

std::string shown(float x) {
    std::array<char, 32> text{};
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x, std::chars_format::general, 3).ptr};
}

} // namespace

Table checked(Table table, const std::string& path) {
    const Matrix& m = table.values;
    const Range range = rangeOf(m);
    std::int64_t constant = 0;
    float widest = 0;
    for (std::size_t d = 0; d < range.low.size(); ++d) {
        constant += range.low[d] == range.high[d], widest = std::max(widest, range.high[d] - range.low[d]);
        if (std::max(-range.low[d], range.high[d]) <= largestNumber) continue;
        std::int64_t row = 0;
        while (std::abs(m.row(row)[d]) <= largestNumber) ++row;
        throw Error(path + ": row " + std::to_string(row) + ", column " + std::to_string(d) +
                    " (counted from 0): " + shown(m.row(row)[d]) +
                    " is too large for distances in float32; scale the table to numbers up to " + shown(largestNumber));
    }
    if (widest > 0 && widest < leastDifference)
        throw Error(path + ": no two rows differ by more than " + shown(widest) +
                    " in any column, too little for distances in float32; scale the table");
    if (constant == m.columns() && m.rows() > 1)
        table.remarks.push_back("All " + std::to_string(m.rows()) + " rows are equal: every picture of them is one point.");
    else if (constant > 0 && m.rows() > 1)
        table.remarks.push_back(
            std::to_string(constant) + " of " + std::to_string(m.columns()) +
            (constant == 1 ? " columns never changes, and says nothing." : " columns never change, and say nothing."));
    return table;
}

} // namespace orrery::embedding
