// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/tree_picture.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

namespace {

constexpr float thinnest = 1, thickest = 7;     ///< branch, logical pixels
constexpr float twoLines = 37, oneLine = 10.5f; ///< logical pixels of a chip that holds them
constexpr float fade = 0.5f;                    ///< of what nobody will reach

std::uint64_t hashOf(const Round& round) {
    std::uint64_t hash = std::uint64_t(round.index) + 1;
    const auto mix = [&](std::uint64_t v) { hash = (hash ^ v) * 0x9E3779B97F4A7C15ull; };
    mix(std::uint64_t(round.length)), mix(std::uint64_t(round.last)), mix(std::uint64_t(round.lastParent));
    for (const auto& node : round.nodes) mix(std::uint64_t(node.token) << 20 ^ std::uint64_t(node.parent + 1));
    return hash;
}

ImVec2 vec(glm::vec2 v) { return {v.x, v.y}; }

/// Slow at the end, as things come to rest.
float eased(float share) { return 1 - (1 - share) * (1 - share); }

} // namespace

std::vector<double> pathShares(const Round& round, bool verified) {
    std::vector<double> shares;
    for (const auto& node : round.nodes)
        shares.push_back((node.parent < 0 ? 1 : shares[std::size_t(node.parent)]) * (verified ? node.p : node.q));
    return shares;
}

void TreePicture::prepare(const Look& look, const Scene& scene, glm::vec2 room) {
    const Round* round = scene.round();
    if (!round) return;
    const std::uint64_t hash = hashOf(*round);
    if (hash == m_hash && room == m_room && m_scale == look.scale) return;
    m_hash = hash, m_room = room, m_scale = look.scale;
    const auto width = [&](std::int32_t token) { return piecesWidth(look.fonts.mono, scene.tokens->of(token)) / look.scale; };
    m_layout = layOut(*round, {room / look.scale, width});
}

Box TreePicture::chipBox(int node, const TreeSight& sight) const {
    const TreeLayout::Chip& chip = m_layout.chips[std::size_t(node + 1)];
    const glm::vec2 low = sight.px(chip.low), high = sight.px(chip.high);
    return {low.x, low.y, high.x, high.y};
}

int TreePicture::at(const Scene& scene, glm::dvec2 px, const TreeSight& sight) const {
    if (!scene.round() || m_layout.chips.empty()) return Focus::none;
    const int index = m_layout.at((glm::vec2(px) - sight.origin) / sight.zoom);
    if (index < 0) return Focus::none;
    const int node = index - 1, count = int(scene.round()->nodes.size());
    const Reveal known = scene.reveal();
    if (node == count && !known.written) return Focus::none;
    if (node >= 0 && node < count && seen(*scene.round(), known, node) == Seen::hidden) return Focus::none;
    return node;
}

bool TreePicture::shown(const Stroke& s, int node) const {
    if (node < 0) return true;
    if (node >= int(s.round.nodes.size())) return s.known.written;
    return seen(s.round, s.known, node) != Seen::hidden;
}

/// An ancestor of the node that is pointed at.
bool TreePicture::above(const Stroke& s, int node) const {
    const int from = s.focus.hovered, count = int(s.round.nodes.size());
    if (from < 0 || from > count) return false;
    for (int at = from == count ? s.round.lastParent : s.round.nodes[std::size_t(from)].parent;;
         at = s.round.nodes[std::size_t(at)].parent) {
        if (at == node) return true;
        if (at < 0) return false;
    }
}

float TreePicture::opacity(const Stroke& s, int node) const {
    if (node < 0 || node >= int(s.round.nodes.size())) return 1;
    const Seen now = seen(s.round, s.known, node);
    const bool newest = s.known.beat == Beat::draft && s.round.nodes[std::size_t(node)].depth == s.known.levels;
    const float come = newest ? eased(s.scene.phase) : 1;
    return come * (now == Seen::beyond ? fade : now == Seen::refused ? 0.85f : 1);
}

void TreePicture::drawBranch(ImDrawList* list, const Stroke& s, int node) const {
    const Look& look = s.look;
    const int count = int(s.round.nodes.size());
    const bool last = node >= count;
    const int parent = last ? s.round.lastParent : s.round.nodes[std::size_t(node)].parent;
    const glm::vec2 from = s.sight.px(m_layout.node(parent).right()),
                    to = s.sight.px(m_layout.chips[std::size_t(node + 1)].left());
    const Seen now = last ? Seen::accepted : seen(s.round, s.known, node);
    const double share = last ? 0 : s.shares[std::size_t(node)];
    glm::vec4 colour = s.known.verified && !last ? levelColour(look, s.round.nodes[std::size_t(node)].p) : look.theme.faint;
    if (now == Seen::accepted) colour = keptColour(look);
    if (last) colour = s.round.bonus ? bonusColour(look) : residualColour(look);
    const float zoomed = std::min(1.f, s.sight.zoom / look.scale);
    const float thick = last ? 2.5f : thinnest + (thickest - thinnest) * float(std::sqrt(share));
    const float bend = (to.x - from.x) * 0.5f;
    const float alpha = opacity(s, node) * (s.known.verified ? 0.9f : 0.6f);
    list->AddBezierCubic(vec(from), {from.x + bend, from.y}, {to.x - bend, to.y}, vec(to), toColour(colour, alpha),
                         look.px(std::max(1.f, thick * zoomed)), 14);
}

void TreePicture::drawChip(ImDrawList* list, const Stroke& s, int node) const {
    const Look& look = s.look;
    const Theme& t = look.theme;
    const int count = int(s.round.nodes.size());
    const bool root = node < 0, last = node >= count;
    const Box box = chipBox(node, s.sight);
    const float tall = box.height() / look.scale, round = std::min(look.px(7), box.height() * 0.35f), alpha = opacity(s, node);
    const Seen now = root || last ? Seen::accepted : seen(s.round, s.known, node);
    const std::int32_t token = root ? s.round.root : last ? s.round.last : s.round.nodes[std::size_t(node)].token;

    const bool text = root || last || (now == Seen::accepted && s.known.written); // it is text: filled
    const glm::vec4 ink = last ? (s.round.bonus ? bonusColour(look) : residualColour(look)) : root ? t.raised : keptColour(look);
    list->AddRectFilled(box.low(), box.high(), toColour(t.ground, alpha), round); // branches end at the chip
    list->AddRectFilled(box.low(), box.high(), toColour(text ? ink : t.card, text && !root ? 0.28f : alpha), round);

    glm::vec4 rim = t.line;
    float width = 1;
    if (now == Seen::accepted && !root) rim = ink, width = 1.8f;
    if (now == Seen::refused) rim = refusedColour(look), width = 1.4f;
    if (above(s, node)) rim = t.dimBrass, width = 1.8f;
    if (node == s.trying) rim = t.brass, width = 2.2f;
    if (s.focus.selected == node && s.focus.round == s.scene.shown) rim = t.brass, width = 2.2f;
    if (s.focus.hovered == node) rim = t.brass, width = 1.6f;
    const bool outlined = width > 1 || tall >= oneLine;
    if (outlined)
        list->AddRect(box.low(), box.high(), toColour(rim, std::max(alpha, width > 1 ? 0.8f : 0.f)), round, 0, look.px(width));

    // Gauge: p as long as it is, q as a tick.
    const float inset = std::min(look.px(6), box.width() * 0.12f);
    const float gauge = tall >= twoLines ? look.px(3) : std::max(1.f, look.px(tall >= oneLine ? 2 : 3));
    const float base = box.bottom - (tall >= twoLines ? look.px(3) : look.px(1)), left = box.left + inset,
                right = box.right - inset;
    if (!root && !last) {
        const auto& it = s.round.nodes[std::size_t(node)];
        list->AddRectFilled({left, base - gauge}, {right, base}, toColour(t.raised, alpha), gauge / 2);
        if (s.known.verified)
            list->AddRectFilled({left, base - gauge}, {left + (right - left) * float(std::clamp(it.p, 0., 1.)), base},
                                toColour(levelColour(look, it.p), alpha), gauge / 2);
        const float tick = left + (right - left) * float(std::clamp(it.q, 0., 1.));
        if (it.q > 0)
            list->AddRectFilled({tick - look.px(0.9f), base - gauge - look.px(1.5f)},
                                {tick + look.px(0.9f), base + look.px(0.5f)}, toColour(categoryColour(look, 0), alpha));
    }

    if (tall < oneLine - 0.5f) return;
    const ImFont* font = tall >= twoLines ? look.fonts.mono : look.fonts.small;
    const bool badge = !root && (now == Seen::accepted || now == Seen::refused) && box.width() >= look.px(58);
    const float room = right - left - (badge ? look.px(12) : 0);
    const float y =
        tall >= twoLines ? box.top + look.px(2) : (box.top + base - gauge - fontHeight(font)) / 2 + look.px(root || last ? 1 : 0);
    const glm::vec4 letters = now == Seen::drafted ? t.secondary : t.text;
    const float wide = drawPieces(list, look, font, {left, y}, letters, s.scene.tokens->of(token), room, std::max(alpha, 0.62f));
    if (now == Seen::refused)
        list->AddLine({left, y + fontHeight(font) * 0.55f}, {left + wide, y + fontHeight(font) * 0.55f},
                      toColour(refusedColour(look), 0.9f), look.px(1.2f));
    if (badge) { // not by colour alone
        const ImVec2 c{right - look.px(4), y + fontHeight(font) / 2};
        const float r = look.px(3.2f);
        const ImU32 mark = toColour(last ? ink : now == Seen::accepted ? keptColour(look) : refusedColour(look));
        if (last) {
            list->AddLine({c.x - r, c.y}, {c.x + r, c.y}, mark, look.px(1.8f));
            list->AddLine({c.x, c.y - r}, {c.x, c.y + r}, mark, look.px(1.8f));
        } else if (now == Seen::accepted) {
            list->AddLine({c.x - r, c.y}, {c.x - r * 0.2f, c.y + r * 0.8f}, mark, look.px(1.8f));
            list->AddLine({c.x - r * 0.2f, c.y + r * 0.8f}, {c.x + r, c.y - r * 0.8f}, mark, look.px(1.8f));
        } else {
            list->AddLine({c.x - r, c.y - r}, {c.x + r, c.y + r}, mark, look.px(1.8f));
            list->AddLine({c.x - r, c.y + r}, {c.x + r, c.y - r}, mark, look.px(1.8f));
        }
    }
    if (tall < twoLines) return;
    const float under = box.top + look.px(18.5f);
    if (root || last) {
        drawText(
            list, look.fonts.small, {left, under}, toColour(root ? t.faint : ink),
            clipped(look.fonts.small, root ? look.tr("root") : look.tr(s.round.bonus ? "on top" : "correction"), right - left));
        return;
    }
    const auto& it = s.round.nodes[std::size_t(node)];
    const std::string p = s.known.verified ? "p" + shortNumber(it.p) : std::string(), q = it.q > 0 ? "q" + shortNumber(it.q) : "";
    const float both = textWidth(look.fonts.small, p + q) + look.px(8);
    float x = left;
    if (!p.empty()) {
        drawText(list, look.fonts.small, {x, under}, toColour(t.text, std::max(alpha, 0.62f)), p);
        x += textWidth(look.fonts.small, p) + look.px(7);
    }
    if (!q.empty() && (p.empty() || both <= right - left))
        drawText(list, look.fonts.small, {x, under}, toColour(t.secondary, std::max(alpha, 0.62f)), q);
}

/// The newest coin falls onto a scale from 0 to 1: left of the mark the node is kept.
void TreePicture::drawCoin(ImDrawList* list, const Stroke& s, const Box& box) const {
    if (s.trying < 0 || s.known.beat != Beat::decide) return;
    const language::Decision& d = s.round.steps[std::size_t(s.known.decided - 1)].decision;
    if (s.round.rule == Rule::greedy || s.round.rule == Rule::coupled || s.round.rule == Rule::typical) return;
    const Look& look = s.look;
    const Box chip = chipBox(s.trying, s.sight);
    const float wide = std::max(chip.width(), look.px(92)), high = look.px(24);
    const float above = chip.top - high - look.px(3);
    const float top = above >= box.top ? above : chip.bottom + look.px(3);
    const Box card{chip.left, top, chip.left + wide, top + high};
    list->AddRectFilled(card.low(), card.high(), toColour(look.theme.card, 0.97f), look.px(6));
    list->AddRect(card.low(), card.high(), toColour(look.theme.brass), look.px(6), 0, look.px(1));
    const float left = card.left + look.px(8), right = card.right - look.px(8), y = card.bottom - look.px(7);
    const float mark = left + (right - left) * float(std::clamp(d.acceptance, 0., 1.));
    list->AddRectFilled({left, y - look.px(2.5f)}, {mark, y + look.px(2.5f)}, toColour(keptColour(look)), look.px(2));
    list->AddRectFilled({mark, y - look.px(2.5f)}, {right, y + look.px(2.5f)}, toColour(refusedColour(look), 0.55f), look.px(2));
    const float fallen = eased(s.scene.phase), x = left + (right - left) * float(std::clamp(d.coin, 0., 1.));
    const ImVec2 coin{x, y - (1 - fallen) * look.px(46)};
    list->AddCircleFilled(coin, look.px(4.6f), toColour(look.theme.ground), 18);
    list->AddCircleFilled(coin, look.px(3.6f), toColour(look.theme.brass), 18);
    const std::string u = "u" + shortNumber(d.coin), limit = (d.accepted ? "< " : "\xE2\x89\xA5 ") + shortNumber(d.acceptance);
    drawText(list, look.fonts.small, {left, card.top + look.px(1)}, toColour(look.theme.brass), u);
    drawText(list, look.fonts.small, {right, card.top + look.px(1)},
             toColour(d.accepted ? keptColour(look) : refusedColour(look)), limit, Align::right);
}

void TreePicture::draw(ImDrawList* list, const Look& look, const Scene& scene, const Focus& focus, const Box& box,
                       const TreeSight& sight) const {
    const Round* round = scene.round();
    if (!round || m_layout.chips.size() != round->nodes.size() + 2) return;
    const Reveal known = scene.reveal();
    const int trying = known.beat == Beat::decide ? round->steps[std::size_t(known.decided - 1)].decision.node : Focus::none;
    const Stroke s{look, scene, focus, *round, known, sight, trying, pathShares(*round, known.verified)};
    list->PushClipRect(box.low(), box.high(), true);
    const int count = int(round->nodes.size());
    // What is certain lies over what is not.
    for (const bool kept : {false, true})
        for (int node = 0; node <= count; ++node)
            if (shown(s, node) && (node == count || seen(*round, known, node) == Seen::accepted) == kept)
                drawBranch(list, s, node);
    for (int node = -1; node <= count; ++node)
        if (shown(s, node)) drawChip(list, s, node);
    drawCoin(list, s, box);
    list->PopClipRect();
}

} // namespace orrery::ui::lang
