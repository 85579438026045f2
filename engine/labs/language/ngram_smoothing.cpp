// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_smoothing.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>

namespace orrery::language {

namespace {

Discounts discountsOf(const std::array<std::uint64_t, 4>& n) {
    Discounts result;
    const double y = double(n[0]) / (double(n[0]) + 2 * double(n[1]));
    for (int j = 1; j <= 3; ++j) {
        const double d = j - (j + 1) * y * double(n[std::size_t(j)]) / double(n[std::size_t(j - 1)]);
        result.d[std::size_t(j - 1)] = d;
        if (n[std::size_t(j - 1)] == 0 || !(d >= 0 && d <= j)) result.fallback = true;
    }
    if (result.fallback) result.d = {0.5, 1, 1.5};
    return result;
}

} // namespace

CountedModel::CountedModel(std::shared_ptr<const NgramCounts> counts, SmoothingOptions options)
    : m_counts(std::move(counts)), m_options(options) {
    if (options.method == Smoothing::addK && !(options.k > 0 && std::isfinite(options.k)))
        throw Error("add-k smoothing needs a k above 0");
    const Token unknown = symbols().unknown;
    if (options.closed && unknown != noToken && m_counts->count(0, Row(unknown)) > 0)
        throw Error("a closed vocabulary has no unknown word, but it was counted; take the open one");
    for (int level = 0; level < order(); ++level) m_discounts.push_back(discountsOf(m_counts->countsOfCounts(level)));
}

NgramState CountedModel::start() const {
    NgramState state;
    advance(state, symbols().begin);
    return state;
}

void CountedModel::advance(NgramState& state, Token token) const {
    if (token < 0 || token >= symbols().size) throw Error("token " + std::to_string(token) + " is not in the vocabulary");
    NgramState next;
    next.length = std::min(state.length + 1, order() - 1);
    if (next.length > 0) next.row[1] = Row(token);
    for (int k = 2; k <= next.length; ++k) {
        const Row context = state.row[std::size_t(k - 1)];
        next.row[std::size_t(k)] = context == noRow ? noRow : m_counts->child(k - 2, context, token);
    }
    state = next;
}

double CountedModel::afterDiscount(int level, std::uint64_t count) const {
    return count == 0 ? 0 : double(count) - m_discounts[std::size_t(level)].d[std::min<std::uint64_t>(count, 3) - 1];
}

/// γ = (D1 N1 + D2 N2 + D3 N3+) / total, with the discounts of the level that follows.
double CountedModel::weight(int level, const Continuation& continuation) const {
    const Discounts& discounts = m_discounts[std::size_t(level)];
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) sum += discounts.d[i] * double(continuation.kinds[i]);
    return sum / double(continuation.total);
}

double CountedModel::gamma() const { return m_counts->continuation().total == 0 ? 1 : weight(0, m_counts->continuation()); }

double CountedModel::gamma(int level, Row row) const {
    if (level + 1 >= order() || m_counts->children(level, row).size() == 0) return 1;
    return weight(level + 1, m_counts->continuation(level, row));
}

std::uint64_t CountedModel::followers(const NgramState& state, int length) const {
    if (length == 0) return m_counts->tokens();
    const Row row = state.row[std::size_t(length)];
    return row == noRow ? 0 : m_counts->followers(length - 1, row);
}

int CountedModel::vocabulary() const {
    return symbols().predicted() - (m_options.closed && symbols().unknown != noToken ? 1 : 0);
}

bool CountedModel::excluded(Token token) const {
    return token == symbols().begin || (m_options.method == Smoothing::addK && m_options.closed && token == symbols().unknown);
}

double CountedModel::kneserNey(const NgramState& state, Token token, const NgramState& next, std::vector<Rung>* path) const {
    const Continuation& root = m_counts->continuation();
    double p = 1.0 / symbols().predicted();
    for (int length = 0; length <= std::min(state.length, order() - 1); ++length) {
        Rung rung{.length = length};
        const Row context = state.row[std::size_t(length)];
        Continuation continuation;
        if (length == 0)
            continuation = root;
        else if (context != noRow && m_counts->children(length - 1, context).size() > 0)
            continuation = m_counts->continuation(length - 1, context);
        rung.total = continuation.total;
        rung.seen = continuation.total > 0;
        if (rung.seen) {
            const Row row = length == 0                 ? Row(token)
                            : length + 1 <= next.length ? next.row[std::size_t(length + 1)]
                                                        : m_counts->child(length - 1, context, token);
            rung.count = row == noRow ? 0 : m_counts->adjusted(length, row);
            rung.found = rung.count > 0;
            rung.own = afterDiscount(length, rung.count) / double(rung.total);
            rung.passed = weight(length, continuation);
            p = rung.own + rung.passed * p;
        }
        rung.probability = p;
        if (path) path->push_back(rung);
    }
    return p;
}

double CountedModel::counted(const NgramState& state, Token token, const NgramState& next, std::vector<Rung>* path) const {
    int length = std::min(state.length, order() - 1);
    std::uint64_t total = followers(state, length);
    const bool addK = m_options.method == Smoothing::addK;
    if (!addK) {
        while (length > 0 && total == 0) {
            if (path) path->push_back({.length = length});
            total = followers(state, --length);
        }
    }
    Row row = length == 0 ? Row(token) : noRow;
    if (length > 0 && state.row[std::size_t(length)] != noRow)
        row = length + 1 <= next.length ? next.row[std::size_t(length + 1)]
                                        : m_counts->child(length - 1, state.row[std::size_t(length)], token);
    const std::uint64_t count = row == noRow ? 0 : m_counts->count(length, row);
    const double k = addK ? m_options.k : 0;
    const double whole = double(total) + k * vocabulary();
    const double p = whole > 0 ? (double(count) + k) / whole : 0;
    if (path) {
        path->push_back({length, total > 0, count > 0, count, total, p, 0, p});
        for (Rung& rung : *path) rung.probability = p;
    }
    return p;
}

double CountedModel::step(NgramState& state, Token token, std::vector<Rung>* path) const {
    NgramState next = state;
    advance(next, token);
    if (path) path->clear();
    double p = 0;
    if (!excluded(token)) {
        if (m_options.method == Smoothing::kneserNey) {
            p = kneserNey(state, token, next, path);
            if (path) std::reverse(path->begin(), path->end()); // the longest context first
        } else {
            p = counted(state, token, next, path);
        }
    }
    state = next;
    return p;
}

void CountedModel::distribution(const NgramState& state, std::span<double> out) const {
    const int longest = std::min(state.length, order() - 1);
    const auto addChildren = [&](int length, auto value) {
        const Row context = state.row[std::size_t(length)];
        const RowRange rows = m_counts->children(length - 1, context);
        for (Row row = rows.from; row < rows.to; ++row) out[std::size_t(m_counts->token(length, row))] += value(row);
    };
    if (m_options.method == Smoothing::kneserNey) {
        const Continuation& root = m_counts->continuation();
        const double uniform = (root.total > 0 ? gamma() : 1) / symbols().predicted();
        for (std::size_t token = 0; token < out.size(); ++token)
            out[token] =
                uniform + (root.total > 0 ? afterDiscount(0, m_counts->adjusted(0, Row(token))) / double(root.total) : 0);
        out[std::size_t(symbols().begin)] = 0;
        for (int length = 1; length <= longest; ++length) {
            const Row context = state.row[std::size_t(length)];
            if (context == noRow || m_counts->children(length - 1, context).size() == 0) break;
            const Continuation continuation = m_counts->continuation(length - 1, context);
            const double passed = weight(length, continuation);
            for (double& p : out) p *= passed;
            addChildren(length, [&](Row row) {
                return afterDiscount(length, m_counts->adjusted(length, row)) / double(continuation.total);
            });
        }
        return;
    }
    int length = longest;
    std::uint64_t total = followers(state, length);
    const bool addK = m_options.method == Smoothing::addK;
    while (!addK && length > 0 && total == 0) total = followers(state, --length);
    const double k = addK ? m_options.k : 0, whole = double(total) + k * vocabulary();
    for (std::size_t token = 0; token < out.size(); ++token) out[token] = excluded(Token(token)) || whole == 0 ? 0 : k / whole;
    if (total == 0) return;
    if (length > 0) {
        addChildren(length, [&](Row row) { return double(m_counts->count(length, row)) / whole; });
    } else {
        for (std::size_t token = 0; token < out.size(); ++token)
            if (!excluded(Token(token))) out[token] += double(m_counts->count(0, Row(token))) / whole;
    }
}

} // namespace orrery::language
