// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/bench.h"

#include "engine/bench/ceilings.h"
#include "engine/labs/diffusion/datasets.h"
#include "engine/labs/diffusion/kernels.h"

#include <algorithm>
#include <cstdio>

namespace orrery::diffusion {

namespace {

using bench::Figure;

/// A pair is 2 subtractions, 3 operations for the squared distance, 2 for the exponent, 5 to add up, and one exp2.
constexpr double operationsPerPair = 13;

struct Bench {
    gpu::Device& device;
    Kernels kernels{device};

    /// Dispatches per submission, so that the submission itself does not count on a fast device.
    int repeats() const { return device.isCpu() ? 1 : 64; }

    double seconds(const std::function<void(gpu::Recorder&)>& record) {
        const auto repeated = [&](gpu::Recorder& recorder) {
            for (int i = 0; i < repeats(); ++i) record(recorder);
        };
        return bench::medianSeconds(device, repeated) / repeats();
    }

    std::string words(const char* format, double value) const {
        char text[96];
        std::snprintf(text, sizeof text, format, value);
        return text;
    }

    Figure pairsFigure(const std::string& name, double pairs, double seconds) {
        const double fma = bench::fmaGflops(device) / operationsPerPair, exp2 = bench::exp2Rate(device);
        const double rate = pairs / seconds, limit = 1e9 * std::min(fma, exp2);
        const std::string why = fma < exp2 ? "G pairs/s: multiply-add at 13 a pair" : "G pairs/s: exp2 at one a pair";
        return {name, rate * 1e-6, "M pairs/s", words("%.2f ", limit * 1e-9) + why, rate / limit};
    }

    /// A probability-flow step: the score and nothing else.
    Figure score(const std::string& name, std::uint32_t particles, std::uint32_t components) {
        Mixture ring = mixture(ringOfRings());
        ring.standardise();
        std::vector<Component> many;
        for (std::uint32_t i = 0; i < components; ++i) many.push_back(ring.components[i % 64]);
        DataBuffers data(device, mixture(many));
        TableBuffer table(device, data, 1);
        const std::uint32_t room = (particles + 255) / 256 * 256;
        const gpu::Buffer from = places(room), to = places(room);
        gpu::Recorder recorder = device.record("bench");
        data.upload(recorder);
        table.prepare(recorder, kernels, data, 0, 0.7, 0.5);
        spread(recorder, from, room);
        device.wait(device.submit(std::move(recorder)));

        struct Push {
            std::uint32_t seed[2], step, stream, first, now, next, count;
            float keep, pull, noise, keep2, pull2;
        };
        const Push push{{}, 0, 0, 0, 0, 0, table.rows(), 1, 0.01F, 0, 1, 0};
        const double time = seconds([&](gpu::Recorder& r) {
            r.dispatch(kernels.ode, {table.buffer(), from, to}, push, {kernels.ode.groups(room / 4), 1, 1});
        });
        return pairsFigure(name, double(room) * components, time);
    }

    Figure forward(std::uint32_t particles) {
        const gpu::Buffer from = places(particles), to = places(particles);
        struct Push {
            std::uint32_t seed[2], step, stream, first;
            float keep, noise;
        };
        const double time = seconds([&](gpu::Recorder& r) {
            r.dispatch(kernels.forward, {from, to}, Push{{7, 0}, 1, 1, 0, 0.9F, 0.4F}, {kernels.forward.groups(particles), 1, 1});
        });
        const double limit = bench::copyBandwidth(device) / 16, rate = particles / time; // 8 bytes read, 8 written
        return {"forward step", rate * 1e-6, "M particles/s", words("%.2f G particles/s: copying their places", limit),
                rate / (1e9 * limit)};
    }

    Figure field(std::uint32_t width, std::uint32_t height) {
        DataBuffers data(device, mixture(ringOfRings()));
        TableBuffer table(device, data, 1);
        const std::uint32_t groups = kernels.field.groups(width * height / 4);
        const gpu::Buffer out = device.buffer({.name = "bench", .size = 16ull * width * height + 4096});
        gpu::Recorder recorder = device.record("bench");
        data.upload(recorder);
        table.prepare(recorder, kernels, data, 0, 0.7, 0.5);
        device.wait(device.submit(std::move(recorder)));
        struct Push {
            float low[2], cell[2];
            std::uint32_t width, first, count;
        };
        const Push push{{-3, -2}, {6.0F / float(width), 4.0F / float(height)}, width, 0, table.rows()};
        const double time = seconds([&](gpu::Recorder& r) {
            r.dispatch(kernels.field, {table.buffer(), out}, push, {groups, 1, 1});
        });
        return pairsFigure("density field 320 x 180 x 64", double(width) * height * data.count(), time);
    }

    gpu::Buffer places(std::uint32_t count) { return device.buffer({.name = "bench", .size = 8ull * count}); }

    void spread(gpu::Recorder& recorder, const gpu::Buffer& to, std::uint32_t count) {
        struct Push {
            std::uint32_t seed[2], stream;
            float deviation;
        };
        recorder.dispatch(kernels.prior, {to}, Push{{1, 0}, 2, 1}, {kernels.prior.groups(count), 1, 1});
    }
};

} // namespace

std::vector<Figure> benchDiffusion(gpu::Device& device) {
    Bench bench{device};
    if (device.isCpu())
        return {bench.score("mixture score 100,000 x 256", 100000, 256), bench.score("mixture score 20,000 x 64", 20000, 64),
                bench.forward(1 << 20), bench.field(320, 180)};
    // Enough to fill a GPU.
    return {bench.score("mixture score 1,000,000 x 64", 1000000, 64), bench.score("mixture score 4,000,000 x 256", 4000000, 256),
            bench.score("mixture score 20,000 x 64", 20000, 64), bench.forward(1 << 25), bench.field(320, 180)};
}

} // namespace orrery::diffusion
