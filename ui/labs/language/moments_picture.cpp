// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/moments_picture.h"

#include "ui/labs/language/words.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

void MomentsPicture::draw(ImDrawList* list, const Look& look, const Scene& scene, const Box& box) {
    m_beads.clear();
    const Theme& t = look.theme;
    const std::string words = telling(look, scene);
    look.texts.note(words);
    drawText(list, look.fonts.body, {box.left, box.top}, toColour(t.text), clipped(look.fonts.body, words, box.width()));
    const float middle = box.top + look.px(33), half = look.px(11);
    back = {box.left, middle - half, box.left + look.px(26), middle + half};
    forth = {back.right + look.px(4), back.top, back.right + look.px(30), back.bottom};
    const auto arrow = [&](const Box& at, float way) {
        list->AddRectFilled(at.low(), at.high(), toColour(t.raised), look.px(7));
        const float x = (at.left + at.right) / 2, r = look.px(4.5f);
        list->AddTriangleFilled({x + way * r, middle}, {x - way * r * 0.6f, middle - r}, {x - way * r * 0.6f, middle + r},
                                toColour(t.brass));
    };
    arrow(back, -1), arrow(forth, 1);
    const Round* round = scene.round();
    if (!round) return;
    const int count = language::moments(*round);
    const float left = forth.right + look.px(16), right = box.right - look.px(8);
    const float pitch = std::min(look.px(30), (right - left) / float(std::max(1, count)));
    list->AddLine({left, middle}, {left + pitch * float(count), middle}, toColour(t.line), look.px(2));
    if (scene.moment > 0)
        list->AddLine({left, middle}, {left + pitch * (float(scene.moment) - 1 + scene.phase), middle}, toColour(t.dimBrass),
                      look.px(2));
    for (int m = 0; m <= count; ++m) {
        const Reveal known = language::reveal(*round, m);
        const bool past = m <= scene.moment, now = m == scene.moment;
        const ImVec2 at{left + pitch * float(m), middle};
        const float r = std::min(look.px(6), pitch * 0.42f);
        m_beads.push_back(
            {at.x - std::max(pitch / 2, 1.f), middle - look.px(12), at.x + std::max(pitch / 2, 1.f), middle + look.px(12)});
        glm::vec4 colour = past ? t.secondary : t.line;
        if (now) list->AddCircle(at, r + look.px(3.5f), toColour(t.brass), 24, look.px(2));
        list->AddCircleFilled(at, r + look.px(1.5f), toColour(t.ground), 20);
        switch (known.beat) {
            case Beat::start:
                list->AddCircleFilled(at, r * 0.6f, toColour(colour), 16);
                break;
            case Beat::draft: // a column of dots
                for (int i = -1; i <= 1; ++i)
                    list->AddCircleFilled({at.x, at.y + float(i) * r * 0.75f}, r * 0.34f, toColour(colour), 10);
                break;
            case Beat::verify: // one stroke through all
                list->AddRectFilled({at.x - r * 0.3f, at.y - r}, {at.x + r * 0.3f, at.y + r}, toColour(past ? t.info : t.line),
                                    r * 0.3f);
                break;
            case Beat::decide: {
                const bool accepted = round->steps[std::size_t(known.decided - 1)].decision.accepted;
                if (past) colour = accepted ? keptColour(look) : refusedColour(look);
                if (accepted || !past)
                    list->AddCircleFilled(at, r * 0.85f, toColour(colour), 18);
                else {
                    const float c = r * 0.62f;
                    list->AddLine({at.x - c, at.y - c}, {at.x + c, at.y + c}, toColour(colour), look.px(2));
                    list->AddLine({at.x - c, at.y + c}, {at.x + c, at.y - c}, toColour(colour), look.px(2));
                }
                break;
            }
            case Beat::write:
                if (past) colour = round->bonus ? bonusColour(look) : residualColour(look);
                list->AddLine({at.x - r * 0.8f, at.y}, {at.x + r * 0.8f, at.y}, toColour(colour), look.px(2));
                list->AddLine({at.x, at.y - r * 0.8f}, {at.x, at.y + r * 0.8f}, toColour(colour), look.px(2));
                break;
            case Beat::keep:
                list->AddRect({at.x - r * 0.75f, at.y - r * 0.75f}, {at.x + r * 0.75f, at.y + r * 0.75f}, toColour(colour),
                              look.px(1.5f), 0, look.px(1.6f));
                break;
        }
    }
    const std::string& keys = look.tr("keys \xE2\x86\x91 and \xE2\x86\x93 step through it");
    const float after = left + pitch * float(count) + look.px(22);
    if (after + textWidth(look.fonts.small, keys) < box.right)
        drawText(list, look.fonts.small, {after, middle - fontHeight(look.fonts.small) / 2}, toColour(t.faint), keys);
}

int MomentsPicture::at(glm::dvec2 px, bool drags) const {
    int nearest = -1;
    double distance = 1e9;
    for (std::size_t i = 0; i < m_beads.size(); ++i) {
        if (m_beads[i].holds(px)) return int(i);
        const double away = std::abs((m_beads[i].left + m_beads[i].right) / 2 - px.x);
        if (drags && away < distance) distance = away, nearest = int(i);
    }
    return nearest;
}

Box MomentsPicture::bead(int moment) const {
    return moment >= 0 && moment < int(m_beads.size()) ? m_beads[std::size_t(moment)] : Box{};
}

} // namespace orrery::ui::lang
