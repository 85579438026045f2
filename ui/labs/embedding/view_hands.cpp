// SPDX-License-Identifier: GPL-3.0-or-later
// What hands and cards ask for: each of it is one change of settings, and so one step of undo.
#include "ui/labs/embedding/axes_mark.h"
#include "ui/labs/embedding/cards_parts.h"
#include "ui/labs/embedding/pick.h"
#include "ui/labs/embedding/view.h"

#include <algorithm>

namespace orrery::ui {

using namespace emb;

namespace {

using Values = std::vector<std::pair<std::string, lab::Value>>;

ImVec2 vec(glm::dvec2 px) { return {float(px.x), float(px.y)}; }

} // namespace

bool EmbeddingView::input(const Input& event, const Camera& camera) {
    m_camera = camera;
    if (onWords() && event.kind == Input::Kind::press) return true; // a page, not a place
    const Hands::Tool tool{settings().text("tool"), combineOf(settings().text("combine"))};
    return m_hands.input(event, tool, m_shown.spatial(), m_turn, m_scale);
}

void EmbeddingView::click(const Input& event, const Camera&) {
    if (event.button == Input::Button::left && !onWords()) choose(event.px);
}

std::optional<std::int64_t> EmbeddingView::rowAt(glm::dvec2 px) const {
    return m_shown.rows() > 0 ? nearestPoint(m_shown.cloud(), m_toPixels, px, reachPx * double(m_scale)) : std::nullopt;
}

void EmbeddingView::choose(glm::dvec2 px) {
    const std::int64_t now = rowAt(px).value_or(-1);
    if (now != settings().integer("chosen")) m_session.set("chosen", now);
}

void EmbeddingView::select(const std::vector<std::int64_t>& rows, embedding::Combine how, const std::string& label) {
    if (!m_shown.table()) return;
    const auto result = embedding::combined(m_lab.selection(), rows, how);
    m_session.set({{"selection", embedding::selectionText(result, *m_shown.table())}}, label);
}

void EmbeddingView::takeOutline(const Hands::Drawn& drawn) {
    const std::vector<std::int32_t> within = pointsWithin(m_shown.cloud(), m_toPixels, drawn.outline);
    select({within.begin(), within.end()}, drawn.how, settings().text("tool") == "box" ? "box" : "lasso");
}

/// What stands out the other way round: the selection, or what was found while there is none.
void EmbeddingView::invert() {
    const std::vector<std::int64_t> none, *out = m_shown.pickedOut();
    select(embedding::inverted(out ? *out : none, m_shown.rows()), embedding::Combine::replace, "Invert");
}

/// Selection, search and isolation go first; then the chosen row and the expression.
void EmbeddingView::clear(bool further) {
    Values back;
    const auto empty = [&](const char* key) {
        if (!settings().text(key).empty()) back.emplace_back(key, std::string());
    };
    empty("selection"), empty("find");
    if (settings().flag("isolate")) back.emplace_back("isolate", false);
    if (back.empty() && further) {
        empty("expression");
        if (chosen()) back.emplace_back("chosen", std::int64_t(-1));
    }
    if (!back.empty()) m_session.set(back, "Clear");
}

void EmbeddingView::takeAxis(const Hands::Stroke& stroke) {
    const auto from = rowAt(stroke.from), to = rowAt(stroke.to);
    if (!m_shown.table() || !from || !to || *from == *to) return;
    const std::string& axis = settings().text("axis");
    Values values = {{axis + "_from", embedding::nameOfRow(*m_shown.table(), *from)},
                     {axis + "_to", embedding::nameOfRow(*m_shown.table(), *to)},
                     {"method", std::string("axes")}};
    if (axis == "z") values.emplace_back("dims", std::string("3d"));
    m_session.set(values, "axis");
}

void EmbeddingView::takeLetter(char letter) {
    if (onWords() || m_shown.rows() == 0) return;
    static constexpr std::pair<char, const char*> tools[] = {{'v', "move"}, {'b', "box"}, {'o', "lasso"}, {'a', "axis"}};
    for (const auto& [key, tool] : tools)
        if (letter == key) m_session.set("tool", std::string(tool));
    if (letter == 'i') invert();
    if (letter == 'x' && m_shown.pickedOut()) m_session.set("isolate", !settings().flag("isolate"));
    if (letter == 'e' && m_shown.found()) select(*m_shown.found(), combineOf(settings().text("combine")), "Select found");
}

std::vector<lab::Fact> EmbeddingView::keys() const {
    return {{"V B O A", "The hand moves, draws a box, a lasso, an axis"},
            {"Shift", "Draw a lasso with the hand that moves; with the others add to the selection"},
            {"Alt", "Take away from the selection; with Shift keep what is in both"},
            {"E", "Select found"},
            {"I", "Invert the selection"},
            {"X", "Isolate what is selected or found, and back"},
            {"Esc", "Clear selection and search; once more, the chosen row"}};
}

void EmbeddingView::keepPlace() {
    lab::Points places = settings().points("bookmarks");
    const double row = double(settings().integer("chosen"));
    for (const double value : {m_camera.centre().x, m_camera.centre().y, m_camera.height(), m_turn.turn, m_turn.tilt, row})
        places.values.push_back(std::clamp(value, -1e9, 1e9));
    m_session.set("bookmarks", places);
}

void EmbeddingView::goTo(std::size_t bookmark) {
    const lab::Points& places = settings().points("bookmarks");
    if (bookmark >= places.rows()) return;
    const double* place = &places.values[bookmark * 6];
    Camera there;
    there.resize(m_size.x, m_size.y);
    there.look({place[0], place[1]}, std::max(place[2], 1e-12));
    m_flight.begin(rectOf(m_camera, m_size, insets()), rectOf(there, m_size, insets()));
    m_refit = true;
    m_session.set({{"turn", std::clamp(place[3], -180.0, 180.0)},
                   {"tilt", std::clamp(place[4], -89.0, 89.0)},
                   {"chosen", std::int64_t(std::clamp(place[5], -1.0, 1e8))}},
                  "bookmark");
}

void EmbeddingView::settle() {
    const Hands::Fit fit = m_hands.takeFit();
    if (fit != Hands::Fit::none) {
        m_flight.begin(rectOf(m_camera, m_size, insets()), std::nullopt);
        m_refit = true;
        if (fit == Hands::Fit::turned && m_shown.spatial()) m_session.set({{"turn", Turn().turn}, {"tilt", Turn().tilt}}, "turn");
    }
    if (const auto turned = m_hands.takeTurned()) m_session.set({{"turn", turned->turn}, {"tilt", turned->tilt}}, "turn");
    if (const auto drawn = m_hands.takeDrawn()) takeOutline(*drawn);
    if (const auto stroke = m_hands.takeStroke()) takeAxis(*stroke);
    if (const auto px = m_hands.takeClick()) choose(*px);
    if (const char letter = m_hands.takeLetter()) takeLetter(letter);
    Wishes wishes = m_cards.take();
    if (m_hands.takeEscape()) clear(true);
    if (wishes.clear) clear(false);
    if (wishes.invert) invert();
    const embedding::Combine how = wishes.how.value_or(combineOf(settings().text("combine")));
    if (wishes.selectFound && m_shown.found()) select(*m_shown.found(), how, "Select found");
    if (wishes.category) select(m_shown.rowsOf(*wishes.category), how, "Select a category");
    if (wishes.keepPlace) keepPlace();
    if (wishes.bookmark) goTo(*wishes.bookmark);
    if (!wishes.act.empty()) m_lab.act(wishes.act);
    if (!wishes.set.empty()) m_session.set(wishes.set);
}

void EmbeddingView::drawOutline(const Look& look) const {
    ImDrawList* list = ImGui::GetForegroundDrawList();
    if (const auto stroke = m_hands.stroke()) {
        for (const glm::dvec2 end : {stroke->from, stroke->to})
            if (const auto row = rowAt(end)) drawPoint(look, *row, look.theme.brass, 6);
        arrow(list, look, stroke->from, stroke->to, toColour(look.theme.brass));
    }
    const std::vector<glm::dvec2>& outline = m_hands.outline();
    if (outline.size() < 2) return;
    const ImU32 ink = toColour(look.theme.brass);
    for (std::size_t i = 0; i < outline.size(); ++i)
        list->AddLine(vec(outline[i]), vec(outline[(i + 1) % outline.size()]),
                      i + 1 == outline.size() ? toColour(look.theme.brass, 0.4F) : ink, look.px(1.5F));
}

} // namespace orrery::ui
