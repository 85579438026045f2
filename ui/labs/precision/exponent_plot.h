// SPDX-License-Identifier: GPL-3.0-or-later
// A histogram of binary exponents over the ranges of a format: lost, subnormal, normal, overflow.
#pragma once

#include "ui/labs/precision/ink.h"

#include <array>

namespace orrery::ui {

constexpr const char* fateNames[] = {"zero", "lost", "subnormal", "normal", "overflow"}; ///< by Fate

struct ExponentPlot {
    struct Band {
        Fate fate;
        double low, high; ///< binary logarithms
    };

    float left = 0, right = 1, top = 0, bottom = 1; ///< framebuffer pixels
    double low = -48, high = 24;                    ///< binary logarithms at the left and right edge
    const tensor::Format* format = &tensor::fp16;
    double leastShare = 1e-6; ///< heights are logarithms of shares, from this one on

    float x(double u) const { return left + float((u - low) / (high - low)) * (right - left); }
    double u(double px) const { return low + (px - double(left)) / double(right - left) * (high - low); }
    bool holds(glm::dvec2 px) const { return px.x >= left && px.x <= right && px.y >= top && px.y <= bottom; }
    float barTop(double share) const;
    std::array<Band, 4> bands() const;
    Fate fateAt(double u) const;

    void drawBands(ImDrawList* list, const Look& look, bool named) const;
    /// From one binary logarithm to another; it changes its colour at the borders.
    void drawBar(ImDrawList* list, const Look& look, double from, double to, double share, float opacity) const;
    void drawZeros(ImDrawList* list, const Look& look, float from, float to, double share) const;
};

std::string percentOf(double share); ///< "31.02 %", "1.2e-03 %"

} // namespace orrery::ui
