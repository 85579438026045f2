// SPDX-License-Identifier: GPL-3.0-or-later
// The cloud, and what lies over it.
#include "engine/lab/names.h"
#include "ui/labs/embedding/axes_mark.h"
#include "ui/labs/embedding/callouts.h"
#include "ui/labs/embedding/cards_parts.h"
#include "ui/labs/embedding/torn_layer.h"
#include "ui/labs/embedding/view.h"
#include "ui/labs/embedding/words_layer.h"
#include "ui/panels/card.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using namespace emb;

namespace {

constexpr double contourCellPx = 4, contourBlurPx = 9;
constexpr float longestForcePx = 90;
constexpr double pointGrowth = 0.4, leastGrowth = 0.6, mostGrowth = 4;

ImVec2 vec(glm::dvec2 px) { return {float(px.x), float(px.y)}; }

} // namespace

glm::dvec2 EmbeddingView::pxOf(std::int64_t row) const {
    const glm::vec3 place = m_shown.place(row);
    return glm::dvec2(glm::vec2(m_toPixels(place.x, place.y, place.z)));
}

bool EmbeddingView::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    if (onWords() ? m_wordsPage.spot(name, low, high) : m_cards.spot(name, low, high)) return true;
    if (name.rfind("row ", 0) == 0) {
        const std::int64_t row = std::atoll(name.c_str() + 4);
        if (row < 0 || row >= m_shown.rows()) return false;
        low = pxOf(row) - 3.0, high = low + 6.0;
        return true;
    }
    if (name != "cloud" || m_shown.rows() == 0) return false;
    const Rect seen = m_sight.home();
    low = m_camera.toPx({seen.low.x, seen.high.y}), high = m_camera.toPx({seen.high.x, seen.low.y});
    return true;
}

void EmbeddingView::drawContours(const Frame& frame, Layers& layers) {
    const Contoured now{m_toPixels, m_shown.cloud().revision()};
    if (!m_contours || now != m_contoured) {
        m_contoured = now;
        const Density density = densityOf(m_shown.cloud(), m_toPixels, {frame.width, frame.height}, contourCellPx * frame.scale,
                                          contourBlurPx * frame.scale);
        const std::vector<glm::vec4> cells = contourCells(density);
        m_contourCells = {density.width, density.height};
        if (m_contours.size() != cells.size() * sizeof(glm::vec4))
            m_contours = frame.recorder.device().buffer({.name = "density of a cloud", .size = cells.size() * sizeof(glm::vec4)});
        frame.recorder.upload(m_contours, cells);
    }
    // Cells count pixels from the lower left corner; the last ones may reach beyond the screen.
    const double cell = contourCellPx * double(frame.scale) * m_camera.unitsPerPx();
    const Rect seen = m_camera.visible();
    const Rect rect{seen.low, seen.low + cell * glm::dvec2(m_contourCells)};
    layers.contours(frame, {m_contours, m_contourCells.x, m_contourCells.y, rect, {}},
                    {glm::vec4(glm::vec3(frame.theme.text), frame.theme.light ? 0.5F : 0.4F), 1, 2, -2.6F});
}

void EmbeddingView::main(const Frame& frame, Layers& layers) {
    if (m_shown.rows() == 0 || onWords()) return;
    const auto count = std::uint64_t(m_shown.rows());
    CloudStyle style;
    // Closer to, points grow, though less than what lies between them; and fewer of them share the screen.
    const double zoom = this->zoom();
    const auto sharing = std::uint64_t(std::clamp(double(count) / (zoom * zoom), 1.0, 1e9));
    style.diameterPx = float(settings().number("point_size") * std::clamp(std::pow(zoom, pointGrowth), leastGrowth, mostGrowth)) *
                       diameterFactor(count);
    style.depth = depthPerPoint(sharing) * float(settings().number("opacity"));
    if (m_sight.spatial()) style.reach = float(m_sight.reach()), style.farDepth = 0.35F;
    layers.cloud(frame, m_shown.cloud(), m_toPixels, style);
    if (settings().flag("show_contours")) drawContours(frame, layers);
    m_labels.drawPictures(frame, layers, m_shown, m_toPixels);
}

void EmbeddingView::drawPoint(const Look& look, std::int64_t row, const glm::vec4& colour, float radius) const {
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    const ImVec2 at = vec(pxOf(row));
    list->AddCircle(at, look.px(radius), toColour(look.theme.ground, 0.8F), 0, look.px(3.5F));
    list->AddCircle(at, look.px(radius), toColour(colour), 0, look.px(1.6F));
}

void EmbeddingView::drawLines(const Look& look) const {
    if (!m_neighbourhood) return;
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    const glm::dvec2 from = pxOf(m_neighbourhood->row);
    if (settings().flag("show_lines"))
        for (const auto& near : m_neighbourhood->inTable) {
            const glm::vec4& colour = near.lies ? look.theme.bad : look.theme.brass;
            list->AddLine(vec(from), vec(pxOf(near.row)), toColour(colour, near.lies ? 0.8F : 0.7F), look.px(1.4F));
        }
    for (const auto& near : m_neighbourhood->inTable)
        drawPoint(look, near.row, near.lies ? look.theme.bad : look.theme.brass, 4.5F);
    for (const auto& near : m_neighbourhood->shown)
        if (near.lies) drawPoint(look, near.row, look.theme.info, 4.5F);
    drawPoint(look, m_neighbourhood->row, look.theme.brass, 7);
    Callouts names(list, look);
    names.add(vec(from), m_shown.nameOf(m_neighbourhood->row), look.theme.brass);
    if (m_shown.table() && !m_shown.table()->tokens.empty())
        for (const auto& near : m_neighbourhood->inTable)
            names.add(vec(pxOf(near.row)), m_shown.nameOf(near.row), near.lies ? look.theme.bad : look.theme.text);
}

void EmbeddingView::drawForces(const Look& look) const {
    const std::optional<std::int64_t> row = chosen();
    if (!row || !m_forces) return;
    const auto vector = [](const std::array<double, 3>& force) { return glm::dvec3(force[0], force[1], force[2]); };
    const glm::dvec3 pull = vector(m_forces->attraction), push = vector(m_forces->repulsion);
    const double greatest = std::max(glm::length(pull), glm::length(push));
    if (!(greatest > 0)) return;
    const double scale = double(look.px(longestForcePx)) / greatest;
    const auto screen = [&](const glm::dvec3& force) {
        const glm::dvec2 plane = m_sight.planeOf(force) * scale;
        return glm::dvec2(plane.x, -plane.y);
    };
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    const glm::dvec2 from = pxOf(*row);
    Callouts names(list, look); // the arrow says which way, its name which of the two
    const auto show = [&](const glm::dvec3& force, const glm::vec3& colour, const std::string& name) {
        const glm::dvec2 tip = from + screen(force);
        arrow(list, look, from, tip, toColour(glm::vec4(colour, 1)));
        names.add(vec(tip), name, glm::vec4(colour, 1));
    };
    show(pull, categories[2], look.tr("attraction"));
    show(push, categories[5], look.tr("repulsion"));
}

void EmbeddingView::drawProbe(const Look& look) {
    const std::optional<std::int64_t> row = m_hovered;
    if (!row || !m_shown.table()) return;
    ImDrawList* list = ImGui::GetForegroundDrawList();
    drawPoint(look, *row, look.theme.text, 6);
    Card card(look, 300);
    const std::string name = m_shown.nameOf(*row);
    look.texts.note(name);
    card.title(name);
    card.row(look.tr("row"), std::to_string(*row));
    for (const embedding::Column& column : m_shown.table()->columns) {
        const float value = column.values[std::size_t(*row)];
        const std::string text = column.categorical() ? column.categories[std::size_t(value)] : formatShort(double(value), 4);
        look.texts.note(column.name), look.texts.note(text);
        card.row(look.tr(column.name), text);
    }
    const glm::vec3 at = m_shown.place(*row);
    std::string place = formatShort(double(at.x)) + ", " + formatShort(double(at.y));
    if (m_shown.spatial()) place += ", " + formatShort(double(at.z));
    card.row(look.tr("here"), place);
    if (const auto& q = m_lab.cloud().quality()) {
        const auto judged = std::lower_bound(q->rows.begin(), q->rows.end(), *row);
        if (judged != q->rows.end() && *judged == *row) {
            const auto i = std::size_t(judged - q->rows.begin());
            if (i < q->recallOf.size()) card.row(look.tr("recall"), formatFixed(double(q->recallOf[i]), 2));
            if (i < q->trustOf.size()) card.row(look.tr("trustworthiness"), formatFixed(double(q->trustOf[i]), 3));
        }
    }
    if (const embedding::Thumbnails& pictures = m_shown.table()->thumbnails) {
        const float side = look.px(64), pad = look.px(6);
        const ImVec2 px = vec(pxOf(*row)), low(px.x - side - look.px(18), px.y - side / 2);
        drawGround(list, look, {low.x - pad, low.y - pad}, {low.x + side + pad, low.y + side + pad});
        drawThumbnail(list, pictures, *row, low, side, glm::vec4(m_shown.colouring().colours[std::size_t(*row)], 1));
    }
    const float edge = look.px(8);
    card.drawAt(list, vec(pxOf(*row)), {edge, edge}, {float(m_size.x) - edge, float(m_size.y) - edge});
}

void EmbeddingView::overlay(const Frame& frame, const Look& look) {
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    if (onWords()) {
        const Place place{m_size, m_scale, m_panel, m_hud};
        m_wordsPage.draw(list, look, place.room(), m_words, m_hands.pointer());
        return;
    }
    if (m_shown.rows() == 0) return;
    const double pxPerUnit = 1 / frame.camera.unitsPerPx();
    const glm::dvec4 free(0, 0, m_size.x - (showsCards() ? double(look.px(cardsWidth + 20)) : 0), m_size.y);
    std::vector<std::int64_t> spoken; // of those whose names stand there anyway
    for (const embedding::Term& term : m_terms) spoken.push_back(term.row);
    std::size_t answers = 0;
    for (const embedding::Candidate& each : m_words.candidates)
        if (!each.asked && answers++ < mostNamedAnswers) spoken.push_back(each.row);
    if (m_neighbourhood && m_shown.table() && !m_shown.table()->tokens.empty()) {
        spoken.push_back(m_neighbourhood->row);
        for (const auto& near : m_neighbourhood->inTable) spoken.push_back(near.row);
    }
    std::sort(spoken.begin(), spoken.end());
    m_labels.draw(list, look, m_shown, m_sight, m_toPixels, pxPerUnit, free,
                  {settings().flag("show_labels"), settings().flag("show_pictures"), !moves(), m_seconds, std::move(spoken)});
    if (const auto& problem = m_lab.cloud().problem())
        drawAxesMark(list, look, m_sight, pxPerUnit, {look.px(m_panel + 20), float(m_size.y) - look.px(16)},
                     axisNames(*problem, look));
    if (const auto& quality = m_lab.cloud().quality(); quality && settings().flag("show_torn"))
        drawTorn(list, look, m_shown, m_toPixels, *quality);
    drawLines(look);
    drawForces(look);
    drawExpression(list, look, m_shown, m_toPixels, m_terms, m_words);
    if (const auto row = m_cards.pointed(); row && *row < m_shown.rows()) drawPoint(look, *row, look.theme.text, 7);
    drawOutline(look);
    drawProbe(look);
    const embedding::Projecting& cloud = m_lab.cloud();
    emb::Told told{m_shown, settings(), m_neighbourhood ? &*m_neighbourhood : nullptr,
                   cloud.quality() ? &*cloud.quality() : nullptr, cloud.qualityAt()};
    const auto last = [&](const char* key) {
        const auto samples = cloud.series(key);
        return samples.empty() ? std::optional<double>() : std::optional(samples.back().value);
    };
    if (const auto total = last("loss"))
        told.loss = embedding::Loss{*total, last("attraction").value_or(0), last("repulsion_loss").value_or(0)};
    told.tsne = settings().text("method") == "tsne";
    told.forces = m_forces, told.how = cloud.how();
    told.words = m_words.expression.empty() ? nullptr : &m_words;
    told.searchError = m_searchError, told.selectionProblem = m_lab.picked().problem(),
    told.searched = m_search ? m_search->fraction() : 1;
    if (showsCards()) m_cards.draw(look, m_size, told);
}

} // namespace orrery::ui
