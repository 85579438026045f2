// SPDX-License-Identifier: GPL-3.0-or-later
// Long work, done in slices between frames: it has a name, a progress, a rate, time left, and can be cancelled.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orrery::lab {

class Job {
 public:
    using Clock = std::chrono::steady_clock;
    /// Does a piece of about `budgetMs`; returns the fraction done so far, 1 when finished. May throw Error.
    using Slice = std::function<double(double budgetMs)>;

    Job(std::string name, std::string unit, double total, Slice slice, std::function<void()> finished = {});

    const std::string& name() const { return m_name; }
    double fraction() const { return m_fraction; }
    double rate() const;        ///< units per second so far
    double secondsLeft() const; ///< negative while unknown
    std::string status() const; ///< "Reading points.csv  42 %  1.2 M rows/s  3 s left"
    bool finished() const { return m_fraction >= 1; }
    bool cancelled() const { return m_cancelled; }
    void cancel() { m_cancelled = true; }
    void run(double budgetMs);

 private:
    std::string m_name, m_unit;
    double m_total, m_fraction = 0;
    Slice m_slice;
    std::function<void()> m_finished;
    bool m_cancelled = false, m_started = false;
    Clock::time_point m_start{};
};

/// The running jobs of a lab, oldest first; one runs at a time.
class Jobs {
 public:
    Job& add(Job job);
    void run(double budgetMs); ///< errors of a slice end that job and are rethrown
    void cancelAll();
    bool empty() const { return m_jobs.empty(); }
    const std::vector<std::unique_ptr<Job>>& all() const { return m_jobs; }

 private:
    std::vector<std::unique_ptr<Job>> m_jobs;
    Job* m_running = nullptr;
};

} // namespace orrery::lab
