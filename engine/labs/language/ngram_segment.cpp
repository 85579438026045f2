// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_segment.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::language {

namespace {
constexpr double never = -std::numeric_limits<double>::infinity();
}

ByteSegmenter::ByteSegmenter(const NgramCounts& counts, Token firstByte, std::uint64_t minimum)
    : m_counts(counts), m_firstByte(firstByte), m_minimum(minimum), m_single(256) {
    double total = 0;
    for (int byte = 0; byte < 256; ++byte) {
        m_single[std::size_t(byte)] = double(std::max<std::uint64_t>(1, counts.count(0, Row(firstByte + byte))));
        total += m_single[std::size_t(byte)];
    }
    for (double& count : m_single) count = std::log(count / total);
}

/// `rows`: where the last 1, 2 ... bytes before `at` stand; afterwards those up to and with `at`.
void ByteSegmenter::costs(std::string_view line, std::size_t at, std::vector<Row>& rows, Costs& out) const {
    const unsigned char byte = static_cast<unsigned char>(line[at]);
    const Token token = m_firstByte + byte;
    for (int j = m_counts.order() - 1; j > 0; --j) {
        const Row before = rows[std::size_t(j - 1)];
        const Row row = before == noRow ? noRow : m_counts.child(j - 1, before, token);
        const std::uint64_t count = row == noRow ? 0 : m_counts.count(j, row);
        // a single byte that was never seen is in no longer n-gram either, so the count below is a real one
        out[std::size_t(j)] =
            count == 0 || count < m_minimum ? never : std::log(double(count)) - std::log(double(m_counts.count(j - 1, before)));
        rows[std::size_t(j)] = row;
    }
    rows[0] = m_counts.count(0, Row(token)) > 0 ? Row(token) : noRow;
    out[0] = m_single[byte];
}

void ByteSegmenter::segmentLine(std::string_view line, Result& result) const {
    const std::size_t states = std::size_t(m_counts.order());
    std::vector<Row> rows(states, noRow);
    Costs cost(states), best(states, never), next(states);
    std::vector<std::uint8_t> from(line.size() * states); // the state before
    for (std::size_t at = 0; at < line.size(); ++at) {
        costs(line, at, rows, cost);
        const std::size_t winner = std::size_t(std::max_element(best.begin(), best.end()) - best.begin());
        next[0] = (at == 0 ? 0 : best[winner]) + cost[0];
        from[at * states] = std::uint8_t(winner);
        for (std::size_t j = 1; j < states; ++j) {
            const std::size_t before = j + 1 == states && best[j] > best[j - 1] ? j : j - 1;
            next[j] = best[before] + cost[j];
            from[at * states + j] = std::uint8_t(before);
        }
        best.swap(next);
    }
    std::size_t state = std::size_t(std::max_element(best.begin(), best.end()) - best.begin());
    result.score += best[state];
    const std::size_t first = result.pieces.size();
    std::size_t end = line.size();
    for (std::size_t at = line.size(); at-- > 0;) {
        if (state == 0) {
            result.pieces.push_back(line.substr(at, end - at));
            end = at;
        }
        state = from[at * states + state];
    }
    std::reverse(result.pieces.begin() + std::ptrdiff_t(first), result.pieces.end());
}

ByteSegmenter::Result ByteSegmenter::segment(std::string_view text) const {
    Result result;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        if (end > 0) segmentLine(text.substr(0, end), result);
        if (end < text.size()) result.pieces.push_back(text.substr(end, 1));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return result;
}

double ByteSegmenter::scoreOf(std::string_view line, const std::vector<bool>& begins) const {
    const std::size_t states = std::size_t(m_counts.order());
    std::vector<Row> rows(states, noRow);
    Costs cost(states);
    double sum = 0;
    std::size_t state = 0;
    for (std::size_t at = 0; at < line.size(); ++at) {
        costs(line, at, rows, cost);
        state = at == 0 || begins[at] ? 0 : std::min(state + 1, states - 1);
        sum += cost[state];
    }
    return sum;
}

} // namespace orrery::language
