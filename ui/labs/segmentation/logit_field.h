// SPDX-License-Identifier: GPL-3.0-or-later
// One mask of an answer as the decoder gave it: logits over the model's square, of which the picture covers a part. Its edge is
// where the logit is 0, between the cells bilinear as in SAM's own enlargement.
#pragma once

#include "engine/labs/segmentation/preprocess.h"
#include "ui/labs/segmentation/picture_texture.h"

#include <span>

namespace orrery::ui::seg {

class LogitField {
 public:
    void set(gpu::Device& device, std::span<const float> logits, std::int64_t side, const segmentation::Fit& fit,
             glm::dvec2 at = {0, 0});
    void clear() { m_field = {}; }
    bool empty() const { return !m_field; }
    /// Only where there is something to see: around what lies above -band.
    void draw(const Frame& frame, Layers& layers, MaskStyle style) const;

 private:
    gpu::Image m_field;
    Rect m_rect; ///< of the whole square, in data units
    glm::dvec2 m_from{0, 0}, m_to{0, 0};
};

} // namespace orrery::ui::seg
