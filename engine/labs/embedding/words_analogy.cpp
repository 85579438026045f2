// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_analogy.h"

#include "engine/labs/embedding/words_kernels.h"
#include "engine/labs/embedding/words_state.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr double epsilon = 0.001; // of 3CosMul, as published

double dotOf(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += double(a[i]) * double(b[i]);
    return sum;
}

double shifted(double cosine) { return (1 + cosine) / 2 + epsilon; }

/// Unit rows, padded for the kernels.
struct Units {
    std::int64_t n, stride;
    Floats rows;
    explicit Units(const Matrix& m) : n(m.rows()), stride((m.columns() + 7) / 8 * 8), rows(std::size_t(n * stride)) {
        for (std::int64_t i = 0; i < n; ++i) {
            const double length = std::sqrt(dotOf(m.row(i), m.row(i)));
            for (std::int64_t d = 0; d < m.columns(); ++d)
                rows[std::size_t(i * stride + d)] = length > 0 ? float(m.row(i)[std::size_t(d)] / length) : 0;
        }
    }
    const float* row(std::int64_t i) const { return rows.data() + i * stride; }
};

} // namespace

std::vector<Candidate> rankWords(const Matrix& vectors, std::span<const Term> terms, AnalogyRule rule, std::int64_t count) {
    const std::int64_t n = vectors.rows();
    std::vector<double> lengths(terms.size());
    double whole = 0; // length of the sum of unit vectors, squared
    for (std::size_t t = 0; t < terms.size(); ++t)
        lengths[t] = std::sqrt(dotOf(vectors.row(terms[t].row), vectors.row(terms[t].row)));
    const auto cosine = [&](std::int64_t row, double length, std::size_t t) {
        return length > 0 && lengths[t] > 0 ? dotOf(vectors.row(row), vectors.row(terms[t].row)) / (length * lengths[t]) : 0;
    };
    for (std::size_t t = 0; t < terms.size(); ++t)
        for (std::size_t s = 0; s < terms.size(); ++s)
            whole += terms[t].factor * terms[s].factor * cosine(terms[t].row, lengths[t], s);
    whole = whole > 1e-14 ? std::sqrt(whole) : 0;
    std::vector<double> scores(static_cast<std::size_t>(n));
    tensor::host::parallel((n + 4095) / 4096, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 4096; i < std::min(n, (block + 1) * 4096); ++i) {
            const double length = std::sqrt(dotOf(vectors.row(i), vectors.row(i)));
            double score = rule == AnalogyRule::add ? 0 : 1;
            for (std::size_t t = 0; t < terms.size(); ++t)
                if (rule == AnalogyRule::add)
                    score += whole > 0 ? terms[t].factor * cosine(i, length, t) / whole : 0;
                else
                    score *= std::pow(shifted(std::clamp(cosine(i, length, t), -1.0, 1.0)), terms[t].factor);
            scores[std::size_t(i)] = score;
        }
    });
    std::vector<std::int64_t> order(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) order[std::size_t(i)] = i;
    const auto shown = std::min<std::int64_t>(n, count);
    std::partial_sort(order.begin(), order.begin() + shown, order.end(), [&](std::int64_t a, std::int64_t b) {
        const double x = scores[std::size_t(a)], y = scores[std::size_t(b)];
        return x != y ? x > y : a < b;
    });
    std::vector<Candidate> best;
    std::int64_t others = 0;
    for (std::int64_t i = 0; i < shown; ++i) {
        const std::int64_t row = order[std::size_t(i)];
        const bool asked = std::any_of(terms.begin(), terms.end(), [&](const Term& term) { return term.row == row; });
        best.push_back({row, scores[std::size_t(row)], i + 1, asked ? 0 : ++others, asked});
    }
    return best;
}

AnalogyRows::AnalogyRows(std::span<const Analogy> questions, const WordIndex& words) {
    for (const Analogy& q : questions) {
        const std::array<std::int64_t, 4> found{words.find(q.a), words.find(q.b), words.find(q.c), words.find(q.d)};
        if (std::any_of(found.begin(), found.end(), [](std::int64_t row) { return row < 0; }))
            ++unknown;
        else
            rows.push_back({std::int32_t(found[0]), std::int32_t(found[1]), std::int32_t(found[2]), std::int32_t(found[3])});
    }
}

AnalogyScore scoreAnalogies(const Matrix& vectors, const AnalogyRows& questions, AnalogyRule rule) {
    AnalogyScore score{std::int64_t(questions.rows.size()), questions.unknown, 0, 0};
    const Units units(vectors);
    std::vector<std::uint8_t> right(questions.rows.size()), rightOfAll(questions.rows.size());
    const std::int64_t pieces = (score.asked + 15) / 16;
    tensor::host::parallel(std::max<std::int64_t>(pieces, 1), [&](std::int64_t piece, int) {
        Floats target(static_cast<std::size_t>(units.stride));
        for (std::int64_t q = piece * 16; q < std::min(score.asked, (piece + 1) * 16); ++q) {
            const auto& [a, b, c, d] = questions.rows[std::size_t(q)];
            for (std::int64_t i = 0; i < units.stride; ++i)
                target[std::size_t(i)] = units.row(b)[i] - units.row(a)[i] + units.row(c)[i];
            std::int64_t best = -1, bestOfAll = -1;
            float most = 0, mostOfAll = 0;
            for (std::int64_t row = 0; row < units.n; ++row) {
                float value = 0;
                if (rule == AnalogyRule::add) {
                    value = rowProduct(target.data(), units.row(row), units.stride);
                } else {
                    const auto of = [&](std::int32_t word) {
                        return shifted(rowProduct(units.row(word), units.row(row), units.stride));
                    };
                    value = float(of(b) * of(c) / of(a));
                }
                if (bestOfAll < 0 || value > mostOfAll) bestOfAll = row, mostOfAll = value;
                if (row != a && row != b && row != c && (best < 0 || value > most)) best = row, most = value;
            }
            right[std::size_t(q)] = best == d, rightOfAll[std::size_t(q)] = bestOfAll == d;
        }
    });
    for (std::size_t q = 0; q < right.size(); ++q) score.right += right[q], score.rightOfAll += rightOfAll[q];
    return score;
}

} // namespace orrery::embedding
