// SPDX-License-Identifier: GPL-3.0-or-later
// One forward pass of a transformer over some nodes of a token tree, on the host or on a Vulkan device. Attention goes by
// logical position: key j is row j of the cache for j < committed, else the row of the node's ancestor at that depth.
#pragma once

#include "engine/labs/language/model_weights.h"
#include "engine/labs/language/tree.h"

#include <memory>

namespace orrery::gpu {
class Device;
}

namespace orrery::language {

/// Milliseconds of the last pass by part: of the host's clock, or of a GPU's timestamps. Of shaders on a CPU device only `total`,
/// since timing them one by one makes them wait for each other.
struct StepTimes {
    double products = 0;  ///< weight matrices but the output matrix
    double attention = 0; ///< scores, softmax and sums over values
    double logits = 0;    ///< the output matrix
    double other = 0;     ///< embedding, norms, rotation
    double readBack = 0;  ///< recording, submitting, waiting beyond the kernels, copying back; 0 on the host
    double total = 0;     ///< by the host's clock
    StepTimes& operator+=(const StepTimes& more);
};

struct Pass {
    int count = 0;                           ///< nodes
    const std::int32_t* tokens = nullptr;    ///< [count]
    const std::int32_t* positions = nullptr; ///< [count]
    const std::int32_t* rows = nullptr;      ///< [count] where their keys and values go
    int committed = 0;                       ///< rows 0 … committed - 1 are everybody's first keys
    std::span<const std::int32_t> chains{};  ///< rows of each node's ancestors among the pending, then its own; one after another
    std::span<const std::int32_t> chainEnds{}; ///< [count] where each ends in `chains`

    std::span<const std::int32_t> chain(int i) const {
        const std::int32_t from = i ? chainEnds[std::size_t(i) - 1] : 0;
        return chains.subspan(std::size_t(from), std::size_t(chainEnds[std::size_t(i)] - from));
    }
};

/// The vectors of a Pass over nodes first … first + count - 1 of a tree.
struct PassStore {
    std::vector<std::int32_t> tokens{}, positions{}, rows{}, chains{}, chainEnds{};
    Pass fill(const TokenTree& tree, int first, int count);
};

class Network {
 public:
    virtual ~Network() = default;
    /// `logits`: [count, vocabulary], or with `lastOnly` that of the last node alone, or null for none; `hidden`: [count, width].
    virtual void run(const Pass& pass, float* logits, bool lastOnly, float* hidden) = 0;
    virtual void move(const TokenTree::Moves& moves) = 0; ///< rows of the cache
    /// Keys and values of one layer and row as they are held, [2, keyWidth]; for tests.
    virtual std::vector<float> cacheRow(int layer, int row) = 0;
    virtual const StepTimes& times() const = 0;
    virtual const char* where() const = 0; ///< "host, AVX2" or "Vulkan"

    static constexpr int mostNodes = 64; ///< of a pass
};

/// Why such a model cannot run on a Vulkan device; empty when it can.
std::string refusal(const ModelConfig& config);

/// For tests: from now on kernels are shaped as for a GPU, also on a CPU device.
void shapeAsForGpu(bool on);

std::unique_ptr<Network> makeHostNetwork(std::shared_ptr<const ModelWeights> weights);
std::unique_ptr<Network> makeDeviceNetwork(std::shared_ptr<const ModelWeights> weights, gpu::Device& device);

} // namespace orrery::language
