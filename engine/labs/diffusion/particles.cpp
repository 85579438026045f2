// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/particles.h"

#include <algorithm>
#include <cmath>

namespace orrery::diffusion {

namespace {

constexpr std::uint64_t placeBytes = 8;
constexpr std::uint32_t roundTo = 256; ///< four particles in each of 64 lanes

std::array<std::uint32_t, 2> halves(std::uint64_t seed) { return {std::uint32_t(seed), std::uint32_t(seed >> 32)}; }

int spacingFor(std::uint64_t frameBytes, int states) {
    const std::uint64_t frames =
        std::clamp<std::uint64_t>(Particles::keyFrameBytes / frameBytes, 1, std::uint64_t(Particles::mostKeyFrames));
    return int((std::uint64_t(states) + frames - 1) / frames);
}

} // namespace

Particles::Particles(gpu::Device& device, std::shared_ptr<const Kernels> kernels)
    : m_device(device), m_kernels(std::move(kernels)) {}

void Particles::start(Problem problem) {
    const std::uint32_t room = (problem.count + roundTo - 1) / roundTo * roundTo;
    const std::uint64_t frameBytes = std::max<std::uint64_t>(room, 1) * placeBytes;
    const int states = int(problem.journey->steps.size()) + 1;
    const int spacing = spacingFor(frameBytes, states);
    const bool sameData = problem.mixture == m_problem.mixture && m_data;
    const bool sameFrames = room == m_room && spacing == m_spacing && m_scratch[0];

    std::shared_ptr<DataBuffers> data;
    std::unique_ptr<TableBuffer> tables;
    if (!sameData) {
        data = std::make_shared<DataBuffers>(m_device, *problem.mixture);
        tables = std::make_unique<TableBuffer>(m_device, *data, 2);
    }
    gpu::Buffer scratch[2] = {m_scratch[0], m_scratch[1]}, trails = m_trails;
    if (!sameFrames)
        for (gpu::Buffer& buffer : scratch) buffer = m_device.buffer({.name = "diffusion particles", .size = frameBytes});
    const std::uint64_t trailBytes = std::uint64_t(states) * trailColumns * placeBytes;
    if (!trails || trails.size() < trailBytes || trails.size() > 4 * trailBytes)
        trails = m_device.buffer({.name = "diffusion trails", .size = trailBytes, .vertexOrIndex = true});

    // Nothing can fail from here on.
    if (!sameData) m_data = std::move(data), m_tables = std::move(tables);
    if (!sameFrames) m_keyFrames.clear();
    m_scratch[0] = scratch[0], m_scratch[1] = scratch[1], m_trails = trails;
    m_problem = std::move(problem);
    m_room = room;
    m_spacing = spacing;
    m_position = m_furthest = -1;
    m_places = m_next = {};
    m_done = 0;
    m_mayKeep = true;
}

double Particles::stepMs(const Step& step) const {
    if (m_problem.model && step.pull != 0) {
        const std::uint32_t rows = m_problem.model->rows();
        return step.scores() * (m_problem.model->pieceMs() * ((m_room + rows - 1) / rows) + m_room * m_cost->perParticle);
    }
    const double pairs = double(m_room) * m_tables->rows() * step.scores();
    return (1 + step.scores()) * m_cost->perDispatch + m_room * m_cost->perParticle + pairs * m_cost->perPair;
}

/// The newest state at or before `target` that is still there becomes the place to go on from; false when it is the present one.
bool Particles::restore(int target) {
    const int key = std::min(target, m_furthest) / m_spacing;
    if (m_furthest < 0 || (m_position <= target && key * m_spacing <= m_position)) return false;
    for (int k = std::min(key, int(m_keyFrames.size()) - 1); k >= 0; --k)
        if (m_keyFrames[std::size_t(k)]) {
            if (m_position <= target && k * m_spacing <= m_position) return false;
            m_places = m_keyFrames[std::size_t(k)];
            m_position = k * m_spacing;
            m_done = 0;
            return true;
        }
    return false;
}

/// Where the state after `step` goes: a key frame of its own, or the scratch buffer that is not in use.
gpu::Buffer Particles::roomFor(int step) {
    if (step % m_spacing == 0) {
        const std::size_t k = std::size_t(step / m_spacing);
        if (k < m_keyFrames.size() && m_keyFrames[k]) return m_keyFrames[k];
        if (m_mayKeep || k == 0) {
            try {
                const gpu::Buffer frame = m_device.buffer({.name = "diffusion key frame", .size = m_room * placeBytes});
                m_keyFrames.resize(std::max(m_keyFrames.size(), k + 1));
                return m_keyFrames[k] = frame;
            } catch (const gpu::OutOfMemory&) {
                if (k == 0) throw;
                m_mayKeep = false; // longer replays from here on, but the run goes on
            }
        }
    }
    return m_places == m_scratch[0] ? m_scratch[1] : m_scratch[0];
}

void Particles::begin(gpu::Recorder& recorder) {
    const Journey& journey = *m_problem.journey;
    const gpu::Buffer places = roomFor(0);
    const auto seed = halves(m_problem.seed);
    const float deviation = float(journey.startDeviation);
    if (journey.fromPrior) {
        struct Push {
            std::array<std::uint32_t, 2> seed;
            std::uint32_t stream;
            float deviation;
        };
        recorder.dispatch(m_kernels->prior, {places}, Push{seed, std::uint32_t(Stream::prior), deviation},
                          {m_kernels->prior.groups(m_room), 1, 1});
    } else {
        struct Push {
            std::array<std::uint32_t, 2> seed;
            std::uint32_t stream, count;
            float variance;
        };
        recorder.dispatch(m_kernels->sample, {m_data->data(), m_data->alias(), places},
                          Push{seed, std::uint32_t(Stream::data), m_data->count(), deviation * deviation},
                          {m_kernels->sample.groups(m_room), 1, 1});
    }
    m_places = places;
}

void Particles::slice(gpu::Recorder& recorder, const Step& step, std::uint32_t first, std::uint32_t count) {
    const auto seed = halves(m_problem.seed);
    if (step.pull == 0) {
        struct Push {
            std::array<std::uint32_t, 2> seed;
            std::uint32_t step, stream, first;
            float keep, noise;
        };
        const Push push{seed, step.counter, std::uint32_t(step.stream), 4 * first, float(step.keep), float(step.noise)};
        recorder.dispatch(m_kernels->forward, {m_places, m_next}, push, {m_kernels->forward.groups(4ull * count), 1, 1});
        return;
    }
    struct Push {
        std::array<std::uint32_t, 2> seed;
        std::uint32_t step, stream, first, now, next, count;
        float keep, pull, noise, keep2, pull2;
    };
    int now = m_tables->find(step.alpha, step.variance);
    if (now < 0) m_tables->prepare(recorder, *m_kernels, *m_data, now = 0, step.alpha, step.variance);
    const int next = step.heun ? 1 - now : now;
    if (step.heun) m_tables->prepare(recorder, *m_kernels, *m_data, std::uint32_t(next), step.alpha2, step.variance2);
    const gpu::Kernel& kernel = step.heun ? m_kernels->heun : step.noise != 0 ? m_kernels->sde : m_kernels->ode;
    const Push push{seed,
                    step.counter,
                    std::uint32_t(step.stream),
                    first,
                    m_tables->first(std::uint32_t(now)),
                    m_tables->first(std::uint32_t(next)),
                    m_tables->rows(),
                    float(step.keep),
                    float(step.pull),
                    float(step.noise),
                    float(step.keep2),
                    float(step.pull2)};
    recorder.dispatch(kernel, {m_tables->buffer(), m_places, m_next}, push, {kernel.groups(count), 1, 1});
}

/// In pieces of the model's rows, each of them whole: see score_model.h.
void Particles::learnedSlice(const Step& step, std::uint32_t first, std::uint32_t count) {
    ScoreModel& model = *m_problem.model;
    const std::uint32_t rows = model.rows(), end = std::min(4 * (first + count), m_room);
    if (step.heun && !m_middle) m_middle = m_device.buffer({.name = "diffusion half step", .size = rows * placeBytes});
    struct Push {
        std::array<std::uint32_t, 2> seed;
        std::uint32_t step, stream, particle, from, base, to, count;
        float mix, keep, pull, noise;
    };
    const gpu::Kernel& kernel = m_kernels->pull;
    const auto launch = [&](const gpu::Buffer& from, const tensor::Tensor& output, const gpu::Buffer& to, const Push& push) {
        model.recorder().dispatch(kernel, {from, m_places, {output.buffer(), 0, output.bytes()}, to}, push,
                                  {kernel.groups(push.count), 1, 1});
    };
    for (std::uint32_t at = 4 * first; at < end; at += rows) {
        const double sigma = std::sqrt(step.variance);
        const Head head = model.head(step.alpha, sigma);
        const tensor::Tensor output = model.outputs(m_places, at, m_room, step.alpha, sigma);
        Push push{halves(m_problem.seed),
                  step.counter,
                  std::uint32_t(step.stream),
                  at,
                  at,
                  at,
                  at,
                  std::min(rows, end - at),
                  0,
                  float(step.keep + step.pull * head.scoreOfPlace),
                  float(step.pull * head.scoreOfOutput),
                  float(step.noise)};
        if (!step.heun) {
            launch(m_places, output, m_next, push);
            continue;
        }
        push.to = 0;
        launch(m_places, output, m_middle, push);
        const double sigma2 = std::sqrt(step.variance2);
        const Head head2 = model.head(step.alpha2, sigma2);
        const tensor::Tensor output2 = model.outputs(m_middle, 0, push.count, step.alpha2, sigma2);
        push.from = 0, push.to = at, push.mix = 0.5F;
        push.keep = float(0.5 * (step.keep2 + step.pull2 * head2.scoreOfPlace));
        push.pull = float(0.5 * step.pull2 * head2.scoreOfOutput);
        launch(m_middle, output2, m_next, push);
    }
}

void Particles::arrive(gpu::Recorder& recorder, int step) {
    const std::uint64_t row = trailColumns * placeBytes, bytes = std::min(trailColumns, m_room) * placeBytes;
    recorder.copy({m_places, 0, bytes}, {m_trails, std::uint64_t(step) * row, bytes});
    m_position = step;
    m_done = 0;
}

bool Particles::advance(gpu::Recorder& recorder, int target, double budgetMs,
                        const std::function<void(gpu::Recorder&, int)>& arrived) {
    const bool there = walk(recorder, target, budgetMs, arrived);
    if (m_problem.model) m_problem.model->submit();
    return there;
}

bool Particles::walk(gpu::Recorder& frame, int target, double budgetMs, const std::function<void(gpu::Recorder&, int)>& arrived) {
    if (m_room == 0) {
        m_position = target;
        return true;
    }
    if (!m_cost) m_cost = costOn(m_device, *m_kernels);
    restore(target);
    double left = budgetMs;
    bool any = false;
    const auto reach = [&](int step) {
        arrive(list(frame), step);
        if (step > m_furthest && arrived) arrived(list(frame), step);
        m_furthest = std::max(m_furthest, step);
        any = true;
    };
    if (m_position < 0) {
        m_data->upload(list(frame));
        begin(list(frame));
        reach(0);
        left -= m_cost->perDispatch + m_room * m_cost->perParticle;
    }
    while (m_position < target) {
        const Step& step = m_problem.journey->steps[std::size_t(m_position)];
        const double whole = stepMs(step), rest = whole * (quads() - m_done) / quads();
        if (any && rest > left) return false;
        if (m_done == 0) m_next = roomFor(m_position + 1);
        std::uint32_t count = quads() - m_done;
        if (rest > budgetMs) { // a slice of it, in whole workgroups
            const std::uint32_t group = (m_problem.model ? m_problem.model->rows() : roundTo) / 4;
            const double share = std::max(0.0, left / whole) * quads();
            count = std::min(count, std::max(group, std::uint32_t(share) / group * group));
        }
        m_problem.model&& step.pull != 0 ? learnedSlice(step, m_done, count) : slice(list(frame), step, m_done, count);
        left -= whole * count / quads();
        m_done += count;
        any = true;
        if (m_done < quads()) return false;
        m_places = m_next;
        reach(m_position + 1);
    }
    return m_position == target;
}

} // namespace orrery::diffusion
