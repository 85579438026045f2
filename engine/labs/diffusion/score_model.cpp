// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/score_model.h"

#include "engine/tensor/ops/cast.h"
#include "engine/tensor/tape.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::diffusion {

namespace {

/// Large enough for the host's products to run at their speed, small enough for a slice of a frame.
constexpr std::uint32_t rowsOnCpu = 1024, rowsOnGpu = 16384;

} // namespace

ScoreModel::ScoreModel(std::shared_ptr<tensor::Context> context, std::shared_ptr<const Kernels> kernels, const NetShape& shape,
                       Target target, bool preconditioned)
    : m_context(std::move(context)),
      m_kernels(std::move(kernels)),
      m_net(*m_context, shape, 0),
      m_target(target),
      m_preconditioned(preconditioned) {}

std::uint32_t ScoreModel::rows() const { return m_context->device().isCpu() ? rowsOnCpu : rowsOnGpu; }

void ScoreModel::take(const std::vector<tensor::Tensor>& weights, int version) {
    const tensor::Unrecorded quiet(*m_context);
    const auto& mine = m_net.parameters().all();
    for (std::size_t i = 0; i < mine.size(); ++i) {
        const tensor::Tensor from = tensor::cast(*m_context, weights[i], tensor::DType::f32);
        m_context->recorder().copy({from.buffer(), 0, from.bytes()}, {mine[i].value.buffer(), 0, from.bytes()});
    }
    m_version = version;
}

tensor::Tensor ScoreModel::outputs(const gpu::Buffer& places, std::uint32_t first, std::uint32_t count, double alpha,
                                   double sigma) {
    const tensor::Unrecorded quiet(*m_context);
    const tensor::Unruled plain(*m_context);
    const tensor::Tensor features = m_context->empty({rows(), ScoreNet::features});
    struct Push {
        std::uint32_t first, count;
        float scale;
        std::array<float, ScoreNet::levelFeatures> level;
    };
    recorder().dispatch(m_kernels->features, {places, {features.buffer(), 0, features.bytes()}},
                        Push{first, count, float(ScoreNet::placeScale(alpha, sigma)), ScoreNet::level(alpha, sigma)},
                        {m_kernels->features.groups(rows()), 1, 1});
    return m_net(*m_context, features);
}

double ScoreModel::pieceMs() {
    if (m_pieceMs > 0) return m_pieceMs;
    using Clock = std::chrono::steady_clock;
    const gpu::Buffer places = m_context->device().buffer({.name = "diffusion cost", .size = rows() * 8ull});
    recorder().fill(places, 0);
    m_pieceMs = 1e9;
    for (int run = 0; run < 3; ++run) { // the first one makes the pipelines
        m_context->finish();
        const Clock::time_point start = Clock::now();
        outputs(places, 0, rows(), 0.7, 0.7);
        m_context->finish();
        m_pieceMs = std::min(m_pieceMs, std::chrono::duration<double, std::milli>(Clock::now() - start).count());
    }
    return m_pieceMs;
}

void LearnedFields::reset() {
    for (Made& made : m_made) made.version = -1;
}

gpu::Buffer LearnedFields::field(ScoreModel& model, const gpu::Buffer& exact, Which which, bool difference, const FieldGrid& grid,
                                 double alpha, double variance) {
    Made& made = m_made[which];
    const bool samePlaces = made.places && made.grid == grid;
    if (samePlaces && made.alpha == alpha && made.variance == variance && made.version == model.version() &&
        made.difference == difference)
        return made.buffer;
    const std::uint32_t count = grid.width * grid.height, rows = model.rows();
    if (!samePlaces) {
        std::vector<float> places;
        places.reserve(2 * std::size_t(count));
        const double cellX = (grid.highX - grid.lowX) / grid.width, cellY = (grid.highY - grid.lowY) / grid.height;
        for (std::uint32_t row = 0; row < grid.height; ++row)
            for (std::uint32_t column = 0; column < grid.width; ++column)
                places.insert(places.end(), {float(grid.lowX + (column + 0.5) * cellX), float(grid.lowY + (row + 0.5) * cellY)});
        if (!made.places || made.places.size() < 8ull * count)
            made.places = m_device.buffer({.name = "diffusion lattice", .size = 8ull * count});
        if (!made.buffer || made.buffer.size() < exact.size())
            made.buffer = m_device.buffer({.name = "diffusion learned field", .size = exact.size()});
        model.recorder().upload({made.places, 0, 8ull * count}, places);
    }
    made.grid = grid, made.alpha = alpha, made.variance = variance, made.difference = difference;
    made.version = model.version();
    const double sigma = std::sqrt(variance);
    const Head head = model.head(alpha, sigma);
    struct Push {
        std::uint32_t first, count;
        float ofPlace, ofOutput, less;
    };
    for (std::uint32_t first = 0; first < count; first += rows) {
        const tensor::Tensor output = model.outputs(made.places, first, count, alpha, sigma);
        model.recorder().dispatch(m_kernels->compare, {exact, made.places, {output.buffer(), 0, output.bytes()}, made.buffer},
                                  Push{first, count, float(head.scoreOfPlace), float(head.scoreOfOutput), difference ? 1.F : 0.F},
                                  {m_kernels->compare.groups(rows), 1, 1});
    }
    model.submit();
    return made.buffer;
}

} // namespace orrery::diffusion
