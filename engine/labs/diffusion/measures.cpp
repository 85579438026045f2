// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/measures.h"

#include <algorithm>

namespace orrery::diffusion {

namespace {

constexpr std::uint32_t mostLanes = 1024, perLane = 16;
constexpr std::uint64_t rowBytes = std::uint64_t(Particles::trailColumns) * 8;

} // namespace

Measures::Measures(gpu::Device& device, std::shared_ptr<const Kernels> kernels)
    : m_device(device), m_kernels(std::move(kernels)) {}

void Measures::reset(std::uint32_t particles) {
    m_particles = particles;
    const std::uint32_t group = m_kernels->moments.options().local[0];
    const std::uint32_t lanes = std::clamp((particles / perLane + group - 1) / group * group, group, mostLanes);
    if (lanes != m_lanes || !m_sums) {
        m_sums = m_device.buffer({.name = "diffusion sums", .size = 16ull * lanes * ringRows});
        m_lanes = lanes;
    }
    m_recorded.clear();
    m_pending.clear();
    m_rows.clear();
}

void Measures::arrived(gpu::Recorder& recorder, const Particles& particles, int step) {
    if (m_recorded.size() == ringRows) flush(recorder, particles);
    struct Push {
        std::uint32_t particles, stride, row;
    };
    recorder.dispatch(m_kernels->moments, {particles.places(), m_sums},
                      Push{m_particles, m_lanes, std::uint32_t(m_recorded.size())}, {m_kernels->moments.groups(m_lanes), 1, 1});
    m_recorded.push_back(step);
}

void Measures::flush(gpu::Recorder& recorder, const Particles& particles) {
    if (m_recorded.empty()) return;
    const std::uint64_t steps = m_recorded.size();
    Pending pending{std::move(m_recorded), recorder.download({m_sums, 0, 16ull * m_lanes * steps}), {}};
    pending.places = recorder.download({particles.trails(), std::uint64_t(pending.steps.front()) * rowBytes, steps * rowBytes});
    m_pending.push_back(std::move(pending));
    m_recorded.clear();
}

std::vector<Measured> Measures::collect() {
    std::vector<Measured> all;
    for (; !m_pending.empty() && m_pending.front().sums.ready(); m_pending.pop_front()) {
        const Pending& pending = m_pending.front();
        const auto sums = pending.sums.as<float>(), places = pending.places.as<float>();
        const double n = m_particles;
        for (std::size_t i = 0; i < pending.steps.size(); ++i) {
            double total[4] = {0, 0, 0, 0};
            for (std::size_t k = 0; k < 4 * std::size_t(m_lanes); ++k) total[k % 4] += sums[4 * i * m_lanes + k];
            Measured m{pending.steps[i], {total[0] / n, total[1] / n}, {0, 0}};
            for (std::size_t axis = 0; axis < 2 && n > 1; ++axis)
                m.variance[axis] = std::max(0.0, (total[2 + axis] - n * m.mean[axis] * m.mean[axis]) / (n - 1));
            all.push_back(m);
            const auto row = places.subspan(i * rowBytes / 4, rowBytes / 4);
            m_rows.emplace_back(row.begin(), row.end());
        }
    }
    return all;
}

std::span<const float> Measures::row(int step) const {
    return step >= 0 && step < rows() ? std::span<const float>(m_rows[std::size_t(step)]) : std::span<const float>();
}

Counts::Counts(gpu::Device& device, std::shared_ptr<const Kernels> kernels) : m_device(device), m_kernels(std::move(kernels)) {}

void Counts::reset() {
    m_last = {};
    m_pending.clear();
    m_newest = {};
}

bool Counts::Asked::same(const Asked& other) const {
    return step == other.step && bins == other.bins && std::equal(shape.low, shape.low + 2, other.shape.low) &&
           std::equal(shape.high, shape.high + 2, other.shape.high);
}

void Counts::request(gpu::Recorder& recorder, const gpu::Buffer& places, std::uint32_t particles, int step, const double low[2],
                     const double high[2], std::uint32_t bins) {
    constexpr std::size_t mostPending = 3;
    Asked asked{{{low[0], low[1]}, {high[0], high[1]}, {}, particles}, bins, step};
    if (asked.same(m_last) || m_pending.size() >= mostPending || particles == 0 || bins == 0 || !places) return;
    const std::uint64_t bytes = 8ull * bins;
    if (!m_counts || m_counts.size() < bytes) m_counts = m_device.buffer({.name = "diffusion counts", .size = bytes});
    struct Push {
        float low[2], binsPerUnit[2];
        std::uint32_t bins, particles;
    };
    const Push push{
        {float(low[0]), float(low[1])}, {float(bins / (high[0] - low[0])), float(bins / (high[1] - low[1]))}, bins, particles};
    recorder.fill({m_counts, 0, bytes}, 0);
    recorder.dispatch(m_kernels->histogram, {places, m_counts}, push, {m_kernels->histogram.groups(particles), 1, 1});
    m_last = asked;
    m_pending.emplace_back(std::move(asked), recorder.download({m_counts, 0, bytes}));
}

void Counts::collect() {
    for (; !m_pending.empty() && m_pending.front().second.ready(); m_pending.pop_front()) {
        auto& [asked, download] = m_pending.front();
        const auto counts = download.as<std::uint32_t>();
        m_newest = std::move(asked.shape);
        m_newest.counts[0].assign(counts.begin(), counts.begin() + asked.bins);
        m_newest.counts[1].assign(counts.begin() + asked.bins, counts.begin() + 2 * std::ptrdiff_t(asked.bins));
    }
}

} // namespace orrery::diffusion
