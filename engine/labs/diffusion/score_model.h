// SPDX-License-Identifier: GPL-3.0-or-later
// A network as the lab evaluates it: a copy of weights that does not change while others train on, at many places and one noise
// level. All of it goes into the tensor context's own list, because on a CPU device products are computed by the host between
// submissions: whoever uses it records what belongs to it there too (recorder()), and calls submit() before the frame goes.
// Rows are computed in pieces of one fixed size, so that a particle's bits do not depend on how many others there are.
#pragma once

#include "engine/labs/diffusion/fields.h"
#include "engine/labs/diffusion/score_net.h"
#include "engine/labs/diffusion/targets.h"

#include <optional>

namespace orrery::diffusion {

class ScoreModel {
 public:
    ScoreModel(std::shared_ptr<tensor::Context> context, std::shared_ptr<const Kernels> kernels, const NetShape& shape,
               Target target, bool preconditioned);

    /// Copies weights (of this context, in the order of the network's parameters). `version` is whatever the caller counts by.
    void take(const std::vector<tensor::Tensor>& weights, int version);
    int version() const { return m_version; } ///< -1 before the first

    gpu::Recorder& recorder() { return m_context->recorder(); }
    void submit() { m_context->submit(); }

    std::uint32_t rows() const; ///< of one piece
    /// F [rows(), 2] at places first … of `count` vec2 in the buffer; rows beyond the last place repeat it. sigma > 0.
    tensor::Tensor outputs(const gpu::Buffer& places, std::uint32_t first, std::uint32_t count, double alpha, double sigma);
    Head head(double alpha, double sigma) const { return headOf(m_target, m_preconditioned, alpha, sigma); }
    double pieceMs(); ///< measured once
    const ScoreNet& net() const { return m_net; }
    std::vector<std::vector<float>> values() const { return m_net.parameters().values(); } ///< waits for the device

 private:
    std::shared_ptr<tensor::Context> m_context;
    std::shared_ptr<const Kernels> m_kernels;
    ScoreNet m_net;
    Target m_target;
    bool m_preconditioned;
    int m_version = -1;
    double m_pieceMs = 0;
};

/// The learned score over grids, or by how much it differs from the exact one. Remembered until something changes.
class LearnedFields {
 public:
    explicit LearnedFields(gpu::Device& device, std::shared_ptr<const Kernels> kernels)
        : m_device(device), m_kernels(std::move(kernels)) {}

    void reset();
    enum Which { scores, differences, arrows, own };
    /// vec4(score, ln density, 0), or with `difference` vec4(learned - exact, ln of its length, 0), as Fields::field;
    /// variance > 0. `exact` is the field of the same grid and moment. Recorded and submitted.
    gpu::Buffer field(ScoreModel& model, const gpu::Buffer& exact, Which which, bool difference, const FieldGrid& grid,
                      double alpha, double variance);

 private:
    struct Made {
        gpu::Buffer buffer, places;
        FieldGrid grid;
        double alpha = -1, variance = -1;
        int version = -1;
        bool difference = false;
    };
    gpu::Device& m_device;
    std::shared_ptr<const Kernels> m_kernels;
    Made m_made[4];
};

} // namespace orrery::diffusion
