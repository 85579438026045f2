// SPDX-License-Identifier: GPL-3.0-or-later
// From logits to the distribution that is sampled from, and back to a token. All in double: the rules of verification
// subtract distributions from each other.
#pragma once

#include "engine/philox.h"

#include <span>
#include <vector>

namespace orrery::language {

using Distribution = std::vector<double>; ///< [vocabulary], sums to 1

/// Applied in this order, the usual one: temperature, top-k, top-p.
struct Sampling {
    double temperature = 1; ///< 0: all on the largest logit
    int topK = 0;           ///< only the k largest logits; 0: all
    double topP = 1;        ///< the fewest tokens, from the likeliest on, that hold this share
    bool operator==(const Sampling&) const = default;
};

/// Token of the largest value; of equal ones the lowest.
int argmax(std::span<const float> values);
int argmax(std::span<const double> values);

/// softmax(logits / temperature), filtered and normalised. Tokens of equal logits are taken in the order of their ids.
Distribution distribution(std::span<const float> logits, const Sampling& sampling);
/// The same of probabilities (an n-gram model has no logits).
Distribution reshape(Distribution p, const Sampling& sampling);

/// Divides by the sum; false, and `p` as it was, when that is not above `least`.
bool normalise(Distribution& p, double least = 0);

/// The token at which the running sum passes u in (0, 1) of the whole; never one of probability 0.
int draw(std::span<const double> p, double u);
/// The k likeliest tokens of probability above 0, likeliest first, of equal ones the lowest id first.
std::vector<int> likeliest(std::span<const double> p, int k);

double entropy(std::span<const double> p);                                   ///< nats
double totalVariation(std::span<const double> p, std::span<const double> q); ///< half the sum of |p - q|
double divergence(std::span<const double> p, std::span<const double> q);     ///< KL(p || q), nats; infinite where q alone is 0

/// What a coin decides. Each has its own stream, so that none is used twice.
enum class Stream : std::uint32_t {
    text = 0x4c4d0001, ///< the token itself: plain sampling, the coupled rule, residual and bonus
    accept,            ///< whether a candidate stays
    draft,             ///< which token a draft proposes
};

/// Coins that depend on (seed, position, stream, index) alone: a position's token falls the same whatever was drafted.
struct Coins {
    std::uint64_t seed = 1;
    /// In (0, 1), 53 bits. `position` counts tokens from the start of the text.
    double operator()(Stream stream, int position, int index = 0) const;
};

} // namespace orrery::language
