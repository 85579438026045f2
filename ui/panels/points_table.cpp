// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/points_table.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {
constexpr float cellHeight = 20, removeWidth = 18;
} // namespace

void addRow(const lab::Parameter& parameter, lab::Points& points) {
    const std::size_t columns = std::size_t(points.columns);
    std::vector<double> row(columns, 0);
    for (std::size_t c = 2; c < columns; ++c) row[c] = 1; // spreads and weights must be positive
    if (points.rows() > 0) {
        std::copy_n(points.values.end() - std::ptrdiff_t(columns), columns, row.begin());
        const double aside = columns > 2 ? std::abs(row[2]) : columns == 2 ? 100 * parameter.step : 0; // 0: the next number
        row[0] += std::max(2 * aside, parameter.step);
    }
    for (double& value : row) value = std::clamp(value, parameter.low, parameter.high);
    points.values.insert(points.values.end(), row.begin(), row.end());
}

bool PointsTable::drawRow(const Look& look, const lab::Parameter& parameter, float width, std::size_t row, lab::Points& points,
                          NumberEntry& entry, Touch& touch) {
    const std::size_t columns = std::size_t(points.columns);
    const float cell = (width - look.px(removeWidth)) / float(columns);
    const int decimals = std::min(decimalsOf(parameter.step), 3);
    bool changed = false;
    ImGui::PushID(int(row));
    const ImVec2 start = ImGui::GetCursorScreenPos();
    for (std::size_t c = 0; c < columns; ++c) {
        double& value = points.values[row * columns + c];
        const std::string id = parameter.key + ":" + std::to_string(row) + ":" + std::to_string(c);
        ImGui::SetCursorScreenPos({start.x + float(c) * cell, start.y});
        if (entry.at(id)) {
            std::string typed;
            if (entry.edit(look, cell - look.px(2), typed))
                if (const auto number = parseNumber(typed)) changed = changed || value != *number, value = *number;
            continue;
        }
        double steps = 0;
        const Touch one =
            dragNumber(look, id.c_str(), cell - look.px(2), look.px(cellHeight), formatFixed(value, decimals), steps);
        if (one.began) m_carried = 0;
        if (one.type) entry.open(id, formatFixed(value, decimals));
        m_carried += steps;
        const double whole = std::trunc(m_carried);
        if (one.changed && whole != 0) {
            m_carried -= whole;
            // A spread or a weight is never negative; which column is which only the lab knows, so the step's size decides:
            // everything after the place on the plane stays above zero.
            const double low = c >= 2 ? std::max(parameter.low, parameter.step) : parameter.low;
            value = std::clamp(value + whole * parameter.step, low, parameter.high);
            changed = true;
        }
        touch.began = touch.began || one.began, touch.ended = touch.ended || one.ended;
        touch.hovered = touch.hovered || one.hovered;
    }
    ImGui::SetCursorScreenPos({start.x + width - look.px(removeWidth), start.y});
    ImGui::InvisibleButton("remove", {look.px(removeWidth), look.px(cellHeight)});
    const bool lit = ImGui::IsItemHovered();
    const ImVec2 centre(start.x + width - look.px(removeWidth / 2), start.y + look.px(cellHeight / 2));
    const float r = look.px(3);
    const ImU32 ink = toColour(lit ? look.theme.bad : look.theme.faint);
    ImGui::GetWindowDrawList()->AddLine({centre.x - r, centre.y - r}, {centre.x + r, centre.y + r}, ink, look.px(1.2f));
    ImGui::GetWindowDrawList()->AddLine({centre.x - r, centre.y + r}, {centre.x + r, centre.y - r}, ink, look.px(1.2f));
    if (ImGui::IsItemClicked()) {
        const auto at = points.values.begin() + std::ptrdiff_t(row * columns);
        points.values.erase(at, at + std::ptrdiff_t(columns));
        entry.close();
        changed = true;
    }
    ImGui::PopID();
    return changed;
}

bool PointsTable::draw(const Look& look, const lab::Parameter& parameter, float width, lab::Points& points, NumberEntry& entry,
                       Touch& touch) {
    touch.low = ImGui::GetCursorScreenPos();
    ImDrawList* list = ImGui::GetWindowDrawList();
    const std::size_t columns = std::size_t(points.columns);
    // A table that scrolls takes a little of the width for its bar.
    const float inner = points.rows() > rowsShown ? width - look.px(10) : width;
    const float cell = (inner - look.px(removeWidth)) / float(columns);
    for (std::size_t c = 0; c < columns && c < parameter.columns.size(); ++c)
        drawText(list, look.fonts.small, {touch.low.x + float(c + 1) * cell - look.px(6), touch.low.y},
                 toColour(look.theme.faint), look.tr(parameter.columns[c]), Align::right);
    ImGui::SetCursorScreenPos({touch.low.x, touch.low.y + look.px(16)});

    bool changed = false;
    const std::size_t shown = std::min(points.rows(), rowsShown);
    if (shown > 0) {
        ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, {0, 0});
        ImGui::BeginChild(parameter.key.c_str(), {width, float(shown) * look.px(cellHeight)}, false);
        ImGuiListClipper clipper;
        clipper.Begin(int(points.rows()), look.px(cellHeight));
        while (clipper.Step())
            for (int row = clipper.DisplayStart; row < clipper.DisplayEnd && std::size_t(row) < points.rows(); ++row)
                changed = drawRow(look, parameter, inner, std::size_t(row), points, entry, touch) || changed;
        ImGui::EndChild();
        ImGui::PopStyleVar();
    }
    const std::string count = std::to_string(points.rows());
    const ImVec2 foot = ImGui::GetCursorScreenPos();
    const float numbers = numberWidth(look.fonts.mono, count);
    ui::drawNumber(list, look.fonts.mono, {foot.x + numbers, foot.y + look.px(6)}, toColour(look.theme.secondary), count);
    drawText(list, look.fonts.body, {foot.x + numbers + look.px(6), foot.y + look.px(6)}, toColour(look.theme.faint),
             look.tr(points.rows() == 1 ? "row" : "rows"));
    ImGui::SetCursorScreenPos({foot.x + width - look.px(72), foot.y + look.px(2)});
    if (points.rows() < parameter.maxRows && button(look, "add", look.px(72), look.tr("Add row"), true).changed) {
        addRow(parameter, points);
        changed = true;
    }
    ImGui::SetCursorScreenPos({foot.x, foot.y + look.px(rowHeight + 6)});
    touch.high = {touch.low.x + width, foot.y + look.px(rowHeight + 4)};
    touch.changed = changed;
    return changed;
}

} // namespace orrery::ui
