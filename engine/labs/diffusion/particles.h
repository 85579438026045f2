// SPDX-License-Identifier: GPL-3.0-or-later
// The particles on the GPU, walking a journey in both directions: forward by kernels, back by key frames and replay, which
// counter-based random numbers make bit-identical. Takes standardised data; knows neither parameters nor units.
#pragma once

#include "engine/labs/diffusion/cost.h"
#include "engine/labs/diffusion/journey.h"
#include "engine/labs/diffusion/kernels.h"
#include "engine/labs/diffusion/score_model.h"

#include <functional>
#include <memory>
#include <optional>

namespace orrery::diffusion {

class Particles {
 public:
    struct Problem {
        std::shared_ptr<const Mixture> mixture; ///< standardised; may be empty when the journey starts from the prior
        std::shared_ptr<const Journey> journey;
        std::uint32_t count = 0;
        std::uint64_t seed = 1;
        std::shared_ptr<ScoreModel> model{}; ///< whose score pulls; null: the mixture's own
    };

    Particles(gpu::Device& device, std::shared_ptr<const Kernels> kernels);

    /// Puts the particles before the first step. Throws OutOfMemory and keeps the former problem.
    void start(Problem problem);

    int position() const { return m_position; } ///< -1 until the first advance
    /// Another model from here on: no step may have been taken with the one there was.
    void follow(std::shared_ptr<ScoreModel> model) { m_problem.model = std::move(model); }
    int furthest() const { return m_furthest; } ///< the last step that was computed so far
    /// Records about `budgetMs` of work toward step `target`, at least a slice; true when it is there. `arrived` is called
    /// after every step that was computed anew, with its places in places(). With a model all goes into the model's list, which
    /// is submitted at the end, and `recorder` is left alone.
    bool advance(gpu::Recorder& recorder, int target, double budgetMs,
                 const std::function<void(gpu::Recorder&, int step)>& arrived = {});

    gpu::Buffer places() const { return m_places; } ///< vec2 each, room for a multiple of 256
    std::uint32_t count() const { return m_problem.count; }
    gpu::Buffer trails() const { return m_trails; }
    std::shared_ptr<DataBuffers> data() const { return m_data; }
    const Problem& problem() const { return m_problem; }

    static constexpr std::uint32_t trailColumns = 64;
    static constexpr std::uint64_t keyFrameBytes = 256ull << 20;
    static constexpr int mostKeyFrames = 512;

    int keyFrameSpacing() const { return m_spacing; }

 private:
    double stepMs(const Step& step) const;
    bool restore(int target);
    void begin(gpu::Recorder& recorder);
    void slice(gpu::Recorder& recorder, const Step& step, std::uint32_t first, std::uint32_t quads);
    void learnedSlice(const Step& step, std::uint32_t first, std::uint32_t quads);
    bool walk(gpu::Recorder& frame, int target, double budgetMs, const std::function<void(gpu::Recorder&, int)>& arrived);
    gpu::Recorder& list(gpu::Recorder& frame) const { return m_problem.model ? m_problem.model->recorder() : frame; }
    gpu::Buffer roomFor(int step);
    void arrive(gpu::Recorder& recorder, int step);
    std::uint32_t quads() const { return m_room / 4; }

    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    Problem m_problem;
    std::shared_ptr<DataBuffers> m_data;
    std::unique_ptr<TableBuffer> m_tables; ///< at the start of the step, and at its end for Heun
    std::uint32_t m_room = 0;              ///< particles in a buffer: count rounded up to 256
    int m_position = -1, m_furthest = -1;
    int m_spacing = 1;
    std::vector<gpu::Buffer> m_keyFrames; ///< of steps 0, spacing, 2 spacing, …
    gpu::Buffer m_scratch[2], m_places, m_next, m_trails;
    gpu::Buffer m_middle;     ///< of a piece of rows: Heun's first half, with a model
    std::uint32_t m_done = 0; ///< quadruples of the step under way
    std::optional<Cost> m_cost;
    bool m_mayKeep = true;
};

} // namespace orrery::diffusion
