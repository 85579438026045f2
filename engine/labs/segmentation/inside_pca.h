// SPDX-License-Identifier: GPL-3.0-or-later
// The three leading principal components of a stage's tokens: the directions in which they differ most, as red, green and blue.
// Float64 on the host, in slices: the covariance row block by row block, then orthogonal iteration with Rayleigh-Ritz (Golub &
// Van Loan, Matrix Computations, 8.2). A fixed start, order by variance and a fixed sign make the same bits every time.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace orrery::segmentation {

/// Tokens of a stage on the host.
struct TokenGrid {
    std::int64_t grid = 0, channels = 0;
    std::int64_t columns = 0,
                 rows = 0;       ///< the part that the picture covers; the rest is filled up and left out of the statistics
    std::vector<float> values{}; ///< [grid, grid, channels]

    const float* token(std::int64_t y, std::int64_t x) const { return values.data() + (y * grid + x) * channels; }
};

constexpr std::size_t componentCount = 3;

struct Components {
    std::int64_t grid = 0, channels = 0, columns = 0, rows = 0;
    std::vector<double> mean{};                     ///< [channels], of the tokens that the picture covers
    std::vector<double> axes{};                     ///< [3, channels], orthonormal; where channels are fewer, zeros
    std::array<double, componentCount> variances{}; ///< along the axes, falling; divided by the number of tokens
    double variance = 0;                            ///< of all channels together
    std::vector<double> scores{};                   ///< [grid, grid, 3]: where a token lies along the axes, from the mean
    double explained() const;                       ///< share of the variance in the three
    /// Red, green, blue: each from 2.5 standard deviations of its axis below the mean to as many above.
    std::array<std::uint8_t, 3> colour(std::int64_t y, std::int64_t x) const;
};

class PcaWork {
 public:
    explicit PcaWork(std::shared_ptr<const TokenGrid> tokens);
    ~PcaWork();
    PcaWork(const PcaWork&) = delete;
    PcaWork& operator=(const PcaWork&) = delete;

    /// About that long; the share done, 1 when finished.
    double step(double budgetMs);
    Components take(); ///< once it is finished

 private:
    struct State;
    std::unique_ptr<State> m_state;
};

} // namespace orrery::segmentation
