// SPDX-License-Identifier: GPL-3.0-or-later
// Rows of numbers as a compact table: drag or type a value, add a row, remove one.
#pragma once

#include "engine/lab/declaration.h"
#include "ui/panels/widgets.h"

namespace orrery::ui {

class PointsTable {
 public:
    /// Draws the table; true when `points` was changed. `touch` spans the table and carries began and ended of a drag.
    bool draw(const Look& look, const lab::Parameter& parameter, float width, lab::Points& points, NumberEntry& entry,
              Touch& touch);

    static constexpr std::size_t rowsShown = 6;

 private:
    bool drawRow(const Look& look, const lab::Parameter& parameter, float width, std::size_t row, lab::Points& points,
                 NumberEntry& entry, Touch& touch);
    double m_carried = 0; ///< of a drag slower than one step
};

/// A new row like the last one, a little aside, so that it can be seen; all zeros (with positive spreads) when there is none.
void addRow(const lab::Parameter& parameter, lab::Points& points);

} // namespace orrery::ui
