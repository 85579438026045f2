// SPDX-License-Identifier: GPL-3.0-or-later
// The device is used by one thread only. Work of another thread that needs it takes turns there, each short.
#pragma once

#include "engine/gpu/device.h"
#include "engine/labs/embedding/progress.h"

#include <condition_variable>
#include <mutex>

namespace orrery::embedding {

class Turns {
 public:
    virtual ~Turns() = default;
    /// Has `work` run in the device's thread and comes back after it; what it throws comes out here.
    virtual void take(Progress& progress, const std::function<void()>& work) = 0;
};

/// For callers that are in the device's thread themselves.
class OwnTurns final : public Turns {
 public:
    void take(Progress& progress, const std::function<void()>& work) override {
        progress.check();
        work();
    }
};

/// Turns that the device's thread gives between its frames.
class SharedTurns final : public Turns {
 public:
    void take(Progress& progress, const std::function<void()>& work) override {
        std::unique_lock lock(m_mutex);
        m_work = &work, m_done = false, m_error = nullptr;
        m_changed.notify_all();
        while (!m_changed.wait_for(lock, std::chrono::milliseconds(5), [this] { return m_done; })) try {
                progress.check();
            } catch (...) { // nobody gives turns any more
                m_work = nullptr;
                throw;
            }
        if (m_error) std::rethrow_exception(m_error);
    }
    /// In the device's thread: runs what is waiting, and what comes within that time.
    void give(double milliseconds) {
        using Clock = std::chrono::steady_clock;
        const auto end =
            Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(milliseconds));
        std::unique_lock lock(m_mutex);
        do {
            if (!m_changed.wait_until(lock, std::min(end, Clock::now() + std::chrono::milliseconds(1)),
                                      [this] { return m_work != nullptr; }))
                return;
            try {
                (*m_work)();
            } catch (...) {
                m_error = std::current_exception();
            }
            m_work = nullptr, m_done = true;
            m_changed.notify_all();
        } while (Clock::now() < end);
    }

 private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    const std::function<void()>* m_work = nullptr;
    bool m_done = false;
    std::exception_ptr m_error;
};

} // namespace orrery::embedding
