// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/diffusion/mixture_handles.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

constexpr double centreReach = 10, ringReach = 6; ///< logical pixels
constexpr double weightPerPx = 1.01, weightPerNotch = 1.1;
constexpr int columns = 4; ///< x, y, s, weight

double& value(lab::Points& rows, int row, int column) { return rows.values[std::size_t(row * columns + column)]; }
double value(const lab::Points& rows, int row, int column) { return rows.values[std::size_t(row * columns + column)]; }

double toStep(double v, const lab::Parameter& p) {
    return std::clamp(p.step > 0 ? std::round(v / p.step) * p.step : v, p.low, p.high);
}
double positive(double v, const lab::Parameter& p) { return std::max(p.step, toStep(v, p)); }

} // namespace

MixtureHandles::Hit MixtureHandles::at(glm::dvec2 px, const Camera& camera, float scale, const lab::Points& rows) const {
    Hit best;
    double nearest = centreReach * scale;
    for (int row = 0; row < int(rows.rows()); ++row) {
        const glm::dvec2 centre = camera.toPx({value(rows, row, 0), value(rows, row, 1)});
        const double away = glm::distance(px, centre);
        if (away <= nearest) nearest = away, best = {row, Part::centre};
    }
    if (best.row >= 0) return best;
    nearest = ringReach * scale;
    for (int row = 0; row < int(rows.rows()); ++row) {
        const glm::dvec2 centre = camera.toPx({value(rows, row, 0), value(rows, row, 1)});
        const double away = std::abs(glm::distance(px, centre) - value(rows, row, 2) / camera.unitsPerPx());
        if (away <= nearest) nearest = away, best = {row, Part::ring};
    }
    return best;
}

bool MixtureHandles::drag(const Input& event, const Camera& camera, float scale, const lab::Parameter& parameter,
                          lab::Points& rows) {
    if (m_chosen < 0 || m_chosen >= int(rows.rows())) return false;
    const glm::dvec2 pointer = camera.toData(event.px);
    const lab::Points before = rows;
    switch (m_drag) {
        case Part::centre:
            value(rows, m_chosen, 0) = toStep(pointer.x + m_grab.x, parameter);
            value(rows, m_chosen, 1) = toStep(pointer.y + m_grab.y, parameter);
            break;
        case Part::ring: {
            const glm::dvec2 centre(value(rows, m_chosen, 0), value(rows, m_chosen, 1));
            value(rows, m_chosen, 2) = positive(glm::distance(pointer, centre), parameter);
            break;
        }
        case Part::weight:
            // Not rounded to the step: a slow drag would never leave it.
            value(rows, m_chosen, 3) =
                std::clamp(value(rows, m_chosen, 3) * std::pow(weightPerPx, (m_last.y - event.px.y) / scale), parameter.step,
                           parameter.high);
            break;
        case Part::none:
            break;
    }
    m_last = event.px;
    return !(rows == before);
}

MixtureHandles::Outcome MixtureHandles::input(const Input& event, const Camera& camera, float scale,
                                              const lab::Parameter& parameter, lab::Points& rows) {
    switch (event.kind) {
        case Input::Kind::move: {
            if (dragging()) return drag(event, camera, scale, parameter, rows) ? Outcome::changed : Outcome::hovered;
            const Hit hit = at(event.px, camera, scale, rows);
            m_hover = hit.row, m_hoverPart = hit.part;
            return hit.row >= 0 ? Outcome::hovered : Outcome::none;
        }
        case Input::Kind::press: {
            if (event.button != Input::Button::left) return Outcome::none;
            const Hit hit = at(event.px, camera, scale, rows);
            if (hit.row < 0) {
                if (!event.doubleClick || rows.rows() >= parameter.maxRows) return Outcome::none;
                const glm::dvec2 place = camera.toData(event.px);
                const double spread = positive(30 * scale * camera.unitsPerPx(), parameter);
                for (const double v : {toStep(place.x, parameter), toStep(place.y, parameter), spread, 1.})
                    rows.values.push_back(v);
                m_chosen = m_hover = int(rows.rows()) - 1;
                return Outcome::changed;
            }
            m_chosen = m_hover = hit.row;
            m_drag = hit.part == Part::centre && event.alt ? Part::weight : hit.part;
            m_grab = glm::dvec2(value(rows, hit.row, 0), value(rows, hit.row, 1)) - camera.toData(event.px);
            m_last = event.px;
            return Outcome::began;
        }
        case Input::Kind::release:
            if (!dragging() || event.button != Input::Button::left) return Outcome::none;
            m_drag = Part::none;
            return Outcome::ended;
        case Input::Kind::wheel: {
            const Hit hit = at(event.px, camera, scale, rows);
            if (hit.part != Part::centre || event.wheel == 0) return Outcome::none;
            m_chosen = hit.row;
            value(rows, hit.row, 3) =
                std::clamp(value(rows, hit.row, 3) * std::pow(weightPerNotch, event.wheel), parameter.step, parameter.high);
            return Outcome::changed;
        }
        case Input::Kind::key: {
            const bool remove = event.key == Input::Key::del || event.key == Input::Key::backspace;
            // The last Gaussian stays: without any there is no density to draw.
            if (!remove || m_chosen < 0 || m_chosen >= int(rows.rows()) || rows.rows() < 2) return Outcome::none;
            const auto first = rows.values.begin() + m_chosen * columns;
            rows.values.erase(first, first + columns);
            m_chosen = m_hover = -1;
            return Outcome::changed;
        }
        case Input::Kind::leave:
            m_hover = -1;
            return Outcome::none;
        default:
            return Outcome::none;
    }
}

void MixtureHandles::draw(ImDrawList* list, const Look& look, const Camera& camera, const lab::Points& rows) const {
    double total = 0;
    for (int row = 0; row < int(rows.rows()); ++row) total += value(rows, row, 3);
    const Theme& theme = look.theme;
    // Hundreds of rings hide the picture that they are handles of; the one under the hand is enough then.
    const bool many = rows.rows() > 200;
    for (int row = 0; row < int(rows.rows()); ++row) {
        const bool lit = row == m_hover || (dragging() && row == m_chosen);
        if (many && !lit && row != m_chosen) continue;
        const glm::dvec2 at = camera.toPx({value(rows, row, 0), value(rows, row, 1)});
        const ImVec2 centre(static_cast<float>(at.x), static_cast<float>(at.y));
        const float ring = float(value(rows, row, 2) / camera.unitsPerPx());
        // Area stands for weight.
        const float dot = look.px(3) + look.px(7) * float(std::sqrt(std::max(0., value(rows, row, 3) / std::max(total, 1e-300))));
        const bool onRing = lit && (m_hoverPart == Part::ring || m_drag == Part::ring);
        list->AddCircle(centre, ring, toColour(theme.ground, 0.6f), 0, look.px(3.5f));
        list->AddCircle(centre, ring, toColour(theme.brass, onRing ? 1.f : 0.75f), 0, look.px(onRing ? 2.f : 1.4f));
        list->AddCircleFilled(centre, dot + look.px(1.5f), toColour(theme.ground, 0.8f));
        list->AddCircleFilled(centre, dot, toColour(theme.brass));
        if (row == m_chosen) list->AddCircle(centre, dot + look.px(4), toColour(theme.text), 0, look.px(1.2f));
        if (!lit) continue;
        const std::string text =
            "s " + formatFixed(value(rows, row, 2), 2) + "  " + look.tr("weight") + " " + formatFixed(value(rows, row, 3), 2);
        const float width = textWidth(look.fonts.mono, text), height = fontHeight(look.fonts.mono);
        const ImVec2 low(centre.x - width / 2 - look.px(8), centre.y + std::max(ring, dot) + look.px(8));
        list->AddRectFilled(low, {low.x + width + look.px(16), low.y + height + look.px(8)}, toColour(theme.card, 0.95f),
                            look.px(7));
        drawText(list, look.fonts.mono, {low.x + look.px(8), low.y + look.px(4)}, toColour(theme.text), text);
    }
}

} // namespace orrery::ui
