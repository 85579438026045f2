// SPDX-License-Identifier: GPL-3.0-or-later
// SAM's prompt encoder (Kirillov et al. 2023, appendix A): places by random Fourier features (Tancik et al. 2020) plus a learnt
// vector for what a point is; masks by three convolutions. Sizes come from the tensors' shapes.
#pragma once

#include "engine/labs/segmentation/prompt.h"
#include "engine/labs/segmentation/weights.h"

namespace orrery::segmentation {

struct PromptShape {
    std::int64_t width = 0;            ///< of a token: C
    std::int64_t mask1 = 0, mask2 = 0; ///< channels on the way from a mask; 0: the file takes no mask prompts
    std::int64_t dense = 1;            ///< channels of the map itself: 1 of logits, 5 of TinyPrompt's (tiny_clicked.h)
    bool affinity = false;             ///< TinyPrompt: cosines of features are told as well
};
PromptShape promptShape(const Checkpoint& file, std::int64_t width);
std::vector<Wanted> promptWanted(const PromptShape& shape);

class PromptEncoder {
 public:
    PromptEncoder(tensor::Context& context, const PromptShape& shape, const Weights& weights, std::int64_t side,
                  std::int64_t grid);

    /// Tokens of points [n C], row by row, in float64 up to here.
    std::vector<float> tokens(std::span<const PromptPoint> points) const;
    /// The embedding of a place in pixels of the model's square, without what stands there.
    std::vector<double> place(double x, double y) const;
    /// Of the middles of all grid cells: [grid grid, C], on the device.
    const tensor::Tensor& grid() const { return m_grid; }
    bool takesMasks() const { return m_shape.mask1 > 0; }
    /// [1, grid grid, C] of logits [4 grid, 4 grid], or of TinyPrompt's map [5, 4 grid, 4 grid].
    tensor::Tensor dense(tensor::Context& context, std::span<const float> logits) const;
    bool takesClicks() const { return m_shape.dense > 1; } ///< TinyPrompt's dense map
    /// [1, grid grid, C] of cosines [grid grid, 2].
    tensor::Tensor affinity(tensor::Context& context, std::span<const float> cosines) const;
    /// What is added to the embedding where there is no mask: [C].
    const tensor::Tensor& noMask() const { return m_noMask; }
    std::int64_t maskSide() const { return 4 * m_cells; }

 private:
    std::vector<double> fourier(double u, double v) const; ///< u, v in [0, 1]

    PromptShape m_shape;
    Weights m_weights;
    std::int64_t m_side, m_cells;
    std::vector<float> m_matrix;                 ///< [2, C / 2]
    std::array<std::vector<float>, 5> m_meaning; ///< by PromptPoint::Kind
    tensor::Tensor m_grid, m_noMask;
};

} // namespace orrery::segmentation
