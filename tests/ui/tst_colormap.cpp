// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/test_main.h"
#include "ui/render/colormap.h"
#include "ui/render/theme.h"

#include <cmath>
#include <limits>

using namespace orrery::ui;

namespace {

double linear(double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); }

/// CIE L* of an sRGB colour: the eye's lightness, apart from how the maps were made.
double lightness(glm::vec3 c) {
    const double y = 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
    return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

double contrast(glm::vec4 a, glm::vec4 b) { // WCAG 2.1
    const auto y = [](glm::vec4 c) { return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b) + 0.05; };
    return std::max(y(a), y(b)) / std::min(y(a), y(b));
}

} // namespace

class ColormapTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void publishedColours_data() {
        QTest::addColumn<int>("map");
        QTest::addColumn<int>("index");
        QTest::addColumn<glm::vec3>("published");
        // Rows of the authors' tables.
        QTest::newRow("magma first") << int(Colormap::magma) << 0 << glm::vec3(0.001462, 0.000466, 0.013866);
        QTest::newRow("magma middle") << int(Colormap::magma) << 128 << glm::vec3(0.716387, 0.214982, 0.47529);
        QTest::newRow("magma last") << int(Colormap::magma) << 255 << glm::vec3(0.987053, 0.991438, 0.749504);
        QTest::newRow("viridis first") << int(Colormap::viridis) << 0 << glm::vec3(0.267004, 0.004874, 0.329415);
        QTest::newRow("viridis middle") << int(Colormap::viridis) << 128 << glm::vec3(0.127568, 0.566949, 0.550556);
        QTest::newRow("viridis last") << int(Colormap::viridis) << 255 << glm::vec3(0.993248, 0.906157, 0.143936);
        QTest::newRow("cividis first") << int(Colormap::cividis) << 0 << glm::vec3(0, 0.135112, 0.304751);
        QTest::newRow("cividis last") << int(Colormap::cividis) << 255 << glm::vec3(0.995737, 0.909344, 0.217772);
    }
    void publishedColours() {
        QFETCH(int, map);
        QFETCH(int, index);
        QFETCH(glm::vec3, published);
        const glm::vec3 ours = colour(Colormap(map), index / 255.0);
        for (int i = 0; i < 3; ++i)
            QVERIFY2(std::abs(ours[i] - published[i]) <= 0.5 / 255 + 1e-5, qPrintable(QString::number(ours[i])));
    }

    void sequentialMapsGrowEvenlyInLightness() {
        for (Colormap map : {Colormap::magma, Colormap::viridis, Colormap::cividis}) {
            const double whole = lightness(table(map)[255]) - lightness(table(map)[0]);
            QVERIFY(whole > 70);
            for (int i = 24; i < 256; i += 8) { // L* exaggerates what is nearly black
                const double step = lightness(table(map)[i]) - lightness(table(map)[i - 8]);
                QVERIFY2(step > 0.5 * whole / 32 && step < 1.6 * whole / 32, qPrintable(QString("%1 at %2").arg(step).arg(i)));
            }
        }
    }

    void divergingArmsAreOfOneStrength() {
        const auto& colours = table(Colormap::diverging);
        for (int i = 0; i < 128; ++i) {
            const double below = lightness(colours[i]), above = lightness(colours[255 - i]);
            QVERIFY2(std::abs(below - above) < 4, qPrintable(QString("%1: %2 and %3").arg(i).arg(below).arg(above)));
            if (i > 0) QVERIFY(lightness(colours[i]) > lightness(colours[i - 1]));
        }
        QVERIFY(colours[0].b > colours[0].r + 0.2f); // blue below zero, orange above
        QVERIFY(colours[255].r > colours[255].b + 0.2f);
        for (int i = 127; i <= 128; ++i) QVERIFY(std::abs(colours[i].r - colours[i].b) < 0.03); // no hue at zero
    }

    void sharesAreClampedAndInterpolated() {
        const double nan = std::numeric_limits<double>::quiet_NaN();
        QCOMPARE(colour(Colormap::magma, -3), colour(Colormap::magma, 0));
        QCOMPARE(colour(Colormap::magma, 7), colour(Colormap::magma, 1));
        QCOMPARE(colour(Colormap::magma, nan), colour(Colormap::magma, 0));
        const glm::vec3 middle = colour(Colormap::viridis, 100.5 / 255);
        const glm::vec3 mean = 0.5f * (colour(Colormap::viridis, 100 / 255.0) + colour(Colormap::viridis, 101 / 255.0));
        QVERIFY(glm::distance(middle, mean) < 1e-5);
    }

    void heatMeltsIntoTheGround() {
        QCOMPARE(heatOpacity(Colormap::magma, 0), 0.f);
        QCOMPARE(heatOpacity(Colormap::magma, meltShare), 1.f);
        QCOMPARE(heatOpacity(Colormap::magma, meltShare / 2), 0.5f);
        QCOMPARE(heatOpacity(Colormap::diverging, 0.5), 0.f);
        QCOMPARE(heatOpacity(Colormap::diverging, 0), 1.f);
    }

    void names() {
        QCOMPARE(colormap("magma"), Colormap::magma);
        QCOMPARE(colormap("diverging"), Colormap::diverging);
        QVERIFY_THROWS_EXCEPTION(orrery::Error, colormap("jet"));
    }

    void textIsLegible() {
        for (const Theme* theme : {&darkTheme(), &lightTheme()})
            for (const glm::vec4& ground : {theme->ground, theme->dock, theme->card}) {
                QVERIFY(contrast(theme->text, ground) > 7);
                QVERIFY(contrast(theme->secondary, ground) > 4.5);
                QVERIFY2(contrast(theme->brass, ground) > 4, qPrintable(QString::number(contrast(theme->brass, ground))));
            }
    }
};

int main(int argc, char** argv) {
    ColormapTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_colormap.moc"
