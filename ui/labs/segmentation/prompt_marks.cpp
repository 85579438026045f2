// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/prompt_marks.h"

#include <map>

namespace orrery::ui::seg {

namespace {

constexpr float inHandPx = 6.5f, otherPx = 4; ///< logical pixels
const glm::vec4 ink{0.05f, 0.06f, 0.11f, 0.95f}, paper{1, 1, 1, 0.96f}, red{0.75f, 0.12f, 0.12f, 1};

void drawBox(ImDrawList* list, const Look& look, const Camera& camera, const segmentation::Box& box, glm::vec3 colour) {
    const glm::dvec2 low = camera.toPx({box.x0, -box.y0}), high = camera.toPx({box.x1, -box.y1});
    const ImVec2 a(float(low.x), float(low.y)), b(float(high.x), float(high.y));
    list->AddRect(a, b, toColour(ink, 0.6f), 0, 0, look.px(3.4f));
    list->AddRect(a, b, toColour(glm::vec4(colour, 1)), 0, 0, look.px(1.6f));
}

} // namespace

glm::vec3 colourOf(int object) { return categories[std::size_t(std::max(object, 1) - 1) % categories.size()]; }

void drawPrompts(ImDrawList* list, const Look& look, const Camera& camera, const segmentation::SegmentationLab& lab,
                 const Hands& hands, const lab::Points& clicks) {
    const int inHand = lab.request().object;
    for (const auto& [object, prompt] : lab.request().objects)
        if (prompt.box) drawBox(list, look, camera, *prompt.box, colourOf(object));
    if (const auto rubber = hands.rubber()) drawBox(list, look, camera, *rubber, colourOf(inHand));
    if (hands.paints()) {
        const glm::vec4 colour = hands.erases() ? look.theme.bad : glm::vec4(colourOf(inHand), 1);
        const auto circle = [&](glm::dvec2 pixel, double radius, bool filled) {
            const glm::dvec2 px = camera.toPx({pixel.x, -pixel.y});
            const ImVec2 at(float(px.x), float(px.y));
            const auto r = float(radius / camera.unitsPerPx());
            if (filled) return list->AddCircleFilled(at, r, toColour(colour, 0.25f), 24);
            list->AddCircle(at, r, toColour(ink, 0.6f), 0, look.px(3));
            list->AddCircle(at, r, toColour(colour), 0, look.px(1.4f));
        };
        constexpr std::size_t most = 500; // of a long stroke the newest: a draw list holds only so many corners
        const auto stroke = hands.stroke();
        for (std::size_t i = stroke.size() > most ? stroke.size() - most : 0; i < stroke.size(); ++i)
            circle({stroke[i].x, stroke[i].y}, stroke[i].radius, true);
        if (const auto at = hands.pointer()) circle(*at, hands.brushRadius(), false);
    }
    std::map<int, int> counted;
    for (std::size_t row = 0; row < clicks.rows(); ++row) {
        const double* c = &clicks.values[row * 4];
        const int object = int(c[3]), number = ++counted[object];
        const bool own = object == inHand, reached = !own || number <= lab.position(), positive = c[2] != 0;
        const glm::vec4 colour(colourOf(object), 1);
        const glm::dvec2 px = camera.toPx({c[0] + 0.5, -c[1] - 0.5});
        const ImVec2 p(float(px.x), float(px.y));
        const bool pointed = int(row) == hands.hoveredRow();
        const float r = look.px((own ? inHandPx : otherPx) + (pointed ? 2 : 0)), arm = r * 0.55f, line = look.px(1.7f);
        list->AddCircleFilled(p, r + look.px(1.6f), toColour(ink), 32);
        list->AddCircleFilled(p, r, toColour(!reached ? ink : positive ? colour : paper), 32);
        if (!reached) list->AddCircle(p, r, toColour(colour), 32, look.px(1.2f));
        const ImU32 mark = toColour(!reached ? colour : positive ? ink : red);
        list->AddLine({p.x - arm, p.y}, {p.x + arm, p.y}, mark, line);
        if (positive) list->AddLine({p.x, p.y - arm}, {p.x, p.y + arm}, mark, line);
    }
}

} // namespace orrery::ui::seg
