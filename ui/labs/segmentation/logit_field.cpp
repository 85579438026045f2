// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/logit_field.h"

#include "ui/render/texture.h"

#include <algorithm>

namespace orrery::ui::seg {

namespace {

constexpr float lowest = -1.5f; ///< logits that a band may reach; cells far below are left out

} // namespace

void LogitField::set(gpu::Device& device, std::span<const float> logits, std::int64_t side, const segmentation::Fit& fit,
                     glm::dvec2 at) {
    m_field = {};
    glm::dvec2 low{side, side}, high{0, 0};
    for (std::int64_t y = 0; y < side; ++y)
        for (std::int64_t x = 0; x < side; ++x)
            if (logits[std::size_t(y * side + x)] > lowest)
                low = glm::min(low, glm::dvec2(x, y)), high = glm::max(high, glm::dvec2(x + 1, y + 1));
    const glm::dvec2 covered = glm::dvec2(fit.newWidth, fit.newHeight) * (double(side) / double(fit.side)); // by the picture
    m_from = glm::max(low - 1.0, glm::dvec2(0)), m_to = glm::min(high + 1.0, covered);
    if (m_from.x >= m_to.x || m_from.y >= m_to.y) return;
    const glm::dvec2 whole = glm::dvec2(fit.width, fit.height) * double(fit.side) / glm::dvec2(fit.newWidth, fit.newHeight);
    m_rect = {{at.x, -at.y - whole.y}, {at.x + whole.x, -at.y}};
    m_field = makeTexture(device, Texel::f32, std::uint32_t(side), std::uint32_t(side), std::as_bytes(logits));
}

void LogitField::draw(const Frame& frame, Layers& layers, MaskStyle style) const {
    style.from = m_from, style.to = m_to;
    layers.mask(frame, m_field, m_rect, style);
}

} // namespace orrery::ui::seg
