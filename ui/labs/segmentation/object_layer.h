// SPDX-License-Identifier: GPL-3.0-or-later
// Objects that have been cut out, over their picture: tinted, with an exact outline along the edges of their pixels.
#pragma once

#include "engine/labs/segmentation/rle.h"
#include "ui/labs/segmentation/picture_texture.h"

namespace orrery::ui::seg {

struct Tinted {
    segmentation::Rle mask{};
    glm::vec3 colour{1, 1, 1};
    bool operator==(const Tinted&) const = default;
};

class ObjectLayer {
 public:
    /// Later ones lie over earlier. Only what has changed is made anew.
    void set(gpu::Device& device, std::int64_t width, std::int64_t height, const std::vector<Tinted>& objects);
    void draw(const Frame& frame, Layers& layers, float fill, int highlighted = -1) const;

 private:
    struct Outline {
        gpu::Buffer places; ///< vec2, rings one after the other, parted by NaN
        std::uint32_t count = 0;
    };
    std::int64_t m_width = 0, m_height = 0;
    std::vector<Tinted> m_objects;
    std::vector<Outline> m_outlines;
    PictureTexture m_tints;
};

} // namespace orrery::ui::seg
