// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of the layers share: one layer drawn alone, a pixel against its closed form, both read paths.
#pragma once

#include "tests/support/canvas.h"

#include <cmath>
#include <limits>

namespace orrery::test {

inline constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr glm::vec3 white{1, 1, 1};

/// The light that tone mapping L / (L + 0.6) turned into this brightness.
inline double lightOf(double brightness) { return 0.6 * brightness / (1 - brightness); }

inline ui::Picture drawPoints(Canvas& canvas, const std::vector<glm::vec2>& places, const ui::PointStyle& style,
                              glm::vec3 colour = white) {
    return canvas.draw(
        [&](const ui::Frame& f, ui::Layers& l) { l.points(f, bufferOf(places), std::uint32_t(places.size()), {}, style); },
        [&](const ui::Frame& f, ui::Layers& l) { l.light(f, colour); });
}

inline ui::Picture drawMain(Canvas& canvas, const std::function<void(const ui::Frame&, ui::Layers&)>& main) {
    return canvas.draw({}, main);
}

inline double sumOf(const ui::Picture& picture) {
    double sum = 0;
    for (std::size_t i = 0; i < picture.rgba.size(); i += 4) sum += picture.rgba[i];
    return sum / 255;
}

inline void near(double measured, double expected, double bound, const QString& where) {
    QVERIFY2(std::abs(measured - expected) <= bound,
             qPrintable(QString("%1: %2, not %3").arg(where).arg(measured).arg(expected)));
}

inline QString at(std::uint32_t x, std::uint32_t y) { return QString("pixel (%1, %2)").arg(x).arg(y); }

/// Once as the device reads of itself, and once the other way; on a CPU device that is also bilinear and Catmull-Rom.
template <class Test>
int runOnBothReadPaths(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("ORRERY_VALIDATION")) qputenv("ORRERY_VALIDATION", "1");
    QCoreApplication application(argc, argv);
    Test test;
    int failed = QTest::qExec(&test, argc, argv);
    const bool texel = device().readPath() == gpu::ReadPath::texel;
    gpu::Device other(device().instance(), {.wanted = {},
                                            .pipelineCacheFile = "-",
                                            .forceReadPath = texel ? gpu::ReadPath::storage : gpu::ReadPath::texel,
                                            .forceRead = true});
    chosenDevice() = &other;
    failed |= QTest::qExec(&test, argc, argv);
    return reportValidation(failed);
}

} // namespace orrery::test
