// SPDX-License-Identifier: GPL-3.0-or-later
// The live tree: drafted level by level, verified in one pass, decided coin by coin; beside it what is decided at one node.
#include "ui/labs/language/choice_picture.h"
#include "ui/labs/language/round_page.h"
#include "ui/labs/language/text_picture.h"
#include "ui/labs/language/tree_picture.h"
#include "ui/labs/language/words.h"
#include "ui/panels/axes.h"

#include <algorithm>

namespace orrery::ui::lang {

namespace {

class TreePage final : public RoundPage {
 public:
    using RoundPage::RoundPage;
    Rect home(const Place& place) const override;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void click(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;

 private:
    struct Layout {
        Box text, tree, choice;
    };
    static Layout layout(const Place& place);
    static TreeSight sight(const Camera& camera);
    bool moves(glm::dvec2 px, const Place& place) const override { return layout(place).tree.holds(px); }
    void drawColumns(ImDrawList* list, const Look& look, const Box& box, const TreeSight& sight) const;
    void drawKey(ImDrawList* list, const Look& look, const Box& box) const;

    TreePicture m_tree;
    ChoicePicture m_choice;
    TextPicture m_text;
    glm::dvec2 m_pointer{-1, -1};
};

constexpr float headTall = 18, keyTall = 18; ///< logical pixels above and below the tree

TreePage::Layout TreePage::layout(const Place& p) {
    const Box inner = between(p);
    const float text = inner.height() > p.px(420) ? p.px(68) : p.px(46);
    const float choice = std::clamp(inner.width() * 0.36f, p.px(250), p.px(380));
    const float top = inner.top + text + p.px(8);
    const bool room = inner.width() > p.px(520);
    const float split = room ? inner.right - choice - p.px(16) : inner.right;
    return {{inner.left, inner.top, inner.right, inner.top + text},
            {inner.left, top, split, inner.bottom},
            {room ? split + p.px(16) : inner.right, top, inner.right, inner.bottom}};
}

TreeSight TreePage::sight(const Camera& camera) { return {glm::vec2(camera.toPx({0, 0})), float(1 / camera.unitsPerPx())}; }

/// The tree as large as the box allows, but no larger than its type is made for.
Rect TreePage::home(const Place& p) const {
    Box box = layout(p).tree;
    box.top += p.px(headTall), box.bottom -= p.px(keyTall);
    const glm::dvec2 size = glm::max(glm::dvec2(m_tree.layout().size), glm::dvec2(1)) + glm::dvec2(8, 8);
    const glm::dvec2 px(box.width(), box.height());
    const double zoom = std::min({double(p.scale), px.x / size.x, px.y / size.y});
    const glm::dvec2 half = px / zoom / 2., middle = size / 2. - glm::dvec2(4, 4);
    const Rect inner{{middle.x - half.x, -middle.y - half.y}, {middle.x + half.x, -middle.y + half.y}};
    return p.around(inner, {box.left, box.top}, {box.right, box.bottom});
}

void TreePage::drawColumns(ImDrawList* list, const Look& look, const Box& box, const TreeSight& at) const {
    const auto& columns = m_tree.layout().columns;
    const Reveal known = m_scene.reveal();
    float free = -1e9f;
    for (std::size_t d = 0; d < columns.size(); ++d) {
        if (int(d) > known.levels && !(known.written && d + 1 == columns.size())) break;
        const float left = at.px({columns[d].x, 0}).x;
        const std::string text = d == 0 ? look.tr("root") : filled(look.tr("level %1"), {std::to_string(d)});
        const float x = std::max(left, box.left), wide = textWidth(look.fonts.small, text);
        if (x < free || x + wide > box.right) continue;
        drawText(list, look.fonts.small, {x, box.top}, toColour(look.theme.faint), text);
        free = x + wide + look.px(8);
    }
}

/// How a chip is to be read.
void TreePage::drawKey(ImDrawList* list, const Look& look, const Box& box) const {
    const Theme& t = look.theme;
    float x = box.left;
    const float y = box.bottom - look.px(12), text = y - fontHeight(look.fonts.small) / 2;
    const auto words = [&](const std::string& w) {
        drawText(list, look.fonts.small, {x, text}, toColour(t.secondary), w);
        x += textWidth(look.fonts.small, w) + look.px(14);
    };
    const float wide = look.px(58);
    if (x + wide > box.right) return;
    for (int i = 0; i < 29; ++i)
        list->AddRectFilled({x + wide * float(i) / 29, y - look.px(2)}, {x + wide * float(i + 1) / 29, y + look.px(2)},
                            toColour(levelColour(look, double(i) / 28)));
    x += wide + look.px(5);
    words(look.tr("p, from 0 to 1"));
    list->AddRectFilled({x, y - look.px(4)}, {x + look.px(2), y + look.px(4)}, toColour(categoryColour(look, 0)));
    x += look.px(7);
    words(look.tr("tick: q"));
    const std::string& thick = look.tr("thickness: probability of the path");
    if (x + look.px(20) + textWidth(look.fonts.small, thick) > box.right) return;
    list->AddTriangleFilled({x, y}, {x + look.px(16), y - look.px(3.5f)}, {x + look.px(16), y + look.px(3.5f)},
                            toColour(t.faint));
    x += look.px(21);
    words(thick);
}

void TreePage::draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) {
    frame(list, look, place, "tree", roundLine(look, m_scene));
    const Layout at = layout(place);
    const Round* round = m_scene.round();
    const std::vector<Written> text = writtenText(m_scene);
    int marked = -1; // the token of the text that a node became
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i].round == m_scene.shown && text[i].round >= 0 && text[i].node == m_focus.hovered) marked = int(i);
    m_text.draw(list, look, m_scene, text, at.text, marked);
    note("text", at.text);
    if (!round) return;
    const Box box = at.tree;
    m_tree.prepare(look, m_scene, {box.width() - look.px(8), box.height() - look.px(headTall + keyTall + 10)});
    const TreeSight seen = sight(camera);
    m_focus.hovered = box.holds(m_pointer) ? m_tree.at(m_scene, m_pointer, seen) : Focus::none;
    if (const int position = m_text.at(m_pointer); position >= 0 && text[std::size_t(position)].round == m_scene.shown)
        m_focus.hovered = text[std::size_t(position)].node;
    const Box field{box.left, box.top + look.px(headTall), box.right, box.bottom - look.px(keyTall)};
    if (round->nodes.empty())
        drawWords(
            list, look, {box.left, box.top + look.px(40)}, box.width() - look.px(20), look.theme.secondary,
            look.tr(
                "No draft: each pass of the target writes one token. Choose what drafts in the panel, and a tree grows here."));
    m_tree.draw(list, look, m_scene, m_focus, field, seen);
    drawColumns(list, look, {box.left, box.top, box.right, box.top + look.px(headTall)}, seen);
    drawKey(list, look, box);
    note("tree", field);
    note("root", m_tree.chipBox(-1, seen));
    for (int node = 0; node <= int(round->nodes.size()); ++node)
        if (m_tree.at(m_scene, glm::dvec2(m_tree.chipBox(node, seen).left + 1, m_tree.chipBox(node, seen).top + 1), seen) == node)
            note("node " + std::to_string(node), m_tree.chipBox(node, seen));
    if (at.choice.width() > look.px(120))
        m_choice.draw(list, look, m_scene, m_focus, at.choice, [&](const std::string& name, const Box& b) { note(name, b); });
}

bool TreePage::input(const Input& event, const Camera& camera, const Place& place) {
    if (event.kind == Input::Kind::move || event.kind == Input::Kind::press) m_pointer = event.px;
    if (event.kind == Input::Kind::leave || event.kind == Input::Kind::focusLost)
        m_pointer = {-1, -1}, m_focus.hovered = Focus::none;
    m_choice.point(m_pointer);
    if (RoundPage::input(event, camera, place)) return true;
    if (event.kind == Input::Kind::key && event.key == Input::Key::escape && m_focus.selected != Focus::none) {
        m_focus.selected = Focus::none;
        return true;
    }
    if (event.kind != Input::Kind::press || event.button != Input::Button::left) return false;
    if (const std::string rule = spotAt(event.px, "rule "); !rule.empty()) {
        m_focus.rule = rule == "as-it-was" || rule == m_focus.rule ? std::string() : rule;
        return true;
    }
    return !moves(event.px, place);
}

void TreePage::click(const Input& event, const Camera& camera, const Place& place) {
    if (!moves(event.px, place)) return;
    const int node = m_tree.at(m_scene, event.px, sight(camera));
    if (node != Focus::none)
        select(node);
    else
        m_focus.selected = Focus::none;
}

std::optional<Told> TreePage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    if (moves(px, place)) {
        const int node = m_tree.at(m_scene, px, sight(camera));
        if (node != Focus::none) return tellNode(look, m_scene, node);
        return std::nullopt;
    }
    if (const int position = m_text.at(px); position >= 0) {
        const Written it = writtenText(m_scene)[std::size_t(position)];
        if (it.round == m_scene.shown && it.round >= 0) return tellNode(look, m_scene, it.node);
        Told told{quoted(m_scene, it.token), {{"token id", std::to_string(it.token)}}, {}};
        if (it.round >= 0) told.facts.push_back({"round", std::to_string(it.round + 1)});
        return told;
    }
    if (auto told = m_choice.tell(px, look, m_scene)) return told;
    if (const std::string rule = spotAt(px, "rule "); !rule.empty()) {
        if (rule == "as-it-was") return Told{look.tr("as it happened"), {}, look.tr("The round's own rule, as it was decided.")};
        const language::RuleText& it = language::text(language::ruleOf(rule));
        return Told{look.tr(it.name), {{"formula", ruleFormula(it.rule)}}, look.tr(it.meaning)};
    }
    return RoundPage::tell(px, look, camera, place);
}

} // namespace

std::unique_ptr<Page> makeTreePage(const Scene& scene, Focus& focus, Hands& hands) {
    return std::make_unique<TreePage>(scene, focus, hands);
}

} // namespace orrery::ui::lang
