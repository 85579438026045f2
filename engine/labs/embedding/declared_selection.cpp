// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"
#include "engine/labs/embedding/declared.h"

namespace orrery::embedding {

using namespace lab;

namespace {
const std::string find = "Find and select";
} // namespace

std::vector<Parameter> selectionParameters() {
    return {
        line("find", "Find", find, "", "Rows whose name or category holds this; the others fade", {.applies = Applies::view}),
        choice("find_as", "Read as", find, "text",
               {{"text", "text", "as it stands; capitals do not matter"},
                {"regex", "expression", "a regular expression: ^king$, (wo)?man, s$"}},
               "How the text is meant", {.applies = Applies::view}),
        choice("tool", "Hand", find, "move",
               {{"move", "moves", "pans, in space turns; a click chooses a point"},
                {"box", "box", "selects what a box holds; Ctrl adds to it, Alt takes away"},
                {"lasso", "lasso", "selects what a line goes round; Ctrl adds to it, Alt takes away"}},
               "What a drag of the left button does; with Shift it always draws a lasso", {.applies = Applies::view}),
        flag("isolate", "Isolate", find, false, "Only what is selected, or found, is drawn", {.applies = Applies::view}),
        integer("chosen", "Chosen row", find, -1, -1, 100'000'000, "Whose neighbours and forces are shown; -1: none",
                {.applies = Applies::view}),
        choice("near_by", "Near by", find, "euclid",
               {{"euclid", "Euclid", "the length of the difference"},
                {"cosine", "cosine", "1 - the cosine of the angle"},
                {"dot", "dot", "the product: the greatest is the nearest"}},
               "By what its neighbours in the table are listed", {.applies = Applies::view}),
        integer("near", "Neighbours shown", find, 8, 1, 50, "How many neighbours of the chosen row are listed",
                {.applies = Applies::view}),
        points("bookmarks", "Bookmarks", find, Points{6, {}}, {"x", "y", "height", "turn", "tilt", "row"}, -1e9, 1e9, 9,
               "Places to come back to: middle and height of what is seen, turn, tilt, chosen row",
               {.step = 0.001, .applies = Applies::view}),
    };
}

} // namespace orrery::embedding
