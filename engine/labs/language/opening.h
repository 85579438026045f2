// SPDX-License-Identifier: GPL-3.0-or-later
// Work on another thread as a job: what it makes is handed over between two frames.
#pragma once

#include "engine/error.h"
#include "engine/lab/job.h"

#include <atomic>
#include <chrono>
#include <future>
#include <memory>

namespace orrery::language {

/// `work` is told where to report the part done, and stops when that returns false; `done` is given what it made, on the thread that
/// runs the jobs. When the job is cancelled, the work is told so and waited for by the last of its owners.
template <class Made>
lab::Job inBackground(std::string name, std::string unit, double total,
                      std::function<Made(const std::function<bool(double)>&)> work, std::function<void(Made)> done) {
    struct State {
        std::atomic<double> part = 0;
        std::atomic<bool> stop = false;
        std::future<Made> made;
        ~State() {
            stop = true;
            if (made.valid()) made.wait();
        }
    };
    const auto state = std::make_shared<State>();
    State* raw = state.get(); // the thread must not own what waits for it
    state->made = std::async(std::launch::async, [raw, work = std::move(work)] {
        return work([raw](double part) {
            raw->part = part;
            return !raw->stop;
        });
    });
    return {std::move(name), std::move(unit), total, [state, done = std::move(done)](double budgetMs) {
                const auto wait = std::chrono::duration<double, std::milli>(budgetMs);
                if (state->made.wait_for(wait) != std::future_status::ready) return std::min(0.99, state->part.load());
                done(state->made.get());
                return 1.0;
            }};
}

} // namespace orrery::language
