// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/object_layer.h"

#include "engine/labs/segmentation/contour.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace orrery::ui::seg {

namespace {

constexpr std::int64_t longestTints = 2048; ///< texels; outlines stay exact

} // namespace

void ObjectLayer::set(gpu::Device& device, std::int64_t width, std::int64_t height, const std::vector<Tinted>& objects) {
    if (width == m_width && height == m_height && objects == m_objects) return;
    std::vector<Outline> outlines;
    const std::int64_t step = std::max<std::int64_t>(1, (std::max(width, height) + longestTints - 1) / longestTints);
    const std::int64_t across = (width + step - 1) / step, down = (height + step - 1) / step;
    std::vector<std::uint8_t> tints(std::size_t(across * down) * 4);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        const segmentation::Mask mask = decoded(objects[i].mask);
        const glm::vec3 colour = glm::round(objects[i].colour * 255.f);
        for (std::int64_t y = 0; y < down; ++y)
            for (std::int64_t x = 0; x < across; ++x) {
                if (!mask.pixels[std::size_t(y * step * width + x * step)]) continue;
                std::uint8_t* texel = &tints[std::size_t(y * across + x) * 4];
                for (int c = 0; c < 3; ++c) texel[c] = std::uint8_t(colour[c]);
                texel[3] = 255;
            }
        const bool known = width == m_width && height == m_height && i < m_objects.size() && m_objects[i].mask == objects[i].mask;
        if (known) {
            outlines.push_back(m_outlines[i]);
            continue;
        }
        std::vector<glm::vec2> places;
        const auto put = [&](const segmentation::Ring& ring) {
            for (std::size_t v = 0; v <= ring.size(); ++v) // closed
                places.emplace_back(float(ring[v % ring.size()].x), float(-ring[v % ring.size()].y));
            places.emplace_back(std::numeric_limits<float>::quiet_NaN());
        };
        for (const segmentation::Polygon& polygon : polygonsOf(mask)) {
            put(polygon.outer);
            for (const segmentation::Ring& hole : polygon.holes) put(hole);
        }
        Outline outline{{}, std::uint32_t(places.size())};
        if (!places.empty()) {
            outline.places = device.buffer(
                {.name = "outline", .size = places.size() * sizeof(glm::vec2), .residence = gpu::Residence::upload});
            std::memcpy(outline.places.mapped(), places.data(), places.size() * sizeof(glm::vec2));
        }
        outlines.push_back(std::move(outline));
    }
    m_width = width, m_height = height, m_objects = objects, m_outlines = std::move(outlines);
    if (objects.empty())
        m_tints.clear();
    else
        m_tints.set(device, std::uint32_t(across), std::uint32_t(down), std::move(tints),
                    {{0, -double(down * step)}, {double(across * step), 0}});
}

void ObjectLayer::draw(const Frame& frame, Layers& layers, float fill, int highlighted) const {
    m_tints.draw(frame, layers, fill);
    for (std::size_t i = 0; i < m_objects.size(); ++i) {
        if (m_outlines[i].count == 0) continue;
        const bool lit = int(i) == highlighted;
        layers.polylines(frame, m_outlines[i].places, 1, 1, 0, int(m_outlines[i].count) - 1, {},
                         {.colour = glm::vec4(m_objects[i].colour, 1), .widthPx = lit ? 2.4f : 1.3f});
    }
}

} // namespace orrery::ui::seg
