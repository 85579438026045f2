// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/words_layer.h"

#include "ui/labs/embedding/callouts.h"

namespace orrery::ui::emb {

void drawExpression(ImDrawList* list, const Look& look, const Shown& shown, const ToPixels& toPixels,
                    std::span<const embedding::Term> terms, const WordsTold& told) {
    if (told.candidates.empty()) return;
    const auto pxOf = [&](std::int64_t row) {
        const glm::vec3 place = shown.place(row), px = toPixels(place.x, place.y, place.z);
        return ImVec2(px.x, px.y);
    };
    const auto arrow = [&](ImVec2 from, ImVec2 to, ImU32 ink) {
        list->AddLine(from, to, ink, look.px(1.8F));
        const glm::vec2 way(to.x - from.x, to.y - from.y);
        const float size = glm::length(way);
        if (!(size > look.px(12))) return;
        const glm::vec2 along = way / size * look.px(9), side(-along.y * 0.45F, along.x * 0.45F);
        list->AddTriangleFilled(to, {to.x - along.x + side.x, to.y - along.y + side.y},
                                {to.x - along.x - side.x, to.y - along.y - side.y}, ink);
    };
    Callouts callouts(list, look);
    const auto mark = [&](std::int64_t row, const glm::vec4& colour, const std::string& text) {
        const ImVec2 at = pxOf(row);
        list->AddCircle(at, look.px(6), toColour(look.theme.ground, 0.8F), 0, look.px(3.5F));
        list->AddCircle(at, look.px(6), toColour(colour), 0, look.px(1.6F));
        callouts.add(at, text, colour);
    };
    const auto there = [&](std::int64_t row) { return row >= 0 && row < shown.rows(); };
    const embedding::Candidate* best = nullptr;
    for (const embedding::Candidate& each : told.candidates)
        if (!best && each.without == 1 && there(each.row)) best = &each;
    for (const embedding::Term& term : terms)
        if (!there(term.row)) return;
    // a - b + c: from b to a as from c to the answer.
    if (best && terms.size() == 3) {
        const embedding::Term* minus = nullptr;
        std::vector<const embedding::Term*> plus;
        for (const embedding::Term& term : terms) term.factor < 0 ? void(minus = &term) : plus.push_back(&term);
        if (minus && plus.size() == 2) {
            const ImU32 ink = toColour(look.theme.brass), thin = toColour(look.theme.info, 0.7F);
            arrow(pxOf(minus->row), pxOf(plus[0]->row), ink), arrow(pxOf(plus[1]->row), pxOf(best->row), ink);
            list->AddLine(pxOf(minus->row), pxOf(plus[1]->row), thin, look.px(1)),
                list->AddLine(pxOf(plus[0]->row), pxOf(best->row), thin, look.px(1));
        }
    }
    for (const embedding::Term& term : terms)
        mark(term.row, term.factor < 0 ? look.theme.bad : look.theme.ok, (term.factor < 0 ? "\xE2\x88\x92 " : "+ ") + term.word);
    std::size_t answers = 0;
    for (std::size_t i = 0; i < told.candidates.size() && answers < mostNamedAnswers; ++i) {
        const embedding::Candidate& each = told.candidates[i];
        if (each.asked || !there(each.row)) continue;
        ++answers;
        mark(each.row, each.without == 1 ? look.theme.brass : look.theme.secondary,
             std::to_string(each.without) + "  " + told.names[i]);
    }
}

} // namespace orrery::ui::emb
