// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/names.h"
#include "ui/labs/precision/bits_page.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using precision::Anatomy;
using precision::Field;
using precision::Rounded;
using tensor::Kind;

namespace {

constexpr const char* minus = "\xE2\x88\x92";

/// Columns of the table: right edges in logical pixels from the left; the chance takes the rest.
constexpr float nameWidth = 48, valueRight = 208, errorRight = 300, relativeRight = 372, ulpsRight = 440, chanceLeft = 460,
                widestChance = 320;

std::string percent(double share) {
    const double p = 100 * share;
    return (p > 0 && p < 0.1 ? "<0.1" : p > 99.9 && p < 100 ? ">99.9" : formatFixed(p, p < 10 && p != 0 ? 1 : 0)) + " %";
}

} // namespace

void BitsPage::draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) {
    const Layout at = layout(place);
    drawHead(list, look, place);
    at.cells.draw(list, look, bits().number(), m_hovered);
    drawFormula(list, look, {place.left(), at.formula});
    drawFacts(list, look, place, at.facts);
    drawTable(list, look, camera, place, at);
    drawMarks(list, look, camera, place, at);
}

/// What was written, and what the format holds of it.
void BitsPage::drawHead(ImDrawList* list, const Look& look, const Place& place) const {
    const Theme& theme = look.theme;
    const Anatomy& a = bits().number();
    float x = place.left();
    const float y = look.px(18);
    const std::string name = precision::labelOf(bits().format());
    drawText(list, look.fonts.title, {x, y}, toColour(theme.brass), name);
    x += textWidth(look.fonts.title, name) + look.px(10);
    const bool odd = a.kind == Kind::infinity || a.kind == Kind::nan;
    drawText(list, look.fonts.body, {x, y + look.px(2)}, toColour(odd ? theme.bad : theme.secondary),
             look.tr(precision::toString(a.kind)));
    const auto line = [&](float top, const char* label, const std::string& value, const glm::vec4& ink) {
        drawText(list, look.fonts.small, {place.left(), top + look.px(2)}, toColour(theme.secondary), look.tr(label));
        drawText(list, look.fonts.mono, {place.left() + look.px(66), top}, toColour(ink), value);
    };
    look.texts.note(m_session.settings().text("value"));
    line(look.px(46), "written", m_session.settings().text("value"), theme.text);
    line(look.px(68), "held", precision::textOf(bits().format(), a.code), odd ? theme.bad : theme.brass);
}

/// sign x 2^(e - bias) x 1.f with this number's own figures in it.
void BitsPage::drawFormula(ImDrawList* list, const Look& look, ImVec2 at) const {
    const Anatomy& a = bits().number();
    const Theme& theme = look.theme;
    const glm::vec4 sign = BitCells::colour(look, Field::sign), exponent = BitCells::colour(look, Field::exponent),
                    fraction = BitCells::colour(look, Field::fraction), &plain = theme.secondary, &text = theme.text;
    if (a.kind == Kind::nan || a.kind == Kind::infinity) {
        drawText(list, look.fonts.body, at, toColour(theme.bad),
                 look.tr(a.kind == Kind::nan ? "All ones in the exponent and a fraction: not a number"
                                             : "All ones in the exponent and no fraction: infinity"));
        return;
    }
    const std::string numerator = std::to_string(a.fraction), one = a.hiddenOne() ? "1" : "0";
    std::vector<Run> runs{{"(", plain},
                          {std::string(minus) + "1", plain},
                          {")", plain},
                          {a.negative ? "1" : "0", sign, true},
                          {" \xC3\x97 2", plain}};
    const std::string field = a.hiddenOne() ? std::to_string(a.field) : "1";
    runs.push_back({field, exponent, true});
    runs.push_back({std::string(minus) + std::to_string(a.format->bias), plain, true});
    runs.push_back({" \xC3\x97 (" + one + " + ", plain});
    runs.push_back({numerator, fraction});
    runs.push_back({" / 2", plain});
    runs.push_back({std::to_string(a.format->mantissaBits), plain, true});
    runs.push_back({") = ", plain});
    runs.push_back({precision::textOf(*a.format, a.code), text});
    drawRuns(list, look, at, runs);
}

void BitsPage::drawFacts(ImDrawList* list, const Look& look, const Place& place, float y) const {
    const Anatomy& a = bits().number();
    const tensor::Format& f = *a.format;
    const std::pair<const char*, std::string> facts[2][3] = {{{"next below", lab::shortest(a.next.below)},
                                                              {"next above", lab::shortest(a.next.above)},
                                                              {"spacing (ulp)", brief(a.spacing, 4)}},
                                                             {{"greatest", brief(f.maxFinite, 6)},
                                                              {"least normal", brief(f.minNormal(), 4)},
                                                              {"least subnormal", brief(f.minSubnormal(), 4)}}};
    const float width = std::min(place.right() - place.left(), look.px(860)), columns[] = {0, 0.36f, 0.72f};
    for (int row = 0; row < 2; ++row)
        for (int column = 0; column < 3; ++column) {
            const auto& [label, value] = facts[row][column];
            const float x = place.left() + width * columns[column], top = y + look.px(22) * float(row);
            const std::string& name = look.tr(label);
            drawText(list, look.fonts.small, {x, top + look.px(2)}, toColour(look.theme.secondary), name);
            drawText(list, look.fonts.mono, {x + textWidth(look.fonts.small, name) + look.px(8), top}, toColour(look.theme.text),
                     value);
        }
}

void BitsPage::drawTable(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Layout& at) const {
    const Theme& theme = look.theme;
    const float left = place.left(), head = at.table - look.px(18);
    list->AddLine({left, head - look.px(6)}, {place.right(), head - look.px(6)}, toColour(theme.line),
                  std::max(1.f, std::floor(look.scale)));
    const std::pair<float, const char*> heads[] = {
        {valueRight, "held"}, {errorRight, "error"}, {relativeRight, "relative"}, {ulpsRight, "in ulps"}};
    const ImU32 faint = toColour(theme.faint);
    for (const auto& [x, name] : heads)
        drawText(list, look.fonts.small, {left + look.px(x), head}, faint, look.tr(name), Align::right);
    drawText(list, look.fonts.small, {left + look.px(chanceLeft), head}, faint,
             look.tr("stochastic rounding: toward zero or away"));
    const NumberLine line = this->line();
    for (std::size_t row = 0; row < formats; ++row) {
        drawRow(list, look, place, at, row);
        drawLane(list, look, camera, line,
                 {tensor::formats[row], left, place.right(), at.laneTop(row), at.laneTop(row) + at.lane,
                  tensor::formats[row] == &bits().format()});
    }
    const std::string name = line.logarithmic ? look.tr("magnitude of the number")
                                              : look.tr("spacings of the format from the number") + " (" +
                                                    std::string(precision::labelOf(bits().format())) + ")";
    drawXAxis(list, look, left, place.right(), at.axis, ticksOf(look, camera, line, left, place.right()), name);
}

void BitsPage::drawRow(ImDrawList* list, const Look& look, const Place& place, const Layout& at, std::size_t row) const {
    const Theme& theme = look.theme;
    const Rounded& r = bits().rounded()[row];
    const bool chosen = r.format == &bits().format(), exact = r.absolute == 0;
    const bool ruined = !std::isfinite(r.absolute) || std::abs(r.relative) >= 1;
    const float left = place.left(), y = at.rowTop(row);
    drawText(list, look.fonts.mono, {left, y}, toColour(chosen ? theme.brass : theme.text), precision::labelOf(*r.format));
    const auto cell = [&](float right, const std::string& text, const glm::vec4& ink) {
        drawText(list, look.fonts.mono, {left + look.px(right), y}, toColour(ink), text, Align::right);
    };
    const glm::vec4& ink = ruined ? theme.bad : theme.secondary;
    std::string held = lab::shortest(r.value);
    if (held.size() > 19) held = formatScientific(r.value, 12);
    cell(valueRight, held, ruined ? theme.bad : theme.text);
    const bool measured = std::isfinite(r.absolute);
    const auto error = [&](const std::string& text) { return exact ? "0" : measured ? text : "\xE2\x80\x93"; };
    cell(errorRight, error(brief(r.absolute, 3)), exact ? theme.faint : ink);
    cell(relativeRight, error(formatScientific(std::abs(r.relative), 2)), exact ? theme.faint : ink);
    cell(ulpsRight, error(brief(r.ulps, 2)), exact ? theme.faint : ink);
    const float right = std::min(place.right(), left + look.px(chanceLeft + widestChance));
    drawChance(list, look, r, left + look.px(chanceLeft), right, y);
}

void BitsPage::drawChance(ImDrawList* list, const Look& look, const Rounded& r, float left, float right, float y) const {
    const Theme& theme = look.theme;
    if (r.up == 0) {
        drawText(list, look.fonts.small, {left, y + look.px(2)}, toColour(theme.faint), look.tr("held as it is"));
        return;
    }
    if (!std::isfinite(r.away) && r.up == 1) {
        drawText(list, look.fonts.small, {left, y + look.px(2)}, toColour(theme.bad), look.tr("beyond its greatest number"));
        return;
    }
    const float text = look.px(58), barLeft = left + text, barRight = right - text;
    const float middle = y + fontHeight(look.fonts.mono) / 2, half = look.px(3);
    drawText(list, look.fonts.mono, {barLeft - look.px(8), y}, toColour(theme.secondary), percent(1 - r.up), Align::right);
    drawText(list, look.fonts.mono, {barRight + look.px(8), y}, toColour(theme.text), percent(r.up));
    if (barRight - barLeft < look.px(16)) return;
    const float split = barLeft + float(1 - r.up) * (barRight - barLeft);
    list->AddRectFilled({barLeft, middle - half}, {split - look.px(1), middle + half}, toColour(theme.line));
    list->AddRectFilled({split + look.px(1), middle - half}, {barRight, middle + half}, toColour(theme.dimBrass));
}

/// Where the written number is, and where each format puts it.
void BitsPage::drawMarks(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Layout& at) const {
    const Theme& theme = look.theme;
    const NumberLine line = this->line();
    const float left = place.left(), right = place.right();
    const auto x = [&](double value) {
        const double u = line.coordinateOf(value);
        return std::isfinite(u) ? float(std::clamp(camera.toPx({u, 0}).x, -1e6, 1e6)) : -1e6f;
    };
    const float here = std::isfinite(bits().wanted()) ? x(bits().wanted()) : -1e6f;
    list->PushClipRect({left, 0}, {right + 1, float(place.size.y)}, true);
    for (std::size_t row = 0; row < formats; ++row) {
        const Rounded& r = bits().rounded()[row];
        const float top = at.laneTop(row), bottom = top + at.lane;
        list->AddLine({here, top - look.px(2)}, {here, bottom + look.px(2)}, toColour(theme.text), look.px(1.5f));
        const auto dot = [&](double value, double share) {
            if (!std::isfinite(value)) return;
            const float radius = look.px(2 + 4 * float(std::sqrt(share)));
            list->AddCircleFilled({x(value), bottom}, radius + look.px(1), toColour(theme.ground));
            list->AddCircleFilled({x(value), bottom}, radius, toColour(theme.info));
        };
        // Two candidates, each as large as it is likely, once they can be told apart.
        if (r.up > 0 && std::abs(x(r.away) - x(r.toward)) > look.px(8)) {
            dot(r.toward, 1 - r.up);
            dot(r.away, r.up);
        } else {
            dot(r.value, 0.2);
        }
    }
    list->PopClipRect();
}

} // namespace orrery::ui
