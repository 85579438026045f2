// SPDX-License-Identifier: GPL-3.0-or-later
// Many points with a colour and a size each, seen through any camera. Transparent without an order: what is summed per pixel is
// optical depth t and depth times colour; shown is the mean colour with opacity 1 - exp(-sum t). (Meshkin 2007 sums alpha and
// ln(1 - alpha), whose trap is ln 0 for an opaque point: a depth has no such place.) Sums are whole numbers, so that neither
// order nor threads can be seen.
#pragma once

#include "engine/gpu/recorder.h"

#include <glm/glm.hpp>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace orrery::ui {

/// A point's colour and size in one word: red in the lowest byte, then green, blue, and the size in 1/64 of the style's diameter
/// (0: not drawn).
using Mark = std::uint32_t;
inline constexpr std::uint32_t fullSize = 64;
Mark makeMark(glm::vec3 colour, std::uint32_t size = fullSize);
glm::vec3 colourOf(Mark mark);

/// Framebuffer pixels from places: (X, Y, W) = rows . (x, y, z, 1), pixel = (X, Y) / W from the upper left corner. W is 1 in the
/// plane; in space it grows with the distance from the eye, 1 at the middle.
struct ToPixels {
    std::array<glm::vec4, 3> rows{glm::vec4(1, 0, 0, 0), glm::vec4(0, 1, 0, 0), glm::vec4(0, 0, 0, 1)};
    bool operator==(const ToPixels&) const = default;

    glm::vec3 operator()(float x, float y, float z) const { ///< pixel and W
        const glm::vec4 place(x, y, z, 1);
        const float w = glm::dot(rows[2], place);
        return {glm::dot(rows[0], place) / w, glm::dot(rows[1], place) / w, w};
    }
};

struct CloudStyle {
    enum class Way {
        automatic, ///< as the device is
        device,    ///< by a kernel
        host,      ///< by the cores that a CPU device has as well, without its costs (atomics one by one)
    };
    float diameterPx = 3; ///< logical pixels at W = 1
    float depth = 2;      ///< at the middle of one point: its opacity there is 1 - exp(-depth)
    float farDepth = 1;   ///< share of the depth at W = 1 + reach
    float reach = 0;      ///< of W about 1, for farDepth; 0: all alike
    Way way = Way::automatic;
    bool operator==(const CloudStyle&) const = default;
};
/// With which a few points are solid, and a million still show where they are denser.
float depthPerPoint(std::uint64_t count);
/// By what a point of 30,000 is made smaller, or larger, where there are more or fewer.
float diameterFactor(std::uint64_t count);

class CloudPainter;

/// The points, where they are kept (memory of the host; buffers too when a kernel draws), and the last picture made of them.
class PointCloud {
 public:
    /// One array per axis, `z` empty in the plane; copied. Places that are not finite are not drawn.
    void setPlaces(std::span<const float> x, std::span<const float> y, std::span<const float> z);
    void setMarks(std::vector<Mark> marks); ///< one for each place
    std::size_t count() const { return m_axis[0].size(); }
    std::span<const float> axis(int d) const { return m_axis[std::size_t(d)]; } ///< of z too: zeros in the plane
    std::span<const Mark> marks() const { return m_marks; }
    bool spatial() const { return m_spatial; }
    std::uint64_t revision() const { return m_revision; } ///< rises with every change

 private:
    friend class Layers;
    struct Made { ///< what the sums are of
        ToPixels toPixels;
        CloudStyle style;
        std::uint32_t width = 0, height = 0;
        float scale = 0;
        std::uint64_t revision = 0;
        bool operator==(const Made&) const = default;
    };
    std::array<std::vector<float>, 3> m_axis;
    std::vector<Mark> m_marks;
    bool m_spatial = false;
    std::uint64_t m_revision = 1, m_uploaded = 0;
    gpu::Buffer m_places, m_markBuffer, m_sums;
    std::shared_ptr<CloudPainter> m_painter; ///< of the host, with its memory
    std::optional<Made> m_made;
};

} // namespace orrery::ui
