// SPDX-License-Identifier: GPL-3.0-or-later
// Host work of seconds away from the thread that draws. What it computes does not depend on when it runs, only when it shows.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <vector>

namespace orrery::lab {

/// Told to stop, work should come to its end within some tens of milliseconds.
using Stop = std::atomic<bool>;

/// One piece of work at a time; a new one takes the place of the one under way, which is told to stop.
class Background {
 public:
    Background() = default;
    ~Background() { cancel(); } // futures of std::async join
    Background(const Background&) = delete;
    Background& operator=(const Background&) = delete;

    void start(std::function<void(const Stop&)> work) {
        cancel();
        m_stop = std::make_shared<Stop>(false);
        m_current = std::async(std::launch::async, [work = std::move(work), stop = m_stop] { work(*stop); });
    }
    void cancel() {
        if (m_stop) *m_stop = true;
        if (m_current.valid()) m_leaving.push_back(std::move(m_current));
        std::erase_if(m_leaving, [](const auto& future) { return ready(future, 0); });
    }
    bool running() const { return m_current.valid(); }
    /// True once, when the work has ended within `milliseconds`; what it threw comes out here.
    bool finished(double milliseconds = 0) {
        if (!m_current.valid() || !ready(m_current, milliseconds)) return false;
        m_current.get();
        return true;
    }

 private:
    static bool ready(const std::future<void>& future, double milliseconds) {
        return future.wait_for(std::chrono::duration<double, std::milli>(milliseconds)) == std::future_status::ready;
    }
    std::shared_ptr<Stop> m_stop;
    std::future<void> m_current;
    std::vector<std::future<void>> m_leaving;
};

} // namespace orrery::lab
