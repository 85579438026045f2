// SPDX-License-Identifier: GPL-3.0-or-later
// What the products v.u of skip-gram come to, in closed form: pointwise mutual information, shifted (Levy & Goldberg 2014).
#pragma once

#include "engine/labs/embedding/words_glove.h"
#include "engine/labs/embedding/words_state.h"

namespace orrery::embedding {

/// The pairs that skip-gram's windows hold in the mean: a word at distance d is in a window that is drawn from 1 … W with
/// probability (W - d + 1) / W, and always where windows are not drawn. Both orders, sorted. Exact when no word is dropped for
/// being frequent (subsample 0).
std::vector<PairCount> windowPairs(const Corpus& corpus, const WordSettings& settings, Progress& progress);

struct PmiTable {
    std::int64_t n = 0;          ///< the n most frequent words
    std::vector<double> count;   ///< [n, n]: how often row (as company) and column (as centre) meet
    std::vector<double> pmi;     ///< ln(#(w,c) |D| / (#w #c)), -infinity where they never meet
    std::vector<double> target;  ///< where v_w . u_c goes: see below
    std::vector<double> product; ///< v_w . u_c
    std::int64_t seen = 0;       ///< pairs that meet at least `least` times
    double worst = 0, mean = 0;  ///< |product - target| over those
    double correlation = 0;      ///< of product and target over them
};

/// The gradient of the expected loss vanishes where, with q(c) the probability of drawing c and k draws a pair,
///   v.u = ln( #(w,c) / (k #w q(c)) )                     when hits count (for noise power 1: PMI - ln k), and
///   v.u = ln( #(w,c) / (k (#w - #(w,c)) q(c)) )          when hits are left out, as word2vec.c does: a draw for the pair (w, c)
/// cannot be c, so only the other pairs of w push c away. Reached when there are at least as many dimensions as words.
PmiTable pmiTable(const Corpus& corpus, const WordSettings& settings, const WordState& state, std::span<const PairCount> pairs,
                  std::int64_t words, double least = 1);

} // namespace orrery::embedding
