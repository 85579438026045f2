// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/controlled.h"

#include "engine/error.h"
#include "engine/lab/rows.h"
#include "engine/philox.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace orrery::embedding {

namespace {

constexpr std::uint32_t placeStream = 0x6D61, angleStream = 0x6D62;

std::vector<std::string> groupsOf(Shape shape) {
    switch (shape) {
        case Shape::widths:
            return {"deviation 1", "deviation 10"};
        case Shape::distances:
            return {"at 0", "at 10", "at 100"};
        case Shape::noise:
            return {"noise"};
        case Shape::rings:
            break;
    }
    return {"one ring", "the other"};
}

} // namespace

Table controlled(const ControlledRequest& r) {
    const std::vector<std::string> groups = groupsOf(r.shape);
    const int D = std::max(r.dims, r.shape == Shape::rings ? 3 : 1);
    std::vector<float> values(std::size_t(r.rows * D));
    Column column{"group", groups, std::vector<float>(std::size_t(r.rows))};
    // Clouds lie apart along the diagonal, so that no one dimension tells them.
    const double along = 1 / std::sqrt(double(D));
    for (std::int64_t i = 0; i < r.rows; ++i) {
        const auto group = std::size_t(i) % groups.size();
        column.values[std::size_t(i)] = float(group);
        const double width = r.shape == Shape::widths && group == 1 ? 10 : r.shape == Shape::rings ? 0.01 : 1;
        const double place = r.shape == Shape::widths      ? 100.0 * double(group)
                             : r.shape == Shape::distances ? std::array{0.0, 10.0, 100.0}[group]
                                                           : 0;
        float* const row = values.data() + i * D;
        for (int d = 0; d < D; ++d)
            row[d] =
                float(width * normalPair(philox(r.seed, std::uint32_t(i), std::uint32_t(d), placeStream))[0] + place * along);
        if (r.shape != Shape::rings) continue;
        const double angle = 2 * std::numbers::pi * unitOpen(philox(r.seed, std::uint32_t(i), 0, angleStream)[0]);
        row[0] += float(std::cos(angle) + double(group)), row[1 + group] += float(std::sin(angle));
    }
    Table table;
    table.name = "made";
    table.values = Matrix(r.rows, D, std::move(values));
    table.columns.push_back(std::move(column));
    return table;
}

Shape shapeOf(const std::string& key) {
    if (key == "widths") return Shape::widths;
    if (key == "distances") return Shape::distances;
    if (key == "noise") return Shape::noise;
    if (key == "rings") return Shape::rings;
    throw Error("there is no shape '" + key + "'; take widths, distances, noise or rings");
}

std::vector<lab::Parameter> controlledParameters() {
    using namespace lab;
    const std::string group = "Table", made = "data=made";
    return {
        choice("shape", "Made of", group, "widths",
               {{"widths", "two widths", "two clouds far apart, one ten times as wide as the other"},
                {"distances", "three distances", "three clouds at 0, 10 and 100 along a line"},
                {"noise", "noise", "one cloud without any structure"},
                {"rings", "linked rings", "two circles, each through the other"}},
               "What is known about these rows beforehand", {.shownWhen = made}),
        integer("made_rows", "Rows made", group, 1000, 50, 100'000, "How many rows are made",
                {.scale = Scale::logarithmic, .shownWhen = made}),
        integer("made_dims", "Of dimensions", group, 50, 3, 1000, "How many numbers each row has",
                {.scale = Scale::logarithmic, .shownWhen = made}),
    };
}

} // namespace orrery::embedding
