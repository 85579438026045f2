// SPDX-License-Identifier: GPL-3.0-or-later
// Large kernels (Peng et al., CVPR 2017, "Large kernel matters"): four ways for one output pixel to see a k x k
// neighbourhood, what each really looks at (gradient of the output pixel by every input pixel), and what each costs. Float64
// on the host.
#pragma once

#include <cstdint>
#include <vector>

namespace orrery::segmentation {

enum class Wide {
    stack,   ///< (k-1)/2 linear 3 x 3 convolutions
    dense,   ///< one k x k convolution
    gcn,     ///< k x 1 then 1 x k, plus 1 x k then k x 1, nothing nonlinear between
    dilated, ///< one 3 x 3 convolution whose taps lie (k-1)/2 apart
};

/// Convolution without bias, zero padded to the same size; weights [out, in, kh, kw].
struct WideLayer {
    std::int64_t in = 1, out = 1, kh = 1, kw = 1, dilation = 1;
    std::vector<double> weights{};
};

/// Branches of layers one after another; the results of the branches are added.
struct WideNet {
    std::vector<std::vector<WideLayer>> branches{};
};

/// Shapes of the layers, weights empty. `middle` channels between the layers of a stack; a GCN has `out` there.
/// Throws Error unless k is odd and at least 3.
WideNet wideNet(Wide kind, std::int64_t k, std::int64_t in, std::int64_t out, std::int64_t middle);

void fillUniform(WideNet& net);                    ///< every layer an average: 1 / (in kh kw)
void fillNormal(WideNet& net, std::uint64_t seed); ///< independent normal weights of variance 1 / (in kh kw)

/// x [in, side, side] -> [out, side, side]; and its adjoint: the gradient by x of sum(y * gradient).
std::vector<double> forward(const WideNet& net, const std::vector<double>& x, std::int64_t side);
std::vector<double> backward(const WideNet& net, const std::vector<double>& gradient, std::int64_t side);

struct ReceptiveField {
    std::int64_t side = 0;
    std::vector<double>
        energy{}; ///< [side, side], sums to 1: squared gradient of the middle output pixel, all channels, all draws
    double spreadX = 0, spreadY = 0; ///< standard deviations of that distribution, pixels
    double formula = 0;              ///< what they must be: `spreadFormula`
    double seen = 0;                 ///< share of the k x k neighbourhood that has any influence
};
/// draws = 0: uniform weights, and the gradient itself, not squared, is the distribution; else normal weights of that many
/// seeds.
ReceptiveField receptiveField(Wide kind, std::int64_t k, std::int64_t channels, int draws, std::uint64_t seed = 1);

/// stack sqrt(2n/3) with n = (k-1)/2 layers; dense and GCN sqrt((k^2-1)/12); dilated (k-1)/2 sqrt(2/3).
double spreadFormula(Wide kind, std::int64_t k);

struct WideCost {
    std::int64_t parameters = 0; ///< without biases
    std::int64_t macs = 0;       ///< on a grid x grid map
};
WideCost wideCost(const WideNet& net, std::int64_t grid);
/// S + conv3x3(ReLU(conv3x3(S))) on `channels`, with biases.
WideCost boundaryRefinementCost(std::int64_t channels, std::int64_t grid);

} // namespace orrery::segmentation
