// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of the precision view draw alike: text in runs, powers of two, vertical axes, colours of formats and fates.
#pragma once

#include "engine/tensor/precision.h"
#include "ui/panels/look.h"
#include "ui/render/camera.h"

#include <vector>

namespace orrery::ui {

/// A piece of a line of mono text; `raised` for an exponent.
struct Run {
    std::string text;
    glm::vec4 colour;
    bool raised = false;
};
float runsWidth(const Look& look, const std::vector<Run>& runs);
void drawRuns(ImDrawList* list, const Look& look, ImVec2 at, const std::vector<Run>& runs, Align align = Align::left);
/// 2 to a whole power.
std::vector<Run> powerOfTwo(int exponent, const glm::vec4& colour);

glm::vec4 formatColour(const Look& look, const tensor::Format& format); ///< FP64 has the text's own
glm::vec4 twinColour(const Look& look, tensor::Precision precision);
enum class Fate { zero, lost, subnormal, normal, overflow };
glm::vec4 fateColour(const Look& look, Fate fate);

/// A value as short as eight digits tell it, whatever its size: "1.24414", "5.96e-08", "inf".
std::string brief(double value, int digits = 6);

/// How many ticks with numbers stand well along an axis of so many logical pixels.
int ticksAlong(float logical);

struct PlotBox { ///< framebuffer pixels
    float left = 0, right = 1, top = 0, bottom = 1;
    bool holds(glm::dvec2 px) const { return px.x >= left && px.x <= right && px.y >= top && px.y <= bottom; }
};

/// Names of curves beside their newest points; moved apart where they would lie over each other.
struct EndName {
    float y = 0; ///< framebuffer pixels
    glm::vec4 colour;
    std::string text;
};
void drawEndNames(ImDrawList* list, const Look& look, const PlotBox& box, std::vector<EndName> names);

struct AxisTick {
    float at = 0; ///< framebuffer pixels along the axis
    std::vector<Run> text;
};
/// A line with ticks below it, from x `left` to `right`; texts that would overlap are left out.
void drawXAxis(ImDrawList* list, const Look& look, float left, float right, float y, const std::vector<AxisTick>& ticks,
               const std::string& name);
/// The same at the left of x, from y `top` to `bottom`, with faint lines across to `right`.
void drawYAxis(ImDrawList* list, const Look& look, float x, float right, float top, float bottom,
               const std::vector<AxisTick>& ticks, const std::string& name);

} // namespace orrery::ui
