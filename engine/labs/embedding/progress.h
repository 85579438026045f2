// SPDX-License-Identifier: GPL-3.0-or-later
// Work of seconds away from the thread that draws: how far it is, and whether it is still wanted.
#pragma once

#include "engine/lab/job.h"

#include <atomic>
#include <future>
#include <memory>
#include <string>

namespace orrery::embedding {

struct Stopped {}; ///< thrown by work that is no longer wanted

class Progress {
 public:
    /// Throws Stopped when nobody waits any more.
    void at(double fraction) {
        m_fraction = m_from + (m_to - m_from) * fraction;
        check();
    }
    void check() const {
        if (m_stop) throw Stopped();
    }
    /// What follows is this share of the whole.
    void part(double from, double to) { m_from = from, m_to = to, at(0); }
    double fraction() const { return m_fraction; }
    void stop() { m_stop = true; }

 private:
    std::atomic<double> m_fraction{0};
    std::atomic<bool> m_stop{false};
    double m_from = 0, m_to = 1;
};

/// One piece of work in another thread. Destroying it stops the work and waits for its end (tens of milliseconds).
class Background {
 public:
    Background() = default;
    explicit Background(std::function<void(Progress&)> work) : m_progress(std::make_shared<Progress>()) {
        m_future = std::async(std::launch::async, [work = std::move(work), progress = m_progress] {
            try {
                work(*progress);
            } catch (const Stopped&) {
            }
        });
    }
    ~Background() { stop(); }
    Background(Background&&) = default;
    Background& operator=(Background&& other) {
        stop();
        m_progress = std::move(other.m_progress), m_future = std::move(other.m_future);
        return *this;
    }

    bool running() const { return m_future.valid(); }
    double fraction() const { return m_progress ? m_progress->fraction() : 0; }
    /// True once: when the work has ended within `milliseconds`. What it threw comes out here.
    bool finished(double milliseconds) {
        using Duration = std::chrono::duration<double, std::milli>;
        if (!m_future.valid() || m_future.wait_for(Duration(milliseconds)) != std::future_status::ready) return false;
        m_future.get();
        return true;
    }
    void stop() {
        if (!m_future.valid()) return;
        m_progress->stop();
        m_future.wait();
        m_future = {};
    }

 private:
    std::shared_ptr<Progress> m_progress;
    std::future<void> m_future;
};

} // namespace orrery::embedding
