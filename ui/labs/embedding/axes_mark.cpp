// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/axes_mark.h"

#include "ui/panels/numbers.h"

#include <cmath>

namespace orrery::ui::emb {

namespace {
ImVec2 point(glm::dvec2 px) { return {float(px.x), float(px.y)}; }
} // namespace

std::array<std::string, 3> axisNames(const embedding::Problem& problem, const Look& look) {
    std::array<std::string, 3> names;
    const embedding::StartRequest& start = problem.request.start;
    const int dims = start.dims;
    for (int d = 0; d < dims; ++d) {
        const auto at = std::size_t(d);
        if (start.method == embedding::Method::pca && problem.pca && problem.pca->variance > 0) {
            const auto component = std::size_t(start.components[at]);
            names[at] = look.tr("component") + " " + std::to_string(component);
            if (component >= 1 && component <= problem.pca->eigenvalues.size())
                names[at] +=
                    " \xC2\xB7 " + formatFixed(100 * problem.pca->eigenvalues[component - 1] / problem.pca->variance, 1) + " %";
        } else if (start.method == embedding::Method::random) {
            names[at] = look.tr("direction") + " " + std::to_string(d + 1);
        } else if (start.method == embedding::Method::axes && !start.ends[2 * at + 1].empty()) {
            names[at] = start.ends[2 * at] + " \xE2\x86\x92 " + start.ends[2 * at + 1];
        }
    }
    return names;
}

void drawAxesMark(ImDrawList* list, const Look& look, const Sight& sight, double pxPerUnit, ImVec2 corner,
                  const std::array<std::string, 3>& names) {
    const ImU32 ink = toColour(look.theme.secondary);
    const bool named = !names[0].empty() || !names[1].empty();
    if (!named && !sight.spatial()) { // a length of about 80 pixels, 1, 2 or 5 times a power of ten
        const double wanted = double(look.px(80)) / pxPerUnit, power = std::pow(10, std::floor(std::log10(wanted)));
        if (!std::isfinite(power) || power <= 0) return;
        const double unit = wanted / power >= 5 ? 5 * power : wanted / power >= 2 ? 2 * power : power;
        const float width = float(unit * pxPerUnit), y = corner.y - look.px(6);
        list->AddLine({corner.x, y}, {corner.x + width, y}, ink, look.px(1.5F));
        for (const float x : {corner.x, corner.x + width})
            list->AddLine({x, y - look.px(4)}, {x, y + look.px(1)}, ink, look.px(1.5F));
        drawText(list, look.fonts.mono, {corner.x + width + look.px(8), y - fontHeight(look.fonts.mono) / 2 - look.px(2)}, ink,
                 formatShort(unit, 1));
        return;
    }
    const ImVec2 origin(corner.x + look.px(sight.spatial() ? (named ? 130 : 30) : 4),
                        corner.y - look.px(sight.spatial() ? 34 : 8));
    const char* letters[] = {"x", "y", "z"};
    for (int d = 0; d < (sight.spatial() ? 3 : 2); ++d) {
        glm::dvec3 step(0);
        step[d] = 1;
        const glm::dvec2 way = sight.planeOf(step) * double(look.px(30));
        const ImVec2 tip(origin.x + float(way.x), origin.y - float(way.y));
        list->AddLine(origin, tip, ink, look.px(1.5F));
        const std::string& name = names[std::size_t(d)].empty() ? letters[d] : names[std::size_t(d)];
        const bool leftward = way.x < -1;
        drawText(
            list, look.fonts.small,
            {tip.x + (leftward ? -look.px(4) : look.px(4)), tip.y - fontHeight(look.fonts.small) / 2 - (d == 1 ? look.px(4) : 0)},
            ink, name, leftward ? Align::right : Align::left);
    }
}

void arrow(ImDrawList* list, const Look& look, glm::dvec2 from, glm::dvec2 to, ImU32 colour) {
    const glm::dvec2 way = to - from;
    const double size = glm::length(way);
    if (!(size > 2)) return;
    const glm::dvec2 along = way / size, side(-along.y, along.x);
    const double tip = std::min(size, double(look.px(9)));
    list->AddLine(point(from), point(to - along * tip * 0.7), colour, look.px(2));
    list->AddTriangleFilled(point(to), point(to - along * tip + side * tip * 0.45), point(to - along * tip - side * tip * 0.45),
                            colour);
}

} // namespace orrery::ui::emb
