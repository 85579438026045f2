// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/crew.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::language {

namespace {
constexpr double worthAThread = 4e5;       // multiplications: some 40 us of one core, about what starting another costs
constexpr int often = 8, rarest = 1 << 12; // runs between two trials of what was slower
} // namespace

void Crew::run(double multiplications, const std::function<void(Member&)>& program) {
    const int most = tensor::host::workers(std::int64_t(std::clamp(multiplications / worthAThread, 1.0, 64.0)));
    if (most == 1) return runOn(1, program);
    Pace& pace = m_paces[std::size_t(std::clamp(std::ilogb(multiplications), 0, 63))];
    int which = pace.better;
    if (pace.seconds[0] == 0) {
        which = 0;
    } else if (pace.seconds[1] == 0) {
        which = 1;
    } else if (--pace.untilTrial <= 0) {
        which = 1 - pace.better;
    }
    const auto start = std::chrono::steady_clock::now();
    runOn(which == 1 ? most : 1, program);
    const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count() / multiplications;
    double& seconds = pace.seconds[which];
    seconds = seconds == 0 ? took : 0.7 * seconds + 0.3 * took;
    if (pace.seconds[0] == 0 || pace.seconds[1] == 0) return;
    const int better = pace.seconds[1] < pace.seconds[0] ? 1 : 0;
    if (which != pace.better || better != pace.better) {
        pace.between = better == pace.better ? std::min(2 * pace.between, rarest) : often;
        pace.untilTrial = pace.between;
    }
    pace.better = better;
}

void Crew::runOn(int members, const std::function<void(Member&)>& program) {
    m_failed = false;
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

} // namespace orrery::language
