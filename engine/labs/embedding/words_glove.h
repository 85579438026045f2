// SPDX-License-Identifier: GPL-3.0-or-later
// GloVe (Pennington, Socher & Manning 2014): vectors whose products are logarithms of how often two words stand near each other.
#pragma once

#include "engine/labs/embedding/words_state.h"

#include <functional>

namespace orrery::embedding {

/// How often word j stands near word i, each time divided by how far: both orders of every pair that occurs.
struct PairCount {
    std::int32_t i = 0, j = 0;
    float count = 0;
};

/// Within `window` words on either side, of one sentence. Sorted by i, then j. Throws Error when there are more than `mostPairs`.
std::vector<PairCount> pairCounts(const Corpus& corpus, int window, Progress& progress);
/// The same with another weight for each distance, 1 … window.
std::vector<PairCount> weightedPairs(const Corpus& corpus, int window, const std::function<double(int distance)>& weight,
                                     Progress& progress);
constexpr std::int64_t mostPairs = 100'000'000;

/// J = mean of f(X) (w_i . u_j + b_i + c_j - ln X)^2, f = min(1, (X / most)^power), by AdaGrad with sums that begin at 1, pair by pair
/// in an order that is drawn once; a round is a share of a pass.
std::unique_ptr<WordTrainer> gloveTrainer(std::shared_ptr<const Corpus> corpus, const WordSettings& settings, Progress& progress);
/// The same from counts that are given, of `words` words: for matrices whose answer is known.
std::unique_ptr<WordTrainer> gloveTrainer(std::int64_t words, std::vector<PairCount> pairs, const WordSettings& settings);

} // namespace orrery::embedding
