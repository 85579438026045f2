// SPDX-License-Identifier: GPL-3.0-or-later
// Which commands need a barrier between them: the rule, apart from Vulkan, so that it can be tested.
#pragma once

#include <cstdint>
#include <vector>

namespace orrery::gpu {

/// Remembers the byte ranges touched since the last barrier. `id` names a buffer.
class Hazards {
 public:
    struct Use {
        const void* id = nullptr;
        std::uint64_t offset = 0, size = 0;
        bool write = false;
    };

    /// True when one of these uses overlaps an earlier one and either of the two writes. The uses are then
    /// the first after a barrier; otherwise they join those already remembered.
    bool needsBarrier(const std::vector<Use>& uses);
    void clear() { m_uses.clear(); }

 private:
    std::vector<Use> m_uses;
};

} // namespace orrery::gpu
