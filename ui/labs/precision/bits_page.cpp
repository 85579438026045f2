// SPDX-License-Identifier: GPL-3.0-or-later
// Where things stand, and the hands on them. What is drawn is in bits_draw.cpp.
#include "ui/labs/precision/bits_page.h"

#include "engine/lab/names.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

using tensor::Format;

namespace {

constexpr float cellsTop = 104, lineHeight = 28, factsHeight = 46, tableHead = 24, axisHeight = 40; ///< logical pixels
constexpr double linearHome = 12;                                                                   ///< spacings to each side

} // namespace

std::unique_ptr<Page> makeBitsPage(lab::Session& session, const precision::PrecisionLab& lab) {
    return std::make_unique<BitsPage>(session, lab);
}

NumberLine BitsPage::line() const {
    NumberLine line;
    line.logarithmic = m_session.settings().text("line") == "log";
    const double value = bits().wanted(), spacing = tensor::spacing(bits().format(), value);
    const bool inside = std::isfinite(value) && std::isfinite(spacing);
    line.centre = inside ? value : std::copysign(bits().format().maxFinite, std::isnan(value) ? 1 : value);
    line.unit = inside ? spacing : tensor::spacing(bits().format(), bits().format().maxFinite);
    return line;
}

Rect BitsPage::home(const Place& place) const {
    // All of FP16 and FP8, and the value wherever it is; only the width counts.
    double low = -26, high = 18;
    if (line().logarithmic) {
        const double u = line().coordinateOf(bits().wanted());
        if (std::isfinite(u)) low = std::min(low, std::floor(u) - 4), high = std::max(high, std::ceil(u) + 4);
    } else {
        low = -linearHome, high = linearHome;
    }
    Rect rect = place.around({{low, 0}, {high, 1}}, {place.left(), 0}, {place.right(), 1});
    rect.low.y = -1e-3, rect.high.y = 1e-3;
    return rect;
}

std::uint64_t BitsPage::frameOfReference() const { return line().logarithmic ? 0 : 1; }

BitsPage::Layout BitsPage::layout(const Place& p) const {
    const BitCells cells(bits().format(), p.left(), p.right(), p.px(cellsTop), p.scale);
    Layout at{.cells = cells, .formula = cells.bottom() + p.px(12), .text = p.px(19)};
    at.facts = at.formula + p.px(lineHeight);
    at.table = at.facts + p.px(factsHeight + tableHead);
    const float room = p.bottom() - p.px(axisHeight) - at.table;
    at.pitch = std::clamp(room / float(formats), p.px(27), p.px(58));
    at.lane = std::clamp(at.pitch - p.px(30), p.px(5), p.px(18));
    at.axis = at.table + at.pitch * float(formats);
    return at;
}

int BitsPage::rowAt(double y, const Layout& at) const {
    const int row = int(std::floor((float(y) - at.table) / at.pitch));
    return row >= 0 && row < int(formats) ? row : -1;
}

bool BitsPage::onLane(double y, const Layout& at, int row) const {
    return row >= 0 && float(y) >= at.laneTop(std::size_t(row)) - 2;
}

bool BitsPage::spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const {
    const Layout at = layout(place);
    if (name.starts_with("bit ")) {
        const int bit = std::atoi(name.c_str() + 4);
        if (bit < 0 || bit >= bits().format().bits()) return false;
        low = {at.cells.low(bit).x, at.cells.low(bit).y}, high = {at.cells.high(bit).x, at.cells.high(bit).y};
        return true;
    }
    for (std::size_t row = 0; row < formats; ++row) {
        const std::string& key = precision::formatKeys()[row];
        if (name == "lane " + key) {
            low = {place.left(), at.laneTop(row)}, high = {place.right(), at.laneTop(row) + at.lane};
            return true;
        }
        if (name == "name " + key) {
            low = {place.left(), at.rowTop(row)}, high = {place.left() + place.px(48), at.laneTop(row)};
            return true;
        }
    }
    return false;
}

bool BitsPage::input(const Input& event, const Camera&, const Place& place) {
    const bool left = event.button == Input::Button::left;
    switch (event.kind) {
        case Input::Kind::move: {
            m_hovered = layout(place).cells.at(float(event.px.x), float(event.px.y));
            if (m_painting && m_hovered >= 0) {
                const std::uint64_t mask = std::uint64_t{1} << m_hovered, next = m_paint ? m_code | mask : m_code & ~mask;
                m_changed = m_changed || next != m_code;
                m_code = next;
            }
            return m_painting || m_hovered >= 0;
        }
        case Input::Kind::press: {
            const int bit = left ? layout(place).cells.at(float(event.px.x), float(event.px.y)) : -1;
            if (bit < 0) return false;
            m_painting = m_changed = true, m_ends = false;
            m_code = bits().number().code ^ std::uint64_t{1} << bit;
            m_paint = m_code >> bit & 1;
            m_hovered = bit;
            m_session.beginGesture();
            return true;
        }
        case Input::Kind::release:
            if (!m_painting || !left) return false;
            m_ends = true;
            return true;
        case Input::Kind::leave:
            m_hovered = -1;
            return false;
        case Input::Kind::focusLost:
            m_ends = m_painting;
            return false;
        default:
            return false;
    }
}

/// On a number line the nearest number of that format; on a row its format.
void BitsPage::click(const Input& event, const Camera& camera, const Place& place) {
    const Layout at = layout(place);
    const int row = event.px.x >= double(place.left()) ? rowAt(event.px.y, at) : -1;
    if (row < 0) return;
    m_format = lab::Value(precision::formatKeys()[std::size_t(row)]);
    if (!onLane(event.px.y, at, row)) return;
    const double value = line().valueAt(camera.toData(event.px).x);
    const bool negative = line().logarithmic && std::signbit(bits().wanted()); // that line shows magnitudes
    m_value = lab::Value(lab::shortest(Numbers(*tensor::formats[std::size_t(row)]).nearest(negative ? -value : value)));
}

void BitsPage::settle() {
    if (m_changed) {
        m_changed = false;
        m_session.set("value", precision::textOf(bits().format(), m_code));
    }
    if (m_ends) letGo();
    if (m_format) {
        std::vector<std::pair<std::string, lab::Value>> values{{"format", *m_format}};
        if (m_value) values.emplace_back("value", *m_value);
        m_format.reset(), m_value.reset();
        m_session.set(values);
    }
}

void BitsPage::letGo() {
    if (m_painting) m_session.endGesture();
    m_painting = m_changed = m_ends = false;
    m_format.reset(), m_value.reset();
}

std::optional<Told> BitsPage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    const Layout at = layout(place);
    if (const int bit = at.cells.at(float(px.x), float(px.y)); bit >= 0) {
        const precision::Field field = precision::fieldOf(bits().format(), bit);
        const std::string& name = look.tr(field == precision::Field::sign       ? "sign"
                                          : field == precision::Field::exponent ? "exponent"
                                                                                : "fraction");
        return Told{name, bits().inspectBit(bit)};
    }
    const int row = px.x >= double(place.left()) ? rowAt(px.y, at) : -1;
    if (row < 0) return std::nullopt;
    const Format& format = *tensor::formats[std::size_t(row)];
    if (!onLane(px.y, at, row)) return Told{precision::labelOf(format), bits().inspectRounding(std::size_t(row))};
    const double value = line().valueAt(camera.toData(px).x);
    return Told{precision::labelOf(format), precision::Bits::inspectNumber(format, Numbers(format).nearest(value))};
}

} // namespace orrery::ui
