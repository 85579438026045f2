// SPDX-License-Identifier: GPL-3.0-or-later
// Loss scaling (Micikevicius et al., ICLR 2018, arXiv 1710.03740), static, or dynamic with the semantics and the defaults of
// PyTorch's GradScaler. A pure state machine: whoever trains multiplies the loss by scale(), divides the gradients by it in
// float32 before clipping, looks for infinities and NaN, and leaves weights, moments and schedule alone when update() says no.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

namespace orrery::tensor {

/// Powers of two only: then scaling and unscaling are exact where nothing leaves the format's range.
struct ScalerOptions {
    bool dynamic = true;    ///< false: the scale stays, steps with infinities or NaN are skipped all the same
    double initial = 65536; ///< between minimum and maximum
    double growth = 2;      ///< > 1; after `interval` good steps in a row
    double backoff = 0.5;   ///< < 1; after a step with infinities or NaN
    int interval = 2000;    ///< at least 1
    double minimum = 0x1p-126, maximum = 0x1p126; ///< the scale is held within; both ends and their inverses are float32 normals
    std::size_t history = 1 << 16;                ///< events kept, the oldest are dropped; at least 1
};

class LossScaler {
 public:
    /// Throws Error naming the option that is not a power of two or out of range.
    explicit LossScaler(const ScalerOptions& options = {});
    static LossScaler fixed(double scale); ///< static

    const ScalerOptions& options() const { return m_options; }
    double scale() const { return m_scale; } ///< for the step that comes
    double inverse() const { return 1 / m_scale; }

    /// Ends a step. True: take it. False: some gradient was infinite or NaN; skip optimiser and schedule.
    bool update(bool foundNonFinite);

    std::uint64_t steps() const { return m_steps; } ///< seen by update()
    std::uint64_t skipped() const { return m_skipped; }
    std::uint64_t taken() const { return m_steps - m_skipped; }
    int goodInARow() const { return m_good; } ///< since the last change of scale or skip; under `interval`

    /// A step that was skipped or after which the scale changed.
    struct Event {
        std::uint64_t step = 0;       ///< from 0
        double before = 1, after = 1; ///< the scale in that step and after it
        bool skipped = false;
    };
    const std::deque<Event>& history() const { return m_history; } ///< oldest first
    /// The scale with which a step ran (of steps not yet seen: the present one). Before the oldest event kept: its `before`.
    double scaleAt(std::uint64_t step) const;

 private:
    ScalerOptions m_options;
    double m_scale;
    std::uint64_t m_steps = 0, m_skipped = 0;
    int m_good = 0;
    std::deque<Event> m_history;
};

} // namespace orrery::tensor
