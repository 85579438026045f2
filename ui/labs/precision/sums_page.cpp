// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/sums_page.h"

#include "engine/lab/names.h"
#include "ui/panels/numbers.h"
#include "ui/panels/ticks.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

constexpr float axisLeft = 68, namesRight = 76, axisBelow = 46, gapAbove = 28; ///< logical pixels, within the page
constexpr double leastError = -17, mostError = 0.3;                            ///< decimal logarithms
constexpr int mostPoints = 600; ///< of a curve: a draw list of ImGui holds 65,536 vertices, four to a point
constexpr float dash = 6;

} // namespace

std::unique_ptr<Page> makeSumsPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<SumsPage>(session, lab);
}

PlotBox SumsPage::box(const Place& p) const {
    PlotBox box{p.left() + p.px(axisLeft), p.right() - p.px(namesRight), p.px(p.hud + gapAbove), p.bottom() - p.px(axisBelow)};
    box.right = std::max(box.right, box.left + 8), box.bottom = std::max(box.bottom, box.top + 8);
    return box;
}

/// The plot is one unit high, and as wide as it is: the camera's zoom then keeps its shape.
double SumsPage::aspect(const Place& place) const {
    const PlotBox b = box(place);
    return double(b.right - b.left) / double(b.bottom - b.top);
}

Rect SumsPage::home(const Place& place) const {
    const PlotBox b = box(place);
    return place.around({{0, 0}, {aspect(place), 1}}, {b.left, b.top}, {b.right, b.bottom});
}

ImVec2 SumsPage::toPx(const Camera& camera, const Place& place, double terms, double share) const {
    const double x = terms / std::max(1, sums().steps()) * aspect(place);
    const glm::dvec2 px = camera.toPx({x, share});
    return {float(std::clamp(px.x, -1e5, 1e5)), float(std::clamp(px.y, -1e5, 1e5))};
}

double SumsPage::termsAt(const Camera& camera, const Place& place, double px) const {
    return camera.toData({px, 0}).x / aspect(place) * sums().steps();
}

/// Of the whole run, as far as it can be known before it is computed, so that axes stand still while the sum grows.
SumsPage::Range SumsPage::range() const {
    if (errors()) return {leastError, mostError};
    const precision::SumsRequest& r = sums().request();
    const double n = r.count;
    Range range;
    if (r.terms == precision::Terms::same)
        range = {std::min(r.start, r.start + n * r.term), std::max(r.start, r.start + n * r.term)};
    if (r.terms == precision::Terms::uniform) range = {0, 0.5 * n + 2 * std::sqrt(n / 12)};
    if (r.terms == precision::Terms::dot) range = {-2 * std::sqrt(n), 2 * std::sqrt(n)};
    for (int n = 0, step = std::max(1, sums().computed() / 512); n <= sums().computed(); n += step)
        range = {std::min(range.low, sums().exact(n)), std::max(range.high, sums().exact(n))};
    const double room = std::max(0.06 * (range.high - range.low), 1e-300);
    return {range.low - room, range.high + room};
}

double SumsPage::shareOf(const Range& range, double value) const {
    return errors() ? (std::log10(value) - range.low) / (range.high - range.low) : (value - range.low) / (range.high - range.low);
}

std::vector<SumsPage::Curve> SumsPage::curves(const Look& look) const {
    const bool errors = this->errors();
    const auto off = [this](double sum, int n) {
        return std::abs(sum - sums().exact(n)) / std::max(sums().magnitude(n), 1e-300);
    };
    std::vector<Curve> all;
    if (!errors) {
        const auto exact = [this](int n) { return sums().exact(n); };
        all.push_back({.name = "float64", .colour = look.theme.text, .width = 1.4f, .at = exact});
    }
    for (std::size_t row = 0; row < precision::Sums::formats; ++row) {
        const tensor::Format& f = *tensor::formats[row];
        const bool chosen = row == sums().chosen();
        if (row == 0 && !errors && !chosen) continue; // FP64 lies under the reference
        const auto at = [this, row, errors, off](int n) {
            const double sum = sums().inFormat(row, n);
            return errors ? off(sum, n) : sum;
        };
        all.push_back({.name = precision::labelOf(f),
                       .colour = formatColour(look, f),
                       .width = chosen ? 2.6f : 1.4f,
                       .at = at,
                       .row = int(row)});
    }
    const std::size_t row = sums().chosen();
    const auto master = [this, row, errors, off](int n) {
        const double sum = sums().inFloat32(row, n);
        return errors ? off(sum, n) : sum;
    };
    all.push_back({.name = std::string(precision::labelOf(*tensor::formats[row])) + ", " + look.tr("added in FP32"),
                   .colour = look.theme.brass,
                   .width = 1.8f,
                   .dashed = true,
                   .at = master,
                   .row = int(row),
                   .master = true});
    return all;
}

void SumsPage::drawAxes(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range) const {
    const PlotBox b = box(place);
    const glm::vec4& ink = look.theme.secondary;
    std::vector<AxisTick> x, y;
    for (const Tick& t : niceTicks(termsAt(camera, place, b.left), termsAt(camera, place, b.right), 9))
        x.push_back({toPx(camera, place, t.value, 0).x, {{t.text, ink}}});
    drawXAxis(list, look, b.left, b.right, b.bottom, x, look.tr("number of terms n"));
    const auto at = [&](double px) { return range.low + camera.toData({0, px}).y * (range.high - range.low); };
    for (const Tick& t : niceTicks(at(b.bottom), at(b.top), std::max(3, int((b.bottom - b.top) / look.px(44))))) {
        const float py = toPx(camera, place, 0, (t.value - range.low) / (range.high - range.low)).y;
        std::vector<Run> text{{t.text, ink}};
        if (errors()) {
            if (t.value != std::floor(t.value)) continue;
            text = {{"10", ink}, {formatFixed(t.value, 0), ink, true}};
        }
        y.push_back({py, text});
    }
    drawYAxis(list, look, b.left, b.right, b.top, b.bottom, y,
              look.tr(errors() ? "error, share of the sum of magnitudes" : "sum of n terms"));
}

void SumsPage::drawCurve(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range,
                         const Curve& curve) const {
    const PlotBox b = box(place);
    const int last = sums().position();
    const int from = std::clamp(int(termsAt(camera, place, b.left)), 0, last);
    const int to = std::clamp(int(termsAt(camera, place, b.right)) + 1, 0, last);
    const int step = std::max(1, (to - from + mostPoints - 1) / mostPoints);
    std::vector<ImVec2> points;
    const ImU32 ink = toColour(curve.colour);
    const auto flush = [&] {
        if (points.size() > 1) list->AddPolyline(points.data(), int(points.size()), ink, 0, look.px(curve.width));
        points.clear();
    };
    float gone = 0; // along the line, for dashes
    for (int n = from;; n = std::min(n + step, to)) {
        const double share = shareOf(range, curve.at(n));
        if (std::isfinite(share)) {
            const ImVec2 p = toPx(camera, place, n, share);
            if (curve.dashed && !points.empty()) {
                gone += std::hypot(p.x - points.back().x, p.y - points.back().y);
                if (gone > look.px(dash)) {
                    points.push_back(p);
                    flush();
                    gone = -look.px(dash * 0.7f);
                }
            }
            if (gone < 0 && curve.dashed) points.clear();
            points.push_back(p);
        } else {
            flush();
        }
        if (n == to) break;
    }
    flush();
    const double now = shareOf(range, curve.at(last));
    if (std::isfinite(now)) list->AddCircleFilled(toPx(camera, place, last, now), look.px(curve.width + 1.6f), ink);
}

void SumsPage::drawNames(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range,
                         const std::vector<Curve>& curves) const {
    std::vector<EndName> names;
    for (const Curve& curve : curves) {
        const double share = shareOf(range, curve.at(sums().position()));
        if (curve.master || !std::isfinite(share)) continue; // the readout names that one
        names.push_back({toPx(camera, place, 0, share).y, curve.colour, curve.name});
    }
    drawEndNames(list, look, box(place), std::move(names));
}

/// Where theory says that the chosen format's sum of equal terms stops.
void SumsPage::drawWall(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range) const {
    const precision::SumsRequest& r = sums().request();
    if (errors() || r.terms != precision::Terms::same) return;
    const double wall = precision::Sums::sticksAt(*r.format, r.start, r.term);
    const PlotBox b = box(place);
    const float y = toPx(camera, place, 0, shareOf(range, wall)).y;
    if (!std::isfinite(wall) || y < b.top || y > b.bottom) return;
    const ImU32 ink = toColour(formatColour(look, *r.format), 0.7f);
    for (float x = b.left; x < b.right; x += look.px(8))
        list->AddLine({x, y}, {std::min(x + look.px(3), b.right), y}, ink, look.px(1));
    const std::string text = look.tr("here a term is at most half a spacing") + ": " + brief(wall, 7);
    drawText(list, look.fonts.small, {b.right - look.px(6), y - fontHeight(look.fonts.small) - look.px(3)},
             toColour(look.theme.secondary), text, Align::right);
}

void SumsPage::drawReadout(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range,
                           const std::vector<Curve>& curves) const {
    const Theme& theme = look.theme;
    const PlotBox b = box(place);
    const int n = sums().position();
    const float pitch = look.px(19), pad = look.px(12), name = look.px(150), value = look.px(100), error = look.px(84);
    const ImVec2 size(name + value + error + 2 * pad, pitch * float(curves.size() + 1) + 2 * pad - look.px(6));
    // In that corner where it hides least of the run.
    const ImVec2 above(b.left + look.px(14), b.top + look.px(8)), below(above.x, b.bottom - look.px(8) - size.y);
    const auto hidden = [&](ImVec2 corner) {
        int points = 0;
        for (const Curve& curve : curves)
            for (int k = 0; k <= 64; ++k) {
                const int at = sums().computed() * k / 64;
                const ImVec2 p = toPx(camera, place, at, shareOf(range, curve.at(at)));
                points += p.x < corner.x + size.x && p.y > corner.y && p.y < corner.y + size.y;
            }
        return points;
    };
    const ImVec2 low = hidden(above) <= hidden(below) ? above : below, high(low.x + size.x, low.y + size.y);
    drawGround(list, look, low, high);
    float y = low.y + pad - look.px(2);
    const float left = low.x + pad, sumRight = left + name + value, errorRight = sumRight + error;
    drawText(list, look.fonts.mono, {left, y}, toColour(theme.text), "n = " + std::to_string(n));
    drawText(list, look.fonts.small, {sumRight, y + look.px(2)}, toColour(theme.faint), look.tr("sum of n terms"), Align::right);
    drawText(list, look.fonts.small, {errorRight, y + look.px(2)}, toColour(theme.faint), look.tr("error"), Align::right);
    for (const Curve& curve : curves) {
        y += pitch;
        list->AddRectFilled({left, y + look.px(6)}, {left + look.px(10), y + look.px(9)}, toColour(curve.colour));
        const bool chosen = curve.row == int(sums().chosen()) && !curve.master;
        drawText(list, look.fonts.body, {left + look.px(18), y}, toColour(chosen ? theme.text : theme.secondary), curve.name);
        const std::size_t row = std::size_t(std::max(0, curve.row));
        const double sum = curve.row < 0 ? sums().exact(n) : curve.master ? sums().inFloat32(row, n) : sums().inFormat(row, n);
        drawText(list, look.fonts.mono, {sumRight, y}, toColour(theme.text), brief(sum, 10), Align::right);
        if (curve.row < 0) continue;
        const double off = sum - sums().exact(n);
        const bool bad = !(std::abs(off) <= 0.01 * std::abs(sums().exact(n)));
        drawText(list, look.fonts.mono, {errorRight, y}, toColour(bad ? theme.bad : theme.secondary), brief(off, 4),
                 Align::right);
    }
}

/// "FP16  1 + 1000 x 2^-12": what is being added.
void SumsPage::drawHead(ImDrawList* list, const Look& look, const Place& place) const {
    const precision::SumsRequest& r = sums().request();
    const std::string name = precision::labelOf(*r.format), count = std::to_string(r.count);
    const float y = look.px(18), x = place.left() + textWidth(look.fonts.title, name) + look.px(12);
    drawText(list, look.fonts.title, {place.left(), y}, toColour(look.theme.brass), name);
    const lab::Settings& s = m_session.settings();
    const bool bare = s.text("term").find_first_of(" +") == std::string::npos;
    const std::string term = bare ? s.text("term") : "(" + s.text("term") + ")";
    if (r.terms == precision::Terms::same)
        drawText(list, look.fonts.mono, {x, y + look.px(2)}, toColour(look.theme.text),
                 (r.start == 0 ? "" : s.text("start") + " + ") + count + " \xC3\x97 " + term);
    else
        drawText(list, look.fonts.body, {x, y + look.px(2)}, toColour(look.theme.text),
                 count + " " +
                     look.tr(r.terms == precision::Terms::dot ? "products of two random normal vectors"
                                                              : "random numbers between 0 and 1"));
    drawText(list, look.fonts.small, {place.left(), y + look.px(28)}, toColour(look.theme.secondary),
             look.tr("each sum is rounded to its format after every term"));
}

void SumsPage::draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) {
    const PlotBox b = box(place);
    const Range range = this->range();
    const std::vector<Curve> all = curves(look);
    drawHead(list, look, place);
    drawAxes(list, look, camera, place, range);
    list->PushClipRect({b.left, b.top - look.px(4)}, {b.right + look.px(4), b.bottom + look.px(4)}, true);
    drawWall(list, look, camera, place, range);
    const float now = toPx(camera, place, sums().position(), 0).x;
    list->AddLine({now, b.top}, {now, b.bottom}, toColour(look.theme.brass, 0.6f), look.px(1));
    for (const Curve& curve : all)
        if (curve.row != int(sums().chosen())) drawCurve(list, look, camera, place, range, curve);
    for (const Curve& curve : all) // the chosen one on top
        if (curve.row == int(sums().chosen())) drawCurve(list, look, camera, place, range, curve);
    list->PopClipRect();
    drawNames(list, look, camera, place, range, all);
    drawReadout(list, look, camera, place, range, all);
}

std::optional<Told> SumsPage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    const PlotBox b = box(place);
    if (px.x < b.left || px.x > b.right || px.y < b.top || px.y > b.bottom) return std::nullopt;
    const int n = std::clamp(int(std::lround(termsAt(camera, place, px.x))), 0, sums().position());
    std::size_t nearest = sums().chosen();
    double least = look.px(14);
    for (const Curve& curve : curves(look)) {
        const double share = shareOf(range(), curve.at(n));
        const double away = std::isfinite(share) ? std::abs(double(toPx(camera, place, n, share).y) - px.y) : 1e9;
        if (curve.row >= 0 && away < least) least = away, nearest = std::size_t(curve.row);
    }
    return Told{precision::labelOf(*tensor::formats[nearest]), sums().inspect(nearest, n)};
}

bool SumsPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    const PlotBox b = box(place);
    low = {b.left, b.top}, high = {b.right, b.bottom};
    return name == "curves";
}

} // namespace orrery::ui
