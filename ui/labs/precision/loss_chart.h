// SPDX-License-Identifier: GPL-3.0-or-later
// The losses of the twins over the steps, on a scale of powers of ten, each with its name at its end.
#pragma once

#include "ui/labs/precision/ink.h"
#include "ui/labs/precision/page.h"

namespace orrery::ui {

class LossChart {
 public:
    LossChart(const precision::Twins& twins, const PlotBox& box);

    const PlotBox& box() const { return m_box; }
    float x(double step) const;
    ImVec2 toPx(double step, double loss) const;
    /// Names of steps below the chart only with `steps`.
    void draw(ImDrawList* list, const Look& look, bool steps) const;
    std::optional<Told> tell(glm::dvec2 px, const Look& look) const;

 private:
    const precision::Twins& m_twins;
    PlotBox m_box;
    double m_low = -1, m_high = 0; ///< decimal logarithms at the lower and upper edge
};

} // namespace orrery::ui
