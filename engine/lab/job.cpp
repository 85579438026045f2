// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/job.h"

#include "engine/lab/names.h"

#include <algorithm>
#include <cmath>

namespace orrery::lab {

Job::Job(std::string name, std::string unit, double total, Slice slice, std::function<void()> finished)
    : m_name(std::move(name)),
      m_unit(std::move(unit)),
      m_total(total),
      m_slice(std::move(slice)),
      m_finished(std::move(finished)) {}

double Job::rate() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - m_start).count();
    return m_started && seconds > 0 ? m_total * m_fraction / seconds : 0;
}

double Job::secondsLeft() const {
    const double perSecond = rate();
    return perSecond > 0 ? m_total * (1 - m_fraction) / perSecond : -1;
}

std::string Job::status() const {
    std::string text = m_name + "  " + std::to_string(int(100 * m_fraction)) + " %";
    if (const double perSecond = rate(); perSecond > 0) {
        text += "  " + rounded(perSecond) + (perSecond < 999.5 ? " " : "") + m_unit + "/s";
        text += "  " + rounded(std::ceil(secondsLeft())) + " s left";
    }
    return text;
}

void Job::run(double budgetMs) {
    if (finished() || m_cancelled) return;
    if (!m_started) m_started = true, m_start = Clock::now();
    m_fraction = std::clamp(m_slice(budgetMs), 0.0, 1.0);
    if (finished() && !m_cancelled && m_finished) m_finished();
}

Job& Jobs::add(Job job) { return *m_jobs.emplace_back(std::make_unique<Job>(std::move(job))); }

void Jobs::run(double budgetMs) {
    std::erase_if(m_jobs, [](const auto& job) { return job->cancelled() || job->finished(); });
    if (m_jobs.empty()) return;
    Job* job = m_jobs.front().get();
    m_running = job;
    try {
        job->run(budgetMs);
    } catch (...) {
        job->cancel();
        m_running = nullptr;
        std::erase_if(m_jobs, [](const auto& each) { return each->cancelled(); });
        throw;
    }
    m_running = nullptr;
    std::erase_if(m_jobs, [](const auto& each) { return each->cancelled() || each->finished(); });
}

void Jobs::cancelAll() {
    for (const auto& job : m_jobs) job->cancel();
    // One that is running (it called this itself) must outlive its own slice; run() removes it.
    std::erase_if(m_jobs, [this](const auto& job) { return job.get() != m_running; });
}

} // namespace orrery::lab
