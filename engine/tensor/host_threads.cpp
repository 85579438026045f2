// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace orrery::tensor::host {

namespace {

std::atomic<int> wantedCores{0};

using Work = std::function<void(int worker)>;

/// Threads that outlive a call: starting one costs as much as a short task takes, and what has just started often waits behind the one
/// that started it. One call at a time has them. Never destroyed, since at the program's end a thread may be within a call.
class Crew {
 public:
    /// Runs work(0) in the caller's thread and, until that is done, work(1 … workers - 1) in those of the others that come in time: a
    /// core that is busy elsewhere is not waited for. False, and nothing is run, while another call has the crew.
    bool run(int workers, const Work& work) {
        if (m_taken.exchange(true)) return false;
        const struct Leave {
            std::atomic<bool>& taken;
            ~Leave() { taken = false; }
        } leave{m_taken};
        while (int(m_threads.size()) + 1 < workers)
            m_threads.emplace_back([this, worker = int(m_threads.size()) + 1, seen = m_calls.load()] { follow(worker, seen); });
        {
            const std::lock_guard lock(m_mutex);
            m_work = &work, m_workers = workers;
            ++m_calls;
        }
        m_called.notify_all();
        work(0);
        {
            const std::lock_guard lock(m_mutex);
            m_work = nullptr;
        }
        while (m_inside > 0) std::this_thread::yield();
        return true;
    }

 private:
    /// Calls often follow each other within microseconds, in which nobody falls asleep.
    static constexpr auto awake = std::chrono::microseconds(30);

    [[noreturn]] void follow(int worker, std::uint64_t seen) {
        using Clock = std::chrono::steady_clock;
        for (;;) {
            for (const auto end = Clock::now() + awake; m_calls == seen && Clock::now() < end;) {
            }
            std::unique_lock lock(m_mutex);
            m_called.wait(lock, [&] { return m_calls != seen; });
            seen = m_calls;
            const Work* const work = worker < m_workers ? m_work : nullptr;
            if (!work) continue;
            ++m_inside;
            lock.unlock();
            (*work)(worker);
            --m_inside;
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_called;
    std::atomic<std::uint64_t> m_calls{0};
    std::atomic<int> m_inside{0}; ///< of the others, with a call
    std::atomic<bool> m_taken{false};
    const Work* m_work = nullptr; ///< of the call that goes on, with its workers
    int m_workers = 0;
    std::vector<std::thread> m_threads;
};

/// Within a task, or while another thread has the crew.
void runByOthers(int workers, const Work& work) {
    std::vector<std::jthread> others;
    for (int worker = 1; worker < workers; ++worker) others.emplace_back(work, worker);
    work(0);
}

} // namespace

void useCores(int cores) { wantedCores = cores; }

int workers(std::int64_t count) {
    const int wanted = wantedCores, cores = wanted > 0 ? wanted : std::max(1, int(std::thread::hardware_concurrency()));
    return int(std::clamp<std::int64_t>(count, 1, cores));
}

void parallel(std::int64_t count, const std::function<void(std::int64_t, int)>& task) {
    std::atomic<std::int64_t> next{0};
    std::exception_ptr thrown;
    std::mutex mutex;
    const Work work = [&](int worker) {
        try {
            for (std::int64_t i = next++; i < count; i = next++) task(i, worker);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!thrown) thrown = std::current_exception();
            next = count;
        }
    };
    static Crew& crew = *new Crew;
    const int many = workers(count);
    if (many == 1)
        work(0);
    else if (!crew.run(many, work))
        runByOthers(many, work);
    if (thrown) std::rethrow_exception(thrown);
}

} // namespace orrery::tensor::host
