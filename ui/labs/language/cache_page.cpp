// SPDX-License-Identifier: GPL-3.0-or-later
// Mask, positions and key/value cache as one picture with the tree: whatever is pointed at lights up everywhere.
#include "ui/labs/language/round_page.h"
#include "ui/labs/language/tree_picture.h"
#include "ui/labs/language/words.h"

#include <algorithm>

namespace orrery::ui::lang {

namespace {

class CachePage final : public RoundPage {
 public:
    using RoundPage::RoundPage;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;

 private:
    struct Layout {
        Box tree, mask, slots;
    };
    static Layout layout(const Place& place);
    TreeSight sight(const Box& box) const;
    void drawMask(ImDrawList* list, const Look& look, const Round& round, const Box& box);
    void drawSlots(ImDrawList* list, const Look& look, const Round& round, const Box& box);
    void drawArrows(ImDrawList* list, const Look& look, const Round& round, float from, float to) const;
    glm::vec4 slotColour(const Look& look, const Round& round, int node) const;
    bool lit(const Round& round, int node) const; ///< the pointed node sees it
    int pointed() const;
    int nodeAt(glm::dvec2 px) const;
    Box slotBox(int slot, bool after) const;

    TreePicture m_tree;
    glm::dvec2 m_pointer{-1, -1};
    float m_scale = 1;
    // As last drawn.
    Box m_cells{}, m_before{}, m_after{};
    float m_cell = 1, m_slot = 1;
    int m_rows = 0, m_first = 0, m_count = 0;
    Layout m_at{};
};

CachePage::Layout CachePage::layout(const Place& p) {
    const Box inner = between(p);
    const float slots = std::clamp(inner.height() * 0.3f, p.px(104), p.px(150));
    const float upper = inner.bottom - slots - p.px(14);
    const float side = std::min(upper - inner.top + p.px(130), inner.width() * 0.58f);
    const float split = inner.right - side;
    return {{inner.left, inner.top, split - p.px(14), upper},
            {split, inner.top, inner.right, upper},
            {inner.left, upper + p.px(14), inner.right, inner.bottom}};
}

TreeSight CachePage::sight(const Box& box) const {
    const glm::vec2 size = m_tree.layout().size;
    const float zoom = std::min({m_scale, box.width() / size.x, box.height() / size.y});
    return {{box.left, (box.top + box.bottom) / 2 - size.y * zoom / 2}, zoom};
}

int CachePage::pointed() const {
    if (m_focus.hovered != Focus::none) return m_focus.hovered;
    return m_focus.round == m_scene.shown ? m_focus.selected : Focus::none;
}

bool CachePage::lit(const Round& round, int node) const {
    const int from = pointed();
    if (from == Focus::none || from >= int(round.nodes.size())) return false;
    for (int at = from; at >= 0; at = round.nodes[std::size_t(at)].parent)
        if (at == node) return true;
    return node == -1;
}

glm::vec4 CachePage::slotColour(const Look& look, const Round& round, int node) const {
    const Reveal known = m_scene.reveal();
    if (node < 0) return look.theme.info;
    switch (seen(round, known, node)) {
        case Seen::accepted:
            return keptColour(look);
        case Seen::refused:
            return refusedColour(look);
        case Seen::verified:
            return look.theme.secondary;
        case Seen::beyond:
            return look.theme.faint;
        default:
            return look.theme.line;
    }
}

void CachePage::drawMask(ImDrawList* list, const Look& look, const Round& round, const Box& box) {
    const Theme& t = look.theme;
    const auto mask = round.mask();
    m_rows = int(mask.size());
    drawSmallCapitals(list, look, {box.left, box.top}, toColour(t.faint), look.tr("Attention mask"));
    const float head = look.px(18), names = std::min(look.px(92), box.width() * 0.24f), positions = look.px(40),
                past = look.px(20);
    const float room = std::min(box.width() - names - positions - past, box.height() - head - look.px(16));
    m_cell = std::min(look.px(24), std::floor(room / float(m_rows) * 4) / 4);
    const float left = box.left + names + past, top = box.top + head + look.px(14), side = m_cell * float(m_rows);
    m_cells = {left, top, left + side, top + side};
    const bool labels = m_cell >= fontHeight(look.fonts.small) * 0.92f;
    const Reveal known = m_scene.reveal();
    const int from = pointed();
    drawText(list, look.fonts.small, {left - past + look.px(1), box.top + head}, toColour(t.faint), look.tr("text"));
    drawText(list, look.fonts.small,
             {std::min(left + side + look.px(6), box.right - textWidth(look.fonts.small, look.tr("position"))), box.top + head},
             toColour(t.faint), look.tr("position"));
    list->AddRectFilled({left, top}, {left + side, top + side}, toColour(t.dock), look.px(4));
    for (int row = 0; row < m_rows; ++row) {
        const int node = row - 1;
        const Seen now = node < 0 ? Seen::accepted : seen(round, known, node);
        if (now == Seen::hidden) continue;
        const float y = top + m_cell * float(row), pad = m_cell > look.px(6) ? look.px(1) : 0;
        const bool own = node == from;
        if (own) list->AddRectFilled({box.left, y}, {left + side + positions, y + m_cell}, toColour(t.raised), look.px(3));
        // Every row sees all of the text before it.
        list->AddRectFilled({left - past, y + pad}, {left - look.px(5), y + m_cell - pad},
                            toColour(own ? t.brass : t.info, own ? 0.9f : 0.35f), look.px(2));
        for (int column = 0; column <= row; ++column) {
            if (!mask[std::size_t(row)][std::size_t(column)]) continue;
            const float x = left + m_cell * float(column);
            const glm::vec4 colour = own ? t.brass : slotColour(look, round, column - 1);
            const float strength = own ? 1.f : column == row ? 0.95f : 0.6f;
            list->AddRectFilled({x + pad, y + pad}, {x + m_cell - pad, y + m_cell - pad}, toColour(colour, strength),
                                m_cell > look.px(8) ? look.px(2) : 0);
        }
        if (!labels && !own) continue;
        const std::int32_t token = node < 0 ? round.root : round.nodes[std::size_t(node)].token;
        const float text = y + (m_cell - fontHeight(look.fonts.small)) / 2;
        const glm::vec4 ink = own ? t.brass : lit(round, node) ? t.text : t.secondary;
        drawPieces(list, look, look.fonts.small, {box.left + look.px(3), text}, ink, m_scene.tokens->of(token),
                   names - look.px(8));
        const int depth = node < 0 ? 0 : round.nodes[std::size_t(node)].depth;
        drawText(list, look.fonts.mono, {left + side + look.px(8), y + (m_cell - fontHeight(look.fonts.mono)) / 2}, toColour(ink),
                 std::to_string(round.length - 1 + depth));
    }
    // The column that the pointed node is: who sees it.
    if (from >= -1 && from < int(round.nodes.size())) {
        const float x = left + m_cell * float(from + 1);
        list->AddRect({x, top}, {x + m_cell, top + side}, toColour(t.brass, 0.6f), look.px(2));
    }
    note("mask", m_cells);
}

Box CachePage::slotBox(int slot, bool after) const {
    const Box& row = after ? m_after : m_before;
    const float x = row.left + m_slot * float(slot - m_first);
    return {x, row.top, x + m_slot, row.bottom};
}

void CachePage::drawArrows(ImDrawList* list, const Look& look, const Round& round, float from, float to) const {
    const Reveal known = m_scene.reveal();
    if (!known.written) return;
    for (std::size_t i = 0; i < round.path.size(); ++i) {
        const int node = round.path[i];
        const Box a = slotBox(round.slot(node), false), b = slotBox(round.length + int(i), true);
        const float xa = (a.left + a.right) / 2, xb = (b.left + b.right) / 2, bend = (to - from) * 0.55f;
        const bool own = lit(round, node);
        const ImU32 colour = toColour(own ? look.theme.brass : keptColour(look), known.kept ? 0.95f : 0.45f);
        const float width = look.px(own ? 2.6f : 1.6f);
        list->AddBezierCubic({xa, from}, {xa, from + bend}, {xb, to - bend}, {xb, to - look.px(4)}, colour, width, 18);
        const float r = look.px(4);
        list->AddTriangleFilled({xb, to}, {xb - r, to - r * 1.5f}, {xb + r, to - r * 1.5f}, colour);
    }
}

void CachePage::drawSlots(ImDrawList* list, const Look& look, const Round& round, const Box& box) {
    const Theme& t = look.theme;
    const Reveal known = m_scene.reveal();
    const int count = int(round.nodes.size());
    drawSmallCapitals(list, look, {box.left, box.top}, toColour(t.faint), look.tr("Key/value cache, a slot for each row"));
    const float names = std::min(look.px(112), box.width() * 0.2f), top = box.top + look.px(20);
    const float tall = std::min(look.px(26), (box.height() - look.px(38)) * 0.34f);
    const float left = box.left + names, room = box.right - left;
    int shownText = std::min(round.length, 10);
    m_slot = std::min(look.px(46), room / float(shownText + count));
    if (m_slot < look.px(9)) shownText = std::min(round.length, 4), m_slot = room / float(shownText + count);
    m_first = round.length - shownText, m_count = shownText + count;
    m_before = {left, top, left + m_slot * float(m_count), top + tall};
    m_after = {left, box.bottom - tall - look.px(15), m_before.right, box.bottom - look.px(15)};
    const auto label = [&](const Box& row, const std::string& text) {
        drawText(list, look.fonts.small, {box.left, (row.top + row.bottom - fontHeight(look.fonts.small)) / 2},
                 toColour(t.secondary), clipped(look.fonts.small, text, names - look.px(8)));
    };
    label(m_before, look.tr("during the pass"));
    label(m_after, look.tr("after the round"));
    const auto cell = [&](int slot, bool after, const glm::vec4& colour, bool full, std::int32_t token, bool own, bool sees) {
        Box b = slotBox(slot, after);
        const float pad = m_slot > look.px(8) ? look.px(1) : 0.5f;
        b.left += pad, b.right -= pad;
        list->AddRectFilled(b.low(), b.high(), toColour(full ? colour : t.dock, full ? 0.3f : 1), look.px(3));
        list->AddRect(b.low(), b.high(),
                      toColour(own || sees ? t.brass
                               : full      ? colour
                                           : t.line),
                      look.px(3), 0,
                      look.px(own    ? 2.2f
                              : sees ? 1.8f
                                     : 1));
        if (token >= 0 && m_slot > look.px(17))
            drawPieces(list, look, look.fonts.small, {b.left + look.px(2), (b.top + b.bottom - fontHeight(look.fonts.small)) / 2},
                       full ? t.text : t.faint, m_scene.tokens->of(token), b.width() - look.px(3));
    };
    // The text before the root, from the prompt and the rounds before.
    std::vector<std::int32_t> text = m_scene.prompt;
    for (int r = 0; r < m_scene.shown && int(text.size()) < round.length; ++r)
        for (const std::int32_t token : m_scene.rounds[std::size_t(r)]->written()) text.push_back(token);
    const int from = pointed();
    const bool any = from != Focus::none && from < count;
    for (int slot = m_first; slot < round.length; ++slot) {
        const bool root = slot == round.length - 1;
        const std::int32_t token = root ? round.root : slot < int(text.size()) ? text[std::size_t(slot)] : -1;
        const bool there = !root || known.verified; // the root's own row is made by this pass
        cell(slot, false, root ? t.info : t.faint, there, token, root && from == -1, any);
        cell(slot, true, root ? t.info : t.faint, there && (known.kept || !root), known.kept || !root ? token : -1, false, false);
    }
    for (int node = 0; node < count; ++node) {
        const Seen now = seen(round, known, node);
        const bool there = now != Seen::hidden && now != Seen::drafted;
        cell(round.slot(node), false, slotColour(look, round, node), there,
             now == Seen::hidden ? -1 : round.nodes[std::size_t(node)].token, node == from, lit(round, node));
        const std::size_t place = std::size_t(node);
        const bool kept = known.kept && place < round.path.size();
        const int moved = place < round.path.size() ? round.path[place] : -1;
        cell(round.length + node, true, keptColour(look), kept, kept ? round.nodes[std::size_t(moved)].token : -1,
             kept && moved == from, kept && lit(round, moved));
    }
    const float border = slotBox(round.length, false).left; // what is text, and what hangs from it
    list->AddLine({border, m_before.top - look.px(4)}, {border, m_before.bottom + look.px(4)}, toColour(t.secondary),
                  look.px(1.4f));
    drawArrows(list, look, round, m_before.bottom, m_after.top);
    float free = -1e9f;
    for (int slot = m_first; slot < m_first + m_count; ++slot) {
        const Box b = slotBox(slot, true);
        const std::string number = std::to_string(slot);
        const float x = (b.left + b.right) / 2, half = textWidth(look.fonts.small, number) / 2;
        if (x - half < free) continue;
        drawText(list, look.fonts.small, {x, m_after.bottom + look.px(1)}, toColour(t.faint), number, Align::centre);
        free = x + half + look.px(6);
    }
    note("slots", m_before);
    note("slots after", m_after);
}

void CachePage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    frame(
        list, look, place, "cache",
        look.tr(
            "Each row sees the text and its ancestors. Siblings share a position; only the path that was kept moves together."));
    const Round* round = m_scene.round();
    m_focus.hovered = nodeAt(m_pointer); // of what was drawn last
    m_rows = 0, m_count = 0;
    if (!round) return;
    m_scale = look.scale;
    m_at = layout(place);
    m_tree.prepare(look, m_scene, {m_at.tree.width() - look.px(4), m_at.tree.height()});
    m_tree.draw(list, look, m_scene, m_focus, m_at.tree, sight(m_at.tree));
    drawMask(list, look, *round, m_at.mask);
    drawSlots(list, look, *round, m_at.slots);
    for (int node = -1; node < int(round->nodes.size()); ++node)
        note(node < 0 ? "root" : "node " + std::to_string(node), m_tree.chipBox(node, sight(m_at.tree)));
}

int CachePage::nodeAt(glm::dvec2 px) const {
    const Round* round = m_scene.round();
    if (!round) return Focus::none;
    if (m_at.tree.holds(px)) return m_tree.at(m_scene, px, sight(m_at.tree));
    const int count = int(round->nodes.size());
    const auto known = [&](int node) {
        return node < count && (node < 0 || seen(*round, m_scene.reveal(), node) != Seen::hidden) ? node : Focus::none;
    };
    if (m_rows > 0 && px.y >= m_cells.top && px.y < m_cells.bottom && px.x >= m_at.mask.left && px.x <= m_at.mask.right)
        return known(int((px.y - m_cells.top) / m_cell) - 1);
    if (m_count > 0 && m_before.holds(px)) {
        const int slot = m_first + int((px.x - m_before.left) / m_slot);
        return slot >= round->length - 1 ? known(slot - round->length) : Focus::none;
    }
    if (m_count > 0 && m_after.holds(px)) {
        const int place = m_first + int((px.x - m_after.left) / m_slot) - round->length;
        if (place >= 0 && place < int(round->path.size())) return round->path[std::size_t(place)];
    }
    return Focus::none;
}

bool CachePage::input(const Input& event, const Camera& camera, const Place& place) {
    if (event.kind == Input::Kind::move || event.kind == Input::Kind::press) m_pointer = event.px;
    if (event.kind == Input::Kind::leave || event.kind == Input::Kind::focusLost) m_pointer = {-1, -1};
    if (RoundPage::input(event, camera, place)) return true;
    if (event.kind != Input::Kind::press) return false;
    const int node = nodeAt(event.px);
    if (node != Focus::none) select(node);
    return true;
}

std::optional<Told> CachePage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    const Round* round = m_scene.round();
    const int node = nodeAt(px);
    if (!round || node == Focus::none) return RoundPage::tell(px, look, camera, place);
    if (node >= int(round->nodes.size())) return tellNode(look, m_scene, node);
    // Only what this page is about: a large card would hide what it lights up.
    const std::int32_t token = node < 0 ? round->root : round->nodes[std::size_t(node)].token;
    const int depth = node < 0 ? 0 : round->nodes[std::size_t(node)].depth;
    look.texts.note(quoted(m_scene, token));
    Told told{quoted(m_scene, token), {}, {}};
    told.facts.push_back({"position", std::to_string(round->length - 1 + depth)});
    told.facts.push_back({"sees", std::to_string(round->length + depth)});
    told.facts.push_back({"slot of the cache", std::to_string(round->slot(node))});
    for (std::size_t i = 0; i < round->path.size(); ++i)
        if (round->path[i] == node) told.facts.push_back({"moves to slot", std::to_string(round->length + int(i))});
    return told;
}

} // namespace

std::unique_ptr<Page> makeCachePage(const Scene& scene, Focus& focus, Hands& hands) {
    return std::make_unique<CachePage>(scene, focus, hands);
}

} // namespace orrery::ui::lang
