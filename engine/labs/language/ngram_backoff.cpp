// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/ngram_arpa.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace orrery::language {

namespace {
constexpr int tokenColumn = 0, probabilityColumn = 1, backoffColumn = 2, firstColumn = 3;
}

std::uint64_t BackoffModel::bytes() const {
    std::uint64_t sum = sizeof *this;
    for (const PackedTable& level : m_levels) sum += level.bytes();
    return sum;
}

float BackoffModel::number(int level, Row row, int column) const {
    return std::bit_cast<float>(std::uint32_t(m_levels[std::size_t(level)].get(row, column)));
}

Row BackoffModel::child(int level, Row row, Token token) const {
    const PackedTable& table = m_levels[std::size_t(level)];
    const std::uint64_t from = table.get(row, firstColumn), to = table.get(row + 1, firstColumn);
    const std::uint64_t found = m_levels[std::size_t(level) + 1].find(from, to, tokenColumn, std::uint64_t(token));
    return found == to ? noRow : Row(found);
}

NgramState BackoffModel::start() const {
    NgramState state;
    if (m_symbols.begin != noToken) advance(state, m_symbols.begin);
    return state;
}

void BackoffModel::advance(NgramState& state, Token token) const {
    if (token < 0 || token >= m_symbols.size) throw Error("token " + std::to_string(token) + " is not in the vocabulary");
    NgramState next;
    next.length = std::min(state.length + 1, m_order - 1);
    if (next.length > 0) next.row[1] = Row(token);
    for (int k = 2; k <= next.length; ++k) {
        const Row context = state.row[std::size_t(k - 1)];
        next.row[std::size_t(k)] = context == noRow ? noRow : child(k - 2, context, token);
    }
    state = next;
}

double BackoffModel::step(NgramState& state, Token token, std::vector<Rung>* path) const {
    if (path) path->clear();
    double p = 0;
    for (int length = 0; length <= std::min(state.length, m_order - 1); ++length) {
        const Row context = length == 0 ? 0 : state.row[std::size_t(length)];
        Rung rung{.length = length, .seen = context != noRow};
        if (rung.seen) {
            const Row row = length == 0 ? Row(token) : child(length - 1, context, token);
            const float own = row == noRow ? NAN : number(length, row, probabilityColumn);
            rung.found = !std::isnan(own) && token != m_symbols.begin;
            if (rung.found)
                rung.own = std::pow(10.0, double(own)), rung.passed = 0;
            else if (length > 0)
                rung.passed = std::pow(10.0, double(number(length - 1, context, backoffColumn)));
            p = rung.own + rung.passed * p;
        }
        rung.probability = p;
        if (path) path->push_back(rung);
    }
    if (path) std::reverse(path->begin(), path->end());
    advance(state, token);
    return p;
}

void BackoffModel::distribution(const NgramState& state, std::span<double> out) const {
    for (std::size_t token = 0; token < out.size(); ++token) {
        const float p = number(0, Row(token), probabilityColumn);
        out[token] = std::isnan(p) ? 0 : std::pow(10.0, double(p));
    }
    for (int length = 1; length <= std::min(state.length, m_order - 1); ++length) {
        const Row context = state.row[std::size_t(length)];
        if (context == noRow) continue;
        const double passed = std::pow(10.0, double(number(length - 1, context, backoffColumn)));
        for (double& p : out) p *= passed;
        const PackedTable& table = m_levels[std::size_t(length) - 1];
        for (Row row = Row(table.get(context, firstColumn)); row < Row(table.get(context + 1, firstColumn)); ++row)
            if (const float p = number(length, row, probabilityColumn); !std::isnan(p))
                out[m_levels[std::size_t(length)].get(row, tokenColumn)] = std::pow(10.0, double(p));
    }
    if (m_symbols.begin != noToken) out[std::size_t(m_symbols.begin)] = 0;
}

} // namespace orrery::language
