// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/declared.h"

#include "engine/lab/rows.h"
#include "engine/labs/segmentation/inside_request.h"

namespace orrery::segmentation {

using namespace lab;

std::vector<Parameter> shownParameters() {
    static const std::string everything = "Everything", inside = "Inside", kernels = "Large kernels", view = "View";
    return {
        integer("points_per_side", "Grid", everything, 16, 1, 64, "Clicks on a side of the grid that looks for everything",
                {.applies = Applies::live}),
        choice("thresholds", "Thresholds", everything, "model",
               {{"model", "of the model", "predicted IoU 0.88 and stability 0.95 of SAM, 0.40 and 0.20 of TinyPrompt"},
                {"own", "own", "as set below"}},
               "What a found mask must promise", {.applies = Applies::live}),
        number("iou_threshold", "Predicted IoU", everything, 0.88, 0, 1, 0.01, "", "Masks that promise less are left out",
               {.applies = Applies::live, .shownWhen = "thresholds=own"}),
        number("stability_threshold", "Stability", everything, 0.95, 0, 1, 0.01, "",
               "Masks that depend more on their threshold are left out",
               {.applies = Applies::live, .shownWhen = "thresholds=own"}),
        choice("show", "Show", inside, "photograph", insideChoices(), "What lies over the picture", {.applies = Applies::live}),
        integer("stage", "Stage", inside, mostStages, 0, double(mostStages),
                "Of the encoder: 0 is the first, the patches or the stem; any number beyond the last is the last",
                {.applies = Applies::live, .shownWhen = "show=embedding|affinity|attention"}),
        integer("head", "Head", inside, 1, 1, 32, "Of the attention; any number beyond the last is the last",
                {.applies = Applies::live, .shownWhen = "show=attention"}),
        integer("kernel", "Kernel size", kernels, 15, 3, 25,
                "k: pixels on a side that one output pixel is to see; an even one is taken as the next",
                {.step = 2, .applies = Applies::live, .shownWhen = "show=kernels"}),
        choice("wide_weights", "Weights", kernels, "average",
               {{"average", "averages", "every weight the same: the spread is that of the formula"},
                {"random", "random", "normal weights, mean of 24 draws, as at the start of a training"}},
               "Of the convolutions whose reach is measured", {.applies = Applies::live, .shownWhen = "show=kernels"}),
        integer("wide_in", "Channels in", kernels, 2048, 1, 4096, "For the ledger of costs",
                {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=kernels"}),
        integer("wide_out", "Channels out", kernels, 21, 1, 4096, "For the ledger of costs: classes that are told apart",
                {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=kernels"}),
        number("shade", "Shade", view, 0.45, 0, 1, 0.01, "", "How strongly a mask is coloured", {.applies = Applies::view}),
    };
}

} // namespace orrery::segmentation
