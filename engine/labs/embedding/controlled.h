// SPDX-License-Identifier: GPL-3.0-or-later
// Tables whose sizes and distances are known, to see what a projection makes of them (after Wattenberg, Viegas & Johnson 2016).
#pragma once

#include "engine/lab/declaration.h"
#include "engine/labs/embedding/table.h"

namespace orrery::embedding {

enum class Shape {
    widths,    ///< two normal clouds far apart, of deviation 1 and 10
    distances, ///< three normal clouds of deviation 1, at 0, 10 and 100 along a line
    noise,     ///< one normal cloud: there is nothing to be found
    rings,     ///< two circles, linked, in three dimensions; further ones are noise of a hundredth
};

struct ControlledRequest {
    Shape shape = Shape::widths;
    std::int64_t rows = 1000;
    int dims = 50; ///< rings need 3
    std::uint64_t seed = 1;
    bool operator==(const ControlledRequest&) const = default;
};

/// Rows in turn over the groups, which the column "group" names. The same for the same seed, whatever the count.
Table controlled(const ControlledRequest& request);
Shape shapeOf(const std::string& key);
std::vector<lab::Parameter> controlledParameters(); ///< shown when data=made

} // namespace orrery::embedding
