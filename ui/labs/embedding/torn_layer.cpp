// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/torn_layer.h"

#include <algorithm>

namespace orrery::ui::emb {

namespace {

constexpr std::size_t most = 3000; // ImGui's lists end at 65,536 corners
constexpr float full = 250;        // lines of which each has its whole opacity; more of them are fainter

struct Line {
    glm::vec2 from, to;
    float length;
};

} // namespace

std::size_t drawTorn(ImDrawList* list, const Look& look, const Shown& shown, const ToPixels& toPixels,
                     const embedding::Quality& q) {
    if (q.tornFrom.size() != q.rows.size()) return 0;
    std::vector<Line> lines;
    for (std::size_t i = 0; i < q.rows.size(); ++i) {
        const std::int64_t row = q.rows[i], other = q.tornFrom[i];
        if (other < 0 || row >= shown.rows() || other >= shown.rows() || !shown.visible(row) || !shown.visible(other)) continue;
        const glm::vec3 a = shown.place(row), b = shown.place(other);
        const glm::vec3 from = toPixels(a.x, a.y, a.z), to = toPixels(b.x, b.y, b.z);
        if (!(from.z > 0.02F) || !(to.z > 0.02F)) continue;
        lines.push_back({glm::vec2(from), glm::vec2(to), glm::distance(glm::vec2(from), glm::vec2(to))});
    }
    const std::size_t count = lines.size();
    if (count > most) {
        std::nth_element(lines.begin(), lines.begin() + std::ptrdiff_t(most), lines.end(),
                         [](const Line& a, const Line& b) { return a.length > b.length; });
        lines.resize(most);
    }
    const float opacity = std::clamp(0.55F * std::sqrt(full / float(std::max<std::size_t>(lines.size(), 1))), 0.1F, 0.55F);
    const ImU32 ink = toColour(look.theme.bad, opacity), end = toColour(look.theme.bad, std::min(1.F, 1.6F * opacity));
    for (const Line& line : lines) {
        list->AddLine({line.from.x, line.from.y}, {line.to.x, line.to.y}, ink, look.px(1));
        list->AddRectFilled({line.from.x - look.px(1.5F), line.from.y - look.px(1.5F)},
                            {line.from.x + look.px(1.5F), line.from.y + look.px(1.5F)}, end);
    }
    return count;
}

} // namespace orrery::ui::emb
