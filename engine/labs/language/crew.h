// SPDX-License-Identifier: GPL-3.0-or-later
// A few threads that go through one program of many short stages together. Starting threads for every product costs more than
// the products of a small model; so all run the same program, claim tasks of a stage one by one, and wait until the stage's
// last task is done. Nobody waits for a thread that has claimed nothing: one that comes late runs after the others.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>

namespace orrery::language {

class Crew {
 public:
    class Member {
     public:
        Member(Crew& crew, int worker) : m_crew(crew), m_worker(worker) {}
        bool first() const { return m_worker == 0; } ///< one of the members, for keeping time

        /// task(0 … count - 1), each by one of the members; returns when all are done. All members call the same stages in the
        /// same order. What a task throws ends the program of all and comes out of run().
        template <class Task>
        void stage(std::int64_t count, const Task& task) {
            Stage& stage = m_crew.m_stages[m_stage++];
            std::int64_t finished = 0;
            for (std::int64_t i = stage.next.fetch_add(1, std::memory_order_relaxed); i < count;
                 i = stage.next.fetch_add(1, std::memory_order_relaxed)) {
                try {
                    task(i);
                } catch (...) {
                    m_crew.m_failed = true;
                    throw;
                }
                ++finished;
            }
            if (finished > 0) stage.done.fetch_add(finished, std::memory_order_acq_rel);
            for (int spins = 0; stage.done.load(std::memory_order_acquire) < count && !m_crew.m_failed; ++spins)
                if (spins > 2000) std::this_thread::yield();
        }

     private:
        Crew& m_crew;
        int m_worker;
        std::size_t m_stage = 0;
    };

    explicit Crew(std::size_t mostStages) : m_count(mostStages), m_stages(std::make_unique<Stage[]>(mostStages)) {}

    /// Runs the program of that many multiplications on one thread or on all that are worth it, whichever has lately taken less
    /// time for as much: where other programs hold the cores, threads in step wait for each other's turns.
    void run(double multiplications, const std::function<void(Member&)>& program);

 private:
    struct alignas(64) Stage {
        std::atomic<std::int64_t> next{0}, done{0};
    };
    struct Pace {                   ///< of programs of about the same length
        double seconds[2] = {0, 0}; ///< of one thread, of all; 0: not tried yet
        int better = 0, untilTrial = 0, between = 8;
    };
    void runOn(int members, const std::function<void(Member&)>& program);

    std::size_t m_count;
    std::atomic<bool> m_failed{false};
    std::unique_ptr<Stage[]> m_stages;
    std::array<Pace, 64> m_paces{}; ///< by the power of two in the multiplications
};

} // namespace orrery::language
