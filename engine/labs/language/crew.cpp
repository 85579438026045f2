// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/crew.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>

namespace orrery::language {

namespace {
constexpr double worthAThread = 4e5; // multiplications: some 40 us of one core, about what starting another costs
}

void Crew::run(int members, const std::function<void(Member&)>& program) {
    for (std::size_t i = 0; i < m_count; ++i) {
        m_stages[i].next.store(0, std::memory_order_relaxed);
        m_stages[i].done.store(0, std::memory_order_relaxed);
    }
    if (members == 1) {
        Member alone(*this, 0);
        program(alone);
        return;
    }
    tensor::host::parallel(members, [&](std::int64_t which, int) {
        Member member(*this, int(which));
        program(member);
    });
}

int crewFor(double multiplications) {
    const auto wanted = std::int64_t(std::clamp(multiplications / worthAThread, 1.0, 64.0));
    return tensor::host::workers(wanted);
}

} // namespace orrery::language
