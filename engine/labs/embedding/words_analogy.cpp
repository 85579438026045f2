// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_analogy.h"

#include "engine/labs/embedding/words_kernels.h"
#include "engine/labs/embedding/words_state.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <array>
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

/// The best of all words, and of those that are not in the question.
struct Best {
    std::int64_t all = -1, others = -1;
    float most = 0, mostOfOthers = 0;
    void take(std::int64_t row, float value, const std::array<std::int32_t, 4>& question) {
        if (all < 0 || value > most) all = row, most = value;
        if (row == question[0] || row == question[1] || row == question[2]) return;
        if (others < 0 || value > mostOfOthers) others = row, mostOfOthers = value;
    }
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
    constexpr int together = 3, block = 32; // questions and words of one small product
    const std::int64_t pieces = (score.asked + together - 1) / together;
    const auto ask = [&](std::int64_t piece) {
        std::array<std::array<const float*, 3>, together> words; // b, c, a
        const auto count = int(std::min<std::int64_t>(together, score.asked - piece * together));
        std::array<Best, together> best;
        Floats targets(std::size_t(together * units.stride));
        std::vector<const float*> asked, rows(block);
        for (int q = 0; q < count; ++q) {
            const auto& [a, b, c, d] = questions.rows[std::size_t(piece * together + q)];
            words[std::size_t(q)] = {units.row(b), units.row(c), units.row(a)};
            float* const target = targets.data() + q * units.stride;
            for (std::int64_t i = 0; i < units.stride; ++i) target[i] = units.row(b)[i] - units.row(a)[i] + units.row(c)[i];
            if (rule == AnalogyRule::add)
                asked.push_back(target);
            else
                asked.insert(asked.end(), words[std::size_t(q)].begin(), words[std::size_t(q)].end());
        }
        std::vector<float> products(block * asked.size());
        for (std::int64_t from = 0; from < units.n; from += block) {
            const auto n = int(std::min<std::int64_t>(block, units.n - from));
            for (int r = 0; r < n; ++r) rows[std::size_t(r)] = units.row(from + r);
            windowProducts(rows.data(), n, asked.data(), int(asked.size()), units.stride, products.data());
            for (int q = 0; q < count; ++q) {
                const auto& question = questions.rows[std::size_t(piece * together + q)];
                for (int r = 0; r < n; ++r) {
                    const float* const p = products.data() + std::size_t(r) * asked.size();
                    const float value = rule == AnalogyRule::add
                                            ? p[q]
                                            : float(shifted(p[3 * q]) * shifted(p[3 * q + 1]) / shifted(p[3 * q + 2]));
                    best[std::size_t(q)].take(from + r, value, question);
                }
            }
        }
        for (int q = 0; q < count; ++q) {
            const auto at = std::size_t(piece * together + q);
            right[at] = best[std::size_t(q)].others == questions.rows[at][3],
            rightOfAll[at] = best[std::size_t(q)].all == questions.rows[at][3];
        }
    };
    if (double(score.asked) * double(units.n) * double(units.stride) < 1e7) // a thread costs more
        for (std::int64_t piece = 0; piece < pieces; ++piece) ask(piece);
    else
        tensor::host::parallel(pieces, [&](std::int64_t piece, int) { ask(piece); });
    for (std::size_t q = 0; q < right.size(); ++q) score.right += right[q], score.rightOfAll += rightOfAll[q];
    return score;
}

} // namespace orrery::embedding
