// SPDX-License-Identifier: GPL-3.0-or-later
// A picture on the GPU at its own size and halved again and again, so that it does not shimmer when all of it is seen.
// In data units a pixel is 1 wide; the upper left corner of the picture is (0, 0), and y points up: row r lies at y = -r.
#pragma once

#include "engine/labs/segmentation/picture.h"
#include "ui/render/layers.h"

namespace orrery::ui::seg {

inline Rect rectOf(std::int64_t width, std::int64_t height) { return {{0, -double(height)}, {double(width), 0}}; }

class PictureTexture {
 public:
    /// Halved to begin with where the device's images are smaller than the picture.
    void set(gpu::Device& device, const segmentation::Picture& picture);
    /// RGBA of any meaning, as many bytes as width x height x 4, over a rectangle in data units.
    void set(gpu::Device& device, std::uint32_t width, std::uint32_t height, std::vector<std::uint8_t> rgba, const Rect& rect);
    void clear() { m_levels.clear(); }
    bool empty() const { return m_levels.empty(); }
    void draw(const Frame& frame, Layers& layers, float opacity = 1) const;

 private:
    std::vector<gpu::Image> m_levels; ///< each half as large as the one before
    Rect m_rect;
};

} // namespace orrery::ui::seg
