// SPDX-License-Identifier: GPL-3.0-or-later
// The receptive-field microscope and the ledger of costs, side by side for the four ways of gcn.h to see k x k pixels.
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/segmentation/gcn.h"

#include <array>
#include <optional>

namespace orrery::segmentation {

inline constexpr std::array<Wide, 4> wides{Wide::stack, Wide::dense, Wide::gcn, Wide::dilated};

struct WideText {
    const char* name;    ///< "3 x 3 stack"
    const char* formula; ///< of its spread
};
const WideText& textOf(Wide kind);

struct KernelRequest {
    std::int64_t kernel = 15;          ///< k, odd
    std::int64_t from = 2048, to = 21; ///< channels that go in and come out, for the ledger
    bool random = false;               ///< normal weights, else averages
    bool operator==(const KernelRequest&) const = default;
};
/// An even k is taken as the next odd one.
KernelRequest kernelRequestOf(const lab::Settings& settings);

class Kernels {
 public:
    static constexpr int draws = 24;         ///< of random weights
    static constexpr std::int64_t grid = 16; ///< of the map that the ledger counts for: 512 pixels at stride 32

    void look(const KernelRequest& at);
    /// Adds the job that measures what is missing.
    void resume(lab::Jobs& jobs);

    const KernelRequest& asked() const { return m_asked; }
    const ReceptiveField* field(Wide kind) const; ///< null while it is not measured
    /// Without biases; between the layers of the stack lie as many channels as go in.
    WideCost cost(Wide kind) const;
    std::uint64_t revision() const { return m_revision; }
    std::vector<lab::Check> checks() const;

 private:
    KernelRequest m_asked;
    std::array<std::optional<ReceptiveField>, 4> m_fields;
    bool m_begun = false;
    std::uint64_t m_revision = 0;
};

} // namespace orrery::segmentation
