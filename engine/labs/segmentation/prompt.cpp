// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/prompt.h"

#include <algorithm>

namespace orrery::segmentation {

std::vector<PromptPoint> pointsOf(const Prompt& prompt, const Fit& fit) {
    using Kind = PromptPoint::Kind;
    std::vector<PromptPoint> points;
    const auto add = [&](double x, double y, Kind kind) {
        const auto [mx, my] = fit.toModel(x, y);
        points.push_back({mx, my, kind});
    };
    for (const Click& click : prompt.clicks) add(click.x, click.y, click.positive ? Kind::positive : Kind::negative);
    if (!prompt.box) {
        points.push_back({});
        return points;
    }
    const Box& b = *prompt.box;
    add(std::min(b.x0, b.x1), std::min(b.y0, b.y1), Kind::topLeft);
    add(std::max(b.x0, b.x1), std::max(b.y0, b.y1), Kind::bottomRight);
    return points;
}

std::size_t chosenMask(std::size_t points, std::span<const float> predictedIou) {
    if (points >= 3 || predictedIou.size() < 2) return 0;
    return std::size_t(std::max_element(predictedIou.begin() + 1, predictedIou.end()) - predictedIou.begin());
}

} // namespace orrery::segmentation
