// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/metrics_distance.h"

#include <cmath>
#include <limits>

namespace orrery::segmentation {

namespace {

constexpr double far = 1e20;

/// min over j of (i - j)^2 + f[j], for all i; `at` and `from` are room for the envelope.
class Envelope {
 public:
    explicit Envelope(std::size_t most) : m_f(most), m_apex(most), m_from(most + 1) {}

    /// In place on `count` values that lie `stride` apart.
    void run(double* values, std::size_t count, std::size_t stride) {
        for (std::size_t i = 0; i < count; ++i) m_f[i] = values[i * stride];
        std::size_t last = 0;
        m_apex[0] = 0;
        m_from[0] = -std::numeric_limits<double>::infinity();
        m_from[1] = std::numeric_limits<double>::infinity();
        for (std::size_t i = 1; i < count; ++i) {
            double meet = meeting(i, m_apex[last]);
            while (meet <= m_from[last]) meet = meeting(i, m_apex[--last]); // never below 0: the first is reached from -infinity
            m_apex[++last] = i;
            m_from[last] = meet;
            m_from[last + 1] = std::numeric_limits<double>::infinity();
        }
        std::size_t k = 0;
        for (std::size_t i = 0; i < count; ++i) {
            while (m_from[k + 1] < double(i)) ++k;
            const double d = double(i) - double(m_apex[k]);
            values[i * stride] = std::min(far, d * d + m_f[m_apex[k]]);
        }
    }

 private:
    double meeting(std::size_t i, std::size_t j) const { // where the parabola of i gets below that of j < i
        const double a = double(i), b = double(j);
        return (m_f[i] - m_f[j] + a * a - b * b) / (2 * (a - b));
    }

    std::vector<double> m_f;
    std::vector<std::size_t> m_apex;
    std::vector<double> m_from;
};

void transform(std::vector<double>& values, std::size_t width, std::size_t height) {
    Envelope envelope(std::max(width, height));
    for (std::size_t x = 0; x < width; ++x) envelope.run(values.data() + x, height, width);
    for (std::size_t y = 0; y < height; ++y) envelope.run(values.data() + y * width, width, 1);
}

} // namespace

std::vector<double> squaredDistanceTo(const MaskView& mask) {
    std::vector<double> values(mask.pixels.size());
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = mask.pixels[i] ? 0 : far;
    transform(values, std::size_t(mask.width), std::size_t(mask.height));
    return values;
}

std::vector<double> squaredDepth(const MaskView& mask) {
    const auto w = std::size_t(mask.width), h = std::size_t(mask.height);
    std::vector<double> framed((w + 2) * (h + 2), 0); // a frame of pixels that are outside
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t x = 0; x < w; ++x)
            if (mask.pixels[y * w + x]) framed[(y + 1) * (w + 2) + x + 1] = far;
    transform(framed, w + 2, h + 2);
    std::vector<double> depth(w * h);
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t x = 0; x < w; ++x) depth[y * w + x] = framed[(y + 1) * (w + 2) + x + 1];
    return depth;
}

} // namespace orrery::segmentation
