// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of a format along a line: each as a tick where there is room, else how many there are to a pixel. The line is
// logarithmic (u = log2 |x|), or linear around a value in its spacings (u = (x - value) / unit).
#pragma once

#include "engine/tensor/formats.h"
#include "ui/labs/precision/ink.h"

namespace orrery::ui {

struct NumberLine {
    bool logarithmic = true;
    double centre = 0, unit = 1; ///< of the linear one
    double valueAt(double u) const;
    double coordinateOf(double value) const; ///< -infinity of zero on the logarithmic one
};

/// Numbers of the format between two values that are no farther apart than its ends, zeros as one; steps of codes.
class Numbers {
 public:
    explicit Numbers(const tensor::Format& format) : m_format(format) {}
    /// How many have a value of at most this, counted from zero (negative below it).
    std::int64_t rank(double value) const;
    double at(std::int64_t rank) const; ///< clamped to the format's ends
    double nearest(double value) const;

 private:
    const tensor::Format& m_format;
};

/// One format's line between y `top` and `bottom`, clipped to x from `left` to `right`.
struct Lane {
    const tensor::Format* format;
    float left, right, top, bottom;
    bool chosen;
};
void drawLane(ImDrawList* list, const Look& look, const Camera& camera, const NumberLine& line, const Lane& lane);

std::vector<AxisTick> ticksOf(const Look& look, const Camera& camera, const NumberLine& line, float left, float right);

} // namespace orrery::ui
