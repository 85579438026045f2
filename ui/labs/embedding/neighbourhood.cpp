// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/neighbourhood.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace orrery::ui::emb {

namespace {

double squared(const embedding::PicturePoints& picture, std::int64_t a, std::int64_t b) {
    double sum = 0;
    for (int d = 0; d < picture.dims; ++d) {
        const double away = double(picture[d][a]) - double(picture[d][b]);
        sum += away * away;
    }
    return sum;
}

using Place = std::pair<double, std::int64_t>; // distance, row: their order is that of nearness

} // namespace

Neighbourhood neighbourhoodOf(const embedding::PicturePoints& picture, std::int64_t row, const embedding::Neighbours& table,
                              std::int64_t k) {
    Neighbourhood result;
    if (row < 0 || row >= picture.n || table.n != 1) return result;
    result.row = row;
    const std::int64_t known = table.k, listed = std::min(k, known);
    std::vector<Place> asked; // those of the table
    for (std::int64_t i = 0; i < listed; ++i)
        asked.emplace_back(squared(picture, row, table.index[std::size_t(i)]), table.index[std::size_t(i)]);
    std::vector<Place> sorted = asked;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::int64_t> between(sorted.size() + 1); // points before the first, between first and second, ...
    std::vector<Place> nearest;                           // a heap of the k nearest in the picture
    const auto most = std::size_t(std::min(k, picture.n - 1));
    for (std::int64_t i = 0; i < picture.n; ++i) {
        if (i == row) continue;
        const Place place{squared(picture, row, i), i};
        ++between[std::size_t(std::lower_bound(sorted.begin(), sorted.end(), place) - sorted.begin())];
        if (nearest.size() < most) {
            nearest.push_back(place), std::push_heap(nearest.begin(), nearest.end());
        } else if (most > 0 && place < nearest.front()) {
            std::pop_heap(nearest.begin(), nearest.end());
            nearest.back() = place, std::push_heap(nearest.begin(), nearest.end());
        }
    }
    // lower_bound puts a place that is one of the sorted before itself: what lies up to there, itself among it, is its rank.
    std::vector<std::int64_t> rank(sorted.size());
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) rank[i] = (sum += between[i]);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        const auto at = std::size_t(std::lower_bound(sorted.begin(), sorted.end(), asked[i]) - sorted.begin());
        Neighbourhood::Near near{
            asked[i].second, double(table.distance[i]), std::int64_t(i) + 1, std::sqrt(asked[i].first), rank[at], false};
        near.lies = near.shownRank > 2 * k;
        result.torn += near.lies;
        result.inTable.push_back(near);
    }
    std::sort(nearest.begin(), nearest.end());
    for (std::size_t i = 0; i < nearest.size(); ++i) {
        Neighbourhood::Near near{nearest[i].second,
                                 std::numeric_limits<double>::quiet_NaN(),
                                 0,
                                 std::sqrt(nearest[i].first),
                                 std::int64_t(i) + 1,
                                 true};
        for (std::int64_t j = 0; j < known; ++j)
            if (table.index[std::size_t(j)] == near.row)
                near.tableDistance = double(table.distance[std::size_t(j)]), near.tableRank = j + 1, near.lies = false;
        result.feigned += near.lies;
        result.shown.push_back(near);
    }
    return result;
}

} // namespace orrery::ui::emb
