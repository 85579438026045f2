// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/labels.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

constexpr float marginPx = 5;       // around a name that comes
constexpr float farOpacity = 0.45F; // of the name of a point at the far side

bool within(glm::vec2 px, const glm::dvec4& free) {
    return double(px.x) > free.x && double(px.x)<free.z&& double(px.y)> free.y && double(px.y) < free.w;
}

} // namespace

void Labels::drawPlane(ImDrawList* list, const Scene& scene) {
    layOut(scene);
    const int level = m_placards.levelOf(scene.pxPerUnit);
    const std::vector<std::int8_t>& levels = m_placards.level();
    std::size_t drawn = 0;
    for (std::size_t i = 0; i < levels.size() && drawn < mostDrawn; ++i) {
        if (levels[i] > level) continue;
        const std::int64_t item = m_placards.placards()[i].item;
        const glm::vec3 place = placeOf(scene.shown, item);
        const glm::vec2 px(scene.toPixels(place.x, place.y, place.z));
        if (!within(px, scene.free) || std::binary_search(scene.ask.silent.begin(), scene.ask.silent.end(), item)) continue;
        ++drawn;
        drawItem(list, scene, item, px, 1);
    }
}

void Labels::drawSpace(ImDrawList* list, const Scene& scene) {
    std::vector<std::int64_t> items;
    if (scene.ask.names)
        for (std::size_t c = 0; c < m_classes.size(); ++c) items.push_back(-1 - std::int64_t(c));
    if (scene.speak) {
        const bool all = scene.ask.still && m_first.size() <= mostAtOnce;
        const std::vector<std::int64_t> rows = asksPyramid(scene) ? speakers(scene) : firstRows(all ? mostAtOnce : mostMoving);
        items.insert(items.end(), rows.begin(), rows.end());
    }
    std::vector<Standing::Wanted> wanted;
    std::vector<glm::vec3> places; // pixel and W
    for (const std::int64_t item : items) {
        if (std::binary_search(scene.ask.silent.begin(), scene.ask.silent.end(), item)) continue;
        const glm::vec3 place = placeOf(scene.shown, item), px = scene.toPixels(place.x, place.y, place.z);
        if (!(px.z > 0.05F) || !within(glm::vec2(px), scene.free)) continue;
        const Placard placard = placardOf(scene, item);
        wanted.push_back({item, glm::vec2(px) + placard.offset, placard.half});
        places.push_back(px);
    }
    const auto reach = float(scene.sight.reach());
    for (const Standing::Shown& each : m_standing.place(wanted, scene.look.px(marginPx), scene.ask.seconds, mostDrawn)) {
        const glm::vec3& px = places[each.index];
        const float far = reach > 0 ? std::clamp((px.z - 1) / reach * 0.5F + 0.5F, 0.F, 1.F) : 0;
        drawItem(list, scene, wanted[each.index].item, glm::vec2(px), each.opacity * (1 - (1 - farOpacity) * far));
    }
    m_settled = m_settled && m_standing.settled();
}

void Labels::drawItem(ImDrawList* list, const Scene& scene, std::int64_t item, glm::vec2 px, float opacity) {
    const Look& look = scene.look;
    if (item < 0) return m_titles.push_back({m_classes[std::size_t(-1 - item)].entry, px, opacity});
    if (scene.pictured) return m_pictures.push_back({item, opacity});
    const std::string name = scene.shown.nameOf(item);
    look.texts.note(name);
    const float y = px.y - fontHeight(look.fonts.body) / 2, x = px.x + look.px(gapOfName);
    const std::string fits = clipped(look.fonts.body, name, look.px(longestName));
    drawText(list, look.fonts.body, {x + 1, y + 1}, toColour(look.theme.ground, 0.9F * opacity), fits);
    drawText(list, look.fonts.body, {x, y}, toColour(look.theme.text, 0.9F * opacity), fits);
}

void Labels::drawTitles(ImDrawList* list, const Scene& scene) const {
    const Look& look = scene.look;
    for (const Title& title : m_titles) {
        const Colouring::Entry& entry = scene.shown.colouring().entries[title.entry];
        look.texts.note(entry.name);
        const float half = textWidth(look.fonts.title, entry.name) / 2, tall = fontHeight(look.fonts.title) / 2;
        list->AddRectFilled({title.px.x - half - look.px(6), title.px.y - tall - look.px(2)},
                            {title.px.x + half + look.px(6), title.px.y + tall + look.px(2)},
                            toColour(look.theme.ground, 0.72F * title.opacity), look.px(6));
        drawText(list, look.fonts.title, {title.px.x - half, title.px.y - tall},
                 toColour(glm::vec4(glm::mix(entry.colour, glm::vec3(look.theme.text), 0.4F), 1), title.opacity), entry.name);
    }
}

} // namespace orrery::ui::emb
