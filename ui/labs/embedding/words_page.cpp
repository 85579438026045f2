// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/words_page.h"

#include "engine/lab/names.h"
#include "ui/imgui_bridge.h"
#include "ui/labs/embedding/cards_parts.h"
#include "ui/panels/numbers.h"
#include "ui/render/colormap.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

constexpr std::size_t mostColumns = 8; // of W that are shown
constexpr std::size_t mostCandidates = 12;

void words(ImDrawList* list, const Look& look, ImVec2 at, float width, const std::string& text, const glm::vec4& colour) {
    const char* begin = text.c_str();
    list->AddText(look.fonts.body, fontHeight(look.fonts.body), at, toColour(colour), begin, begin + text.size(), width);
}

float tall(const Look& look, float width, const std::string& text) {
    const char* begin = text.c_str();
    return bridge::textSize(look.fonts.body, begin, begin + text.size(), width).y;
}

struct Cells { ///< a matrix that is shown as cells
    ImVec2 at;
    float cell, height;
    std::size_t rows, columns;
    ImVec2 low(std::size_t row, std::size_t column) const { return {at.x + cell * float(column), at.y + height * float(row)}; }
    ImVec2 high(std::size_t row, std::size_t column) const {
        return {at.x + cell * float(column + 1) - 1, at.y + height * float(row + 1) - 1};
    }
};

/// Small numbers are shown a hundredfold, and the heading says so.
double timesOf(double most) { return most < 0.1 ? 100 : 1; }

/// Numbers on a ground that says their size and sign.
void drawNumbers(ImDrawList* list, const Look& look, const Cells& cells, const std::vector<float>& values, std::size_t stride,
                 double most, std::size_t lit, bool anyLit) {
    const double times = timesOf(most);
    for (std::size_t r = 0; r < cells.rows; ++r)
        for (std::size_t c = 0; c < cells.columns; ++c) {
            const double value = double(values[r * stride + c]);
            const bool faint = anyLit && r != lit;
            const glm::vec3 shade = colour(Colormap::diverging, 0.5 + 0.5 * std::clamp(value / most, -1.0, 1.0));
            const ImVec2 low = cells.low(r, c), high = cells.high(r, c);
            list->AddRectFilled(low, high, toColour(glm::vec4(shade, 1), faint ? 0.25F : 0.8F), look.px(2));
            if (cells.cell < look.px(33)) continue;
            const std::string text = formatFixed(value * times, 2);
            const float light = glm::dot(shade, glm::vec3(0.3F, 0.6F, 0.1F)) * (faint ? 0.25F : 0.8F) +
                                (look.theme.light ? (faint ? 0.7F : 0.2F) : 0);
            const glm::vec4 ink = light > 0.5F ? glm::vec4(0.05F, 0.06F, 0.1F, 1) : glm::vec4(0.95F, 0.96F, 1, 1);
            drawText(list, look.fonts.small, {(low.x + high.x) / 2, (low.y + high.y - fontHeight(look.fonts.small)) / 2},
                     toColour(ink, faint ? 0.55F : 1.F), text, Align::centre);
        }
}

} // namespace

bool WordsPage::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    low = found->second.first, high = found->second.second;
    return true;
}

float WordsPage::drawOneHot(ImDrawList* list, const Look& look, const Box& box, const WordsTold& told,
                            std::optional<glm::dvec2> pointer) {
    const Theme& t = look.theme;
    drawText(list, look.fonts.title, {box.left, box.top}, toColour(t.text), look.tr("One-hot times matrix is a look-up"));
    float y = box.top + look.px(30);
    if (!told.oneHot) {
        words(list, look, {box.left, y}, box.width(), look.tr("Choose the table \"text\": its first words then stand here."),
              t.secondary);
        return y + look.px(40);
    }
    const embedding::OneHot& one = *told.oneHot;
    const auto batch = std::size_t(one.batch), V = std::size_t(one.words), dims = std::size_t(one.dims),
               shown = std::min(dims, mostColumns);
    const float nameRoom = look.px(64), gap = look.px(34);
    const float unit = (box.width() - 2 * nameRoom - 2 * gap) / (float(V) * 0.5F + 2 * float(shown));
    const float cell = std::clamp(unit, look.px(14), look.px(40)), height = look.px(20);
    const Cells x{{box.left + nameRoom, y + look.px(20)}, cell * 0.5F, height, batch, V};
    const Cells w{{x.at.x + x.cell * float(V) + gap + nameRoom, x.at.y}, cell, height, V, shown};
    const Cells r{{w.at.x + w.cell * float(shown) + gap, x.at.y}, cell, height, batch, shown};
    for (std::size_t row = 0; row < batch; ++row) {
        const ImVec2 low(box.left, x.low(row, 0).y), high(r.high(row, shown - 1).x, x.high(row, 0).y);
        note("one-hot row " + std::to_string(row), low, high);
        if (pointer && pointer->x >= double(low.x) && pointer->x <= double(high.x) && pointer->y >= double(low.y) &&
            pointer->y <= double(high.y))
            m_row = row;
    }
    m_row = std::min(m_row, batch - 1);
    const auto chosen = std::size_t(one.ids[m_row]);
    double most = 1e-6;
    for (const float value : one.table) most = std::max(most, std::abs(double(value)));
    const auto head = [&](const Cells& cells, const std::string& text) {
        drawText(list, look.fonts.small, {cells.at.x, y}, toColour(t.secondary), text);
    };
    head(x, "X  [" + std::to_string(batch) + ", " + std::to_string(V) + "]");
    const std::string times = timesOf(most) > 1 ? "  \xC3\x97 100" : "";
    head(w, "W  [" + std::to_string(V) + ", " + std::to_string(dims) + "]" + times);
    head(r, "X W  [" + std::to_string(batch) + ", " + std::to_string(dims) + "]" + times);
    const auto wordOf = [&](std::size_t id) { return id < told.words.size() ? told.words[id] : std::to_string(id); };
    for (std::size_t row = 0; row < batch; ++row) {
        const bool lit = row == m_row;
        const std::string name = clipped(look.fonts.body, wordOf(std::size_t(one.ids[row])), nameRoom - look.px(8));
        drawText(list, look.fonts.body, {x.at.x - look.px(8), x.low(row, 0).y + look.px(2)},
                 toColour(lit ? t.brass : t.secondary), name, Align::right);
        for (std::size_t v = 0; v < V; ++v) {
            const bool hot = one.x[row * V + v] != 0;
            list->AddRectFilled(x.low(row, v), x.high(row, v), toColour(hot ? (lit ? t.brass : t.dimBrass) : t.raised),
                                look.px(2));
        }
    }
    for (std::size_t v = 0; v < V; ++v)
        drawText(list, look.fonts.body, {w.at.x - look.px(8), w.low(v, 0).y + look.px(2)},
                 toColour(v == chosen ? t.brass : t.faint), clipped(look.fonts.body, wordOf(v), nameRoom - look.px(8)),
                 Align::right);
    drawNumbers(list, look, w, one.table, dims, most, chosen, true);
    drawNumbers(list, look, r, one.product, dims, most, m_row, true);
    // From the one 1 to the row that it picks, and on to the result.
    const float from = x.high(m_row, chosen).x, fromY = (x.low(m_row, 0).y + x.high(m_row, 0).y) / 2;
    const float rowY = (w.low(chosen, 0).y + w.high(chosen, 0).y) / 2;
    const ImU32 ink = toColour(t.brass, 0.8F);
    const float before = w.at.x - nameRoom;
    list->AddBezierCubic({from, fromY}, {before, fromY}, {from + look.px(20), rowY}, {before, rowY}, ink, look.px(1.5F));
    const float end = w.high(chosen, shown - 1).x;
    list->AddBezierCubic({end, rowY}, {r.at.x, rowY}, {end, fromY}, {r.at.x, fromY}, ink, look.px(1.5F));
    list->AddRect({w.low(chosen, 0).x - 1, w.low(chosen, 0).y - 1}, {end + 1, w.high(chosen, 0).y + 1}, ink, look.px(3), 0,
                  look.px(1.5F));
    list->AddRect({r.at.x - 1, r.low(m_row, 0).y - 1}, {r.high(m_row, shown - 1).x + 1, r.high(m_row, 0).y + 1}, ink, look.px(3),
                  0, look.px(1.5F));
    y = x.at.y + height * float(std::max(batch, V)) + look.px(12);
    const auto figure = [&](const std::string& label, const std::string& value, const glm::vec4& colour, float left) {
        drawText(list, look.fonts.body, {left, y}, toColour(t.secondary), label);
        drawText(list, look.fonts.mono, {left + textWidth(look.fonts.body, label) + look.px(8), y}, toColour(colour), value);
    };
    const float third = box.width() / 3;
    figure(look.tr("by product, multiplications"), lab::rounded(one.multiplications), t.text, box.left);
    figure(look.tr("by look-up, copies"), lab::rounded(one.copies), t.text, box.left + third);
    figure(look.tr("same numbers"), look.tr(one.forwardSame ? "to the bit" : "no"), one.forwardSame ? t.ok : t.bad,
           box.left + 2 * third);
    y += look.px(19);
    figure(look.tr("gradient by X^T dY and by adding rows"), look.tr(one.backwardSame ? "to the bit" : "no"),
           one.backwardSame ? t.ok : t.bad, box.left);
    return y + look.px(34);
}

float drawCandidates(ImDrawList* list, const Look& look, const Box& box, const WordsTold& told, std::size_t most) {
    const Theme& t = look.theme;
    float y = box.top;
    const float height = look.px(20), right = box.right;
    const bool narrow = box.width() < look.px(320);
    const float second = right - look.px(narrow ? 52 : 86), third = second - look.px(narrow ? 46 : 64);
    const float figures = look.px(narrow ? 44 : 60); // of a score
    drawText(list, look.fonts.small, {right, y}, toColour(t.faint), look.tr("without"), Align::right);
    drawText(list, look.fonts.small, {second, y}, toColour(t.faint), look.tr("ranked"), Align::right);
    drawText(list, look.fonts.small, {third, y}, toColour(t.faint), look.tr("score"), Align::right);
    y += look.px(17);
    double greatest = 1e-9;
    for (const auto& each : told.candidates) greatest = std::max(greatest, std::abs(each.score));
    for (std::size_t i = 0; i < std::min(most, told.candidates.size()); ++i) {
        const embedding::Candidate& each = told.candidates[i];
        const bool first = each.without == 1;
        look.texts.note(told.names[i]);
        const float share = float(std::clamp(each.score / greatest, 0.0, 1.0));
        const float room = third - figures - box.left;
        list->AddRectFilled({box.left, y + look.px(1)}, {box.left + std::max(room, 0.F) * share, y + height - look.px(3)},
                            toColour(each.asked ? t.raised
                                     : first    ? t.brass
                                                : t.info,
                                     each.asked ? 1.F : 0.3F),
                            look.px(4));
        drawText(list, look.fonts.body, {box.left + look.px(6), y + look.px(1)},
                 toColour(each.asked ? t.faint
                          : first    ? t.brass
                                     : t.text),
                 clipped(look.fonts.body, told.names[i], std::max(room, look.px(40))));
        drawText(list, look.fonts.mono, {third, y + look.px(1)}, toColour(t.secondary), formatFixed(each.score, 3), Align::right);
        drawText(list, look.fonts.mono, {second, y + look.px(1)}, toColour(t.secondary), std::to_string(each.rank), Align::right);
        drawText(list, look.fonts.mono, {right, y + look.px(1)},
                 toColour(each.asked ? t.faint
                          : first    ? t.brass
                                     : t.text),
                 each.asked ? look.tr("asked") : std::to_string(each.without), Align::right);
        y += height;
    }
    return y - box.top;
}

void WordsPage::drawAnswers(ImDrawList* list, const Look& look, const Box& box, const WordsTold& told) {
    const Theme& t = look.theme;
    look.texts.note(told.expression);
    const std::string title = told.expression.empty() ? look.tr("Arithmetic with words") : told.expression;
    drawText(list, look.fonts.title, {box.left, box.top}, toColour(told.expression.empty() ? t.text : t.brass),
             clipped(look.fonts.title, title, box.width()));
    float y = box.top + look.px(28);
    if (told.candidates.empty()) {
        const std::string text =
            told.problem.empty() ? look.tr("Write an expression in the panel: king - man + woman") : told.problem;
        look.texts.note(text);
        words(list, look, {box.left, y}, box.width(), text, told.problem.empty() ? t.secondary : t.bad);
        y += tall(look, box.width(), text) + look.px(12);
    } else {
        y += drawCandidates(list, look, {box.left, y, std::min(box.right, box.left + look.px(560)), box.bottom}, told,
                            mostCandidates) +
             look.px(12);
    }
    if (told.analogies) {
        const std::string line = look.tr("known analogies that come true") + "  " + formatFixed(100 * *told.analogies, 1) + " %";
        drawText(list, look.fonts.body, {box.left, y}, toColour(t.text), line);
        if (told.analogiesOfAll) {
            y += look.px(18);
            drawText(list, look.fonts.body, {box.left, y}, toColour(t.secondary),
                     look.tr("nothing left out") + "  " + formatFixed(100 * *told.analogiesOfAll, 1) + " %");
        }
    }
}

void WordsPage::draw(ImDrawList* list, const Look& look, const Box& room, const WordsTold& told,
                     std::optional<glm::dvec2> pointer) {
    m_spots.clear();
    const float y = drawOneHot(list, look, room, told, pointer);
    const Box rest{room.left, y, room.right, room.bottom};
    note("answers", rest.low(), rest.high());
    drawAnswers(list, look, rest, told);
}

} // namespace orrery::ui::emb
