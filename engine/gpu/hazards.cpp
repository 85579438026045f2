// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/hazards.h"

namespace orrery::gpu {

bool Hazards::needsBarrier(const std::vector<Use>& uses) {
    bool needed = false;
    for (const Use& now : uses)
        for (const Use& before : m_uses)
            needed = needed || (now.id == before.id && (now.write || before.write) && now.offset < before.offset + before.size &&
                                before.offset < now.offset + now.size);
    if (needed) m_uses.clear();
    m_uses.insert(m_uses.end(), uses.begin(), uses.end());
    return needed;
}

} // namespace orrery::gpu
