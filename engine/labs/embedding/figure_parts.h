// SPDX-License-Identifier: GPL-3.0-or-later
// What the figure is made of: where points lie on paper, what colours them, which names find room.
#pragma once

#include "engine/labs/embedding/figure.h"

#include <glm/glm.hpp>

namespace orrery::embedding {

struct Paper {
    static constexpr double width = 1000, height = 700;
    static constexpr double left = 34, top = 62, right = 772, bottom = 662; ///< of the cloud
    static constexpr double legend = 796;
};

/// Places of all points on paper: the plane as it is, space as the eye sees it from `turn` and `tilt` four radii away; one scale for
/// both directions. NaN where a point has no finite place.
std::vector<glm::dvec2> placesOnPaper(const PicturePoints& picture, double turn, double tilt);

/// Rows of one colour.
struct Ink {
    glm::vec3 colour{0.5F};
    std::string name;
    std::size_t count = 0;            ///< of all rows
    std::vector<std::int64_t> rows{}; ///< that are drawn
};
struct Inks {
    std::string title; ///< of the legend; empty: all alike
    std::vector<Ink> inks;
    bool numbers = false;
    double low = 0, high = 1;
};
/// `drawn[row]`: 1 where a row is drawn in its colour.
Inks inksOf(const Projecting& cloud, const FigureLook& look, std::span<const std::uint8_t> drawn);

struct Name {
    glm::dvec2 at;
    std::string text;
    bool middle = false, strong = false;
};
/// Of classes at their medians, of words beside their points as long as none lies over another.
std::vector<Name> namesOnPaper(const Table& table, const Inks& inks, std::span<const glm::dvec2> places,
                               std::span<const std::int64_t> selection, std::span<const std::uint8_t> drawn);

std::array<std::string, 3> axisCaptions(const Problem& problem);

std::string escaped(const std::string& text); ///< for XML; what is no UTF-8 or no character becomes U+FFFD

} // namespace orrery::embedding
