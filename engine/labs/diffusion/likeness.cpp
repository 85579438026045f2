// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/likeness.h"

#include <algorithm>
#include <cmath>

namespace orrery::diffusion {

namespace {

/// Pairs that a comparison may cost; with more components fewer particles are compared, with very many none.
constexpr std::uint64_t affordable = 1 << 18, most = 4096, least = 256, mostComponents = 16384;

struct Sum {
    double mean = 0, variance = 0;
};

Sum sumOf(std::span<const float> values) {
    // A cloud that exploded has densities of 0; their logarithm is held where it can be squared.
    const auto held = [](float v) { return std::isfinite(v) ? std::max(double(v), -1e30) : -1e30; };
    Sum s;
    for (const float v : values) s.mean += held(v) / double(values.size());
    for (const float v : values) s.variance += (held(v) - s.mean) * (held(v) - s.mean) / double(values.size() - 1);
    return s;
}

} // namespace

Likeness::Likeness(gpu::Device& device, std::shared_ptr<const Kernels> kernels)
    : m_device(device), m_kernels(std::move(kernels)) {}

void Likeness::reset(std::shared_ptr<DataBuffers> data, std::uint32_t particles, std::uint64_t seed) {
    m_pending.clear();
    m_results.clear();
    m_drawn = false;
    m_seed = seed;
    m_data = nullptr;
    const bool wants = data && data->count() > 0 && data->count() <= mostComponents && particles >= least;
    if (!wants) return;
    const std::uint64_t wanted = std::clamp(affordable / data->padded(), least, most);
    m_count = std::uint32_t(std::min<std::uint64_t>(wanted, particles));
    const std::uint32_t room = (m_count + 255) / 256 * 256; // as the particles' buffer has it
    m_table = std::make_unique<TableBuffer>(m_device, *data, 1);
    if (room != m_room) {
        m_room = 0;
        for (gpu::Buffer* buffer : {&m_origins, &m_draws})
            *buffer = m_device.buffer({.name = "diffusion exact draws", .size = 8ull * room});
        for (gpu::Buffer& buffer : m_densities) buffer = m_device.buffer({.name = "diffusion densities", .size = 4ull * room});
        m_room = room;
    }
    m_data = std::move(data);
}

void Likeness::compare(gpu::Recorder& recorder, const gpu::Buffer& places, int step, const Affine& law, double alpha,
                       double variance) {
    if (!m_data || m_results.count(step) > 0) return;
    m_results[step];
    m_data->upload(recorder);
    m_table->prepare(recorder, *m_kernels, *m_data, 0, alpha, variance);
    const std::array<std::uint32_t, 2> seed{std::uint32_t(m_seed), std::uint32_t(m_seed >> 32)};
    if (!m_drawn) {
        struct Push {
            std::array<std::uint32_t, 2> seed;
            std::uint32_t stream, count;
            float variance;
        };
        recorder.dispatch(m_kernels->sample, {m_data->data(), m_data->alias(), m_origins},
                          Push{seed, std::uint32_t(Stream::exactData), m_data->count(), 0},
                          {m_kernels->sample.groups(m_room), 1, 1});
        m_drawn = true;
    }
    struct Push {
        std::array<std::uint32_t, 2> seed;
        std::uint32_t step, stream, first;
        float keep, noise;
    };
    const Push push{seed, std::uint32_t(step), std::uint32_t(Stream::exactNoise), 0, float(law.scale), float(law.noise)};
    recorder.dispatch(m_kernels->forward, {m_origins, m_draws}, push, {m_kernels->forward.groups(m_room), 1, 1});
    const std::array<std::uint32_t, 2> table{0, m_table->rows()};
    const gpu::Kernel& kernel = m_kernels->density;
    recorder.dispatch(kernel, {m_table->buffer(), places, m_densities[0]}, table, {kernel.groups(m_room / 4), 1, 1});
    recorder.dispatch(kernel, {m_table->buffer(), m_draws, m_densities[1]}, table, {kernel.groups(m_room / 4), 1, 1});
    const std::uint64_t bytes = 4ull * m_count;
    m_pending.push_back({step, recorder.download({m_densities[0], 0, bytes}), recorder.download({m_densities[1], 0, bytes})});
}

void Likeness::collect() {
    for (; !m_pending.empty() && m_pending.front().exact.ready(); m_pending.pop_front()) {
        const Pending& pending = m_pending.front();
        const Sum particles = sumOf(pending.particles.as<float>()), exact = sumOf(pending.exact.as<float>());
        const double band = 5 * std::sqrt((particles.variance + exact.variance) / m_count);
        m_results[pending.step] = Result{particles.mean, exact.mean, band};
    }
}

const Likeness::Result* Likeness::at(int step) const {
    const auto found = m_results.find(step);
    return found != m_results.end() && found->second ? &*found->second : nullptr;
}

} // namespace orrery::diffusion
