// SPDX-License-Identifier: GPL-3.0-or-later
// A plot in the viewport: linear or logarithmic axes with numbers and names, curves, many samples drawn as few pixels.
#pragma once

#include "ui/panels/pages.h"
#include "ui/render/colormap.h"

#include <functional>
#include <span>

namespace orrery::ui {

struct Range {
    double low = 0, high = 1;
};

struct Plot {
    Box box; ///< within the axes
    Range x, y;
    bool logX = false, logY = false; ///< ranges are then of positive values

    float px(double value) const; ///< of x; clamped far outside the box
    float py(double value) const;
    ImVec2 at(double vx, double vy) const { return {px(vx), py(vy)}; }
    double xAt(double px) const;
    double yAt(double py) const;
};

/// Lines and numbers at the lower and left edge, faint lines across; names with their units. An axis without a name has no
/// numbers.
void drawAxes(ImDrawList* list, const Look& look, const Plot& plot, const std::string& xName, const std::string& yName);
/// Straight lines between points; where one is not finite the line is broken. Clip to the box yourself.
void drawCurve(ImDrawList* list, std::span<const ImVec2> points, ImU32 colour, float width, float dash = 0);
/// Samples at the middles of cells of `dt`, those of [from, to): one vertical stroke a pixel where they are dense.
void drawSamples(ImDrawList* list, const Look& look, const Plot& plot, std::span<const double> samples, double dt,
                 std::int64_t from, std::int64_t to, ImU32 colour, float width);
/// A matrix as cells, row 0 on top; at most `most` cells, of which each shows the largest magnitude of what it holds.
void drawCells(ImDrawList* list, const Look& look, const Box& box, std::int64_t rows, std::int64_t columns, Colormap map,
               double low, double high, const std::function<double(std::int64_t, std::int64_t)>& value, int most = 4096);
/// Words that wrap; returns the height.
float drawWords(ImDrawList* list, const Look& look, ImVec2 at, float width, const glm::vec4& colour, const std::string& text,
                const ImFont* font = nullptr);
/// A page's second line, wrapped beside the HUD; left out where there is no room.
void drawBelowTitle(ImDrawList* list, const Look& look, const Place& place, const glm::vec4& colour, const std::string& text);

glm::vec4 categoryColour(const Look& look, int index); ///< 0 to 6
/// "3.2 %", "0.004 %", "1e-7 %": of a share.
std::string percent(double share);

} // namespace orrery::ui
