// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"
#include "engine/labs/embedding/declared.h"

namespace orrery::embedding {

using namespace lab;

namespace {
const std::string look = "Cloud";

Parameter shown(std::string key, std::string label, bool on, std::string meaning) {
    return flag("show_" + std::move(key), std::move(label), look, on, std::move(meaning), {.applies = Applies::view});
}
} // namespace

std::vector<Parameter> viewParameters() {
    return {
        choice("page", "Page", look, "cloud",
               {{"cloud", "cloud", "the points, and what lies over them"},
                {"words", "words", "one-hot beside look-up, and the answers to an expression"}},
               "What fills the viewport", {.applies = Applies::view}),
        choice("colour", "Colour by", look, "column",
               {{"column", "metadata", "a column of what is known about the rows"},
                {"trust", "trustworthiness", "1: no point near this one is far in the table; of the rows that were judged"},
                {"continuity", "continuity", "1: no row near this one was torn away; of the rows that were judged"},
                {"recall", "recall", "share of its nearest rows that are nearest here too; of the rows that were judged"},
                {"none", "alike", "one colour for all"}},
               "What the colour of a point says", {.applies = Applies::view}),
        line("column", "Column", look, "", "Name of the column that colours; empty: the classes",
             {.applies = Applies::view, .shownWhen = "colour=column"}),
        line("size_by", "Size by", look, "", "Name of a column of numbers that sizes the points; empty: all alike",
             {.applies = Applies::view}),
        number("point_size", "Point size", look, 3, 0.5, 20, 0.1, "px", "Diameter of a point",
               {.scale = Scale::logarithmic, .applies = Applies::view}),
        number("opacity", "Opacity", look, 1, 0.05, 10, 0.05, "",
               "Optical depth of a point, as a multiple of what suits their number",
               {.formula = "1 - exp(-depth)", .scale = Scale::logarithmic, .applies = Applies::view}),
        number("turn", "Turn", look, 35, -180, 180, 0.5, "\xC2\xB0", "Where the eye stands around the cloud",
               {.applies = Applies::view, .shownWhen = "dims=3d"}),
        number("tilt", "Tilt", look, 22, -89, 89, 0.5, "\xC2\xB0", "How far above the cloud the eye stands",
               {.applies = Applies::view, .shownWhen = "dims=3d"}),
        shown("labels", "Labels", true, "Names beside points, as many as fit; zooming in adds more"),
        shown("pictures", "Pictures", true, "The picture of a row at its point, as many as fit"),
        shown("contours", "Contours", false, "Lines of equal density on the screen, two for a factor of ten"),
        shown("lines", "Lines", true, "From the chosen point to its neighbours in the table; red: the picture tore them away"),
        shown("torn", "Torn pairs", false,
              "A red line from each row that was judged to the one of its nearest in the table that is farthest away here"),
        shown("forces", "Forces", false, "What pulls and pushes the chosen point in this step"),
    };
}

} // namespace orrery::embedding
