// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QImage>

#include <cstdlib>

namespace orrery::test {

/// Share of pixels that differ by more than `by` in any channel.
inline double difference(const QImage& a, const QImage& b, int by = 0) {
    if (a.size() != b.size() || a.isNull()) return 1;
    std::size_t differing = 0;
    for (int y = 0; y < a.height(); ++y)
        for (int x = 0; x < a.width(); ++x) {
            const QRgb p = a.pixel(x, y), q = b.pixel(x, y);
            if (std::abs(qRed(p) - qRed(q)) > by || std::abs(qGreen(p) - qGreen(q)) > by || std::abs(qBlue(p) - qBlue(q)) > by)
                ++differing;
        }
    return double(differing) / (double(a.width()) * a.height());
}

} // namespace orrery::test
