// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"
#include "engine/labs/embedding/declared.h"
#include "engine/labs/embedding/selection.h"

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
                {"box", "box", "selects what a box holds"},
                {"lasso", "lasso", "selects what a line goes round"},
                {"axis", "axis", "from one point to another: an axis of your own"}},
               "What a drag of the left button does; with Shift a hand that moves draws a lasso", {.applies = Applies::view}),
        choice("combine", "Selecting", find, "replace",
               {{"replace", "new", "what was selected is let go"},
                {"add", "add", "added to what is selected; the same as Shift or Ctrl"},
                {"remove", "take away", "taken away from what is selected; the same as Alt"},
                {"common", "intersect", "only what is selected already stays; the same as Shift and Alt"}},
               "What becomes of the rows that are selected already", {.applies = Applies::view}),
        choice("axis", "Axis drawn", find, "x", {{"x", "x", "to the right"}, {"y", "y", "up"}, {"z", "z", "in space"}},
               "Which axis a drag from point to point makes", {.applies = Applies::view, .shownWhen = "tool=axis"}),
        line("selection", "Selected rows", find, "",
             "Numbers and ranges: 3, 7-12; a lasso writes what it went round, and of which table",
             {.applies = Applies::view, .maxRows = Selection::longestText}),
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
