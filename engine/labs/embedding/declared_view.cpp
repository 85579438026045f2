// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/declared_view.h"

namespace orrery::embedding {

using namespace lab;

namespace {

const std::string look = "Cloud", find = "Find and select";

Parameter flag(std::string key, std::string label, bool on, std::string meaning) {
    Parameter p;
    p.key = std::move(key), p.label = std::move(label), p.group = look, p.type = Type::flag, p.fallback = on;
    p.meaning = std::move(meaning), p.applies = Applies::view;
    return p;
}

std::vector<Parameter> ofTheLook() {
    return {
        {.key = "page", .label = "Page", .group = look, .type = Type::choice, .fallback = std::string("cloud"),
         .meaning = "What fills the viewport", .applies = Applies::view,
         .choices = {{"cloud", "cloud", "the points, and what lies over them"},
                     {"words", "words", "one-hot beside look-up, and the answers to an expression"}}},
        {.key = "colour", .label = "Colour by", .group = look, .type = Type::choice, .fallback = std::string("column"),
         .meaning = "What the colour of a point says",
         .applies = Applies::view,
         .choices = {{"column", "metadata", "a column of what is known about the rows"},
                     {"trust", "trustworthiness", "1: no point near this one is far in the table; of the rows that were judged"},
                     {"continuity", "continuity", "1: no row near this one was torn away; of the rows that were judged"},
                     {"recall", "recall", "share of its nearest rows that are nearest here too; of the rows that were judged"},
                     {"none", "alike", "one colour for all"}}},
        {.key = "column", .label = "Column", .group = look, .type = Type::text, .fallback = std::string(),
         .meaning = "Name of the column that colours; empty: the classes", .applies = Applies::view, .shownWhen = "colour=column"},
        {.key = "size_by", .label = "Size by", .group = look, .type = Type::text, .fallback = std::string(),
         .meaning = "Name of a column of numbers that sizes the points; empty: all alike", .applies = Applies::view},
        {.key = "point_size", .label = "Point size", .group = look, .type = Type::number, .fallback = 3.0, .low = 0.5, .high = 20, .step = 0.1,
         .unit = "px", .meaning = "Diameter of a point", .scale = Scale::logarithmic, .applies = Applies::view},
        {.key = "opacity", .label = "Opacity", .group = look, .type = Type::number, .fallback = 1.0, .low = 0.05, .high = 10, .step = 0.05,
         .meaning = "Optical depth of a point, as a multiple of what suits their number", .formula = "1 - exp(-depth)",
         .scale = Scale::logarithmic, .applies = Applies::view},
        {.key = "turn", .label = "Turn", .group = look, .type = Type::number, .fallback = 35.0, .low = -180, .high = 180, .step = 0.5,
         .unit = "\xC2\xB0", .meaning = "Where the eye stands around the cloud", .applies = Applies::view, .shownWhen = "dims=3d"},
        {.key = "tilt", .label = "Tilt", .group = look, .type = Type::number, .fallback = 22.0, .low = -89, .high = 89, .step = 0.5,
         .unit = "\xC2\xB0", .meaning = "How far above the cloud the eye stands", .applies = Applies::view, .shownWhen = "dims=3d"},
        flag("show_labels", "Labels", true, "Names beside points, as many as fit; zooming in adds more"),
        flag("show_pictures", "Pictures", true, "The picture of a row at its point, as many as fit"),
        flag("show_contours", "Contours", false, "Lines of equal density on the screen, two for a factor of ten"),
        flag("show_lines", "Lines", true, "From the chosen point to its neighbours in the table; red: the picture tore them away"),
        flag("show_forces", "Forces", false, "What pulls and pushes the chosen point in this step"),
    };
}

std::vector<Parameter> ofTheSearch() {
    return {
        {.key = "find", .label = "Find", .group = find, .type = Type::text, .fallback = std::string(),
         .meaning = "Rows whose name or category holds this; the others fade", .applies = Applies::view},
        {.key = "find_as", .label = "Read as", .group = find, .type = Type::choice, .fallback = std::string("text"),
         .meaning = "How the text is meant", .applies = Applies::view,
         .choices = {{"text", "text", "as it stands; capitals do not matter"},
                     {"regex", "expression", "a regular expression: ^king$, (wo)?man, s$"}}},
        {.key = "tool", .label = "Hand", .group = find, .type = Type::choice, .fallback = std::string("move"),
         .meaning = "What a drag of the left button does; with Shift it always draws a lasso", .applies = Applies::view,
         .choices = {{"move", "moves", "pans, in space turns; a click chooses a point"},
                     {"box", "box", "selects what a box holds; Ctrl adds to it, Alt takes away"},
                     {"lasso", "lasso", "selects what a line goes round; Ctrl adds to it, Alt takes away"}}},
        {.key = "isolate", .label = "Isolate", .group = find, .type = Type::flag, .fallback = false,
         .meaning = "Only what is selected, or found, is drawn", .applies = Applies::view},
        {.key = "chosen", .label = "Chosen row", .group = find, .type = Type::integer, .fallback = std::int64_t(-1), .low = -1, .high = 100'000'000,
         .step = 1, .meaning = "Whose neighbours and forces are shown; -1: none", .applies = Applies::view},
        {.key = "near_by", .label = "Near by", .group = find, .type = Type::choice, .fallback = std::string("euclid"),
         .meaning = "By what its neighbours in the table are listed", .applies = Applies::view,
         .choices = {{"euclid", "Euclid", "the length of the difference"},
                     {"cosine", "cosine", "1 - the cosine of the angle"},
                     {"dot", "dot", "the product: the greatest is the nearest"}}},
        {.key = "near", .label = "Neighbours shown", .group = find, .type = Type::integer, .fallback = std::int64_t(8), .low = 1, .high = 50, .step = 1,
         .meaning = "How many neighbours of the chosen row are listed", .applies = Applies::view},
        {.key = "bookmarks", .label = "Bookmarks", .group = find, .type = Type::points, .fallback = Points{6, {}}, .low = -1e9, .high = 1e9, .step = 0.001,
         .meaning = "Places to come back to: middle and height of what is seen, turn, tilt, chosen row", .applies = Applies::view,
         .columns = {"x", "y", "height", "turn", "tilt", "row"}, .maxRows = 9},
    };
}

} // namespace

std::vector<Parameter> viewParameters() {
    std::vector<Parameter> all = ofTheLook();
    for (Parameter& parameter : ofTheSearch()) all.push_back(std::move(parameter));
    return all;
}

} // namespace orrery::embedding
