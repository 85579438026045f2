// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"
#include "engine/labs/embedding/declared.h"

namespace orrery::embedding {

using namespace lab;

namespace {
const std::string tsne = "t-SNE", umap = "UMAP", closer = "Look closer";
const std::string onTsne = "method=tsne", onUmap = "method=umap";
} // namespace

std::vector<Parameter> tsneParameters() {
    return {
        number(
            "perplexity", "Perplexity", tsne, 30, 1, 500, 0.5, "", "How many neighbours a row has, softly counted",
            {.formula = "exp(H(p_i)) = perplexity", .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onTsne}),
        integer("iterations", "Steps", tsne, 1000, 10, 20000, "Of gradient descent",
                {.step = 10, .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onTsne}),
        number("exaggeration", "Exaggeration", tsne, 12, 1, 50, 0.1, "",
               "What attraction is multiplied by at first, so that clusters find each other",
               {.formula = "\xCF\x81 P", .applies = Applies::live, .shownWhen = onTsne}),
        integer("exaggerated", "for steps", tsne, 250, 0, 20000, "How many steps attraction is exaggerated",
                {.step = 10, .applies = Applies::live, .shownWhen = onTsne}),
        number("later_exaggeration", "and later", tsne, 1, 0.1, 10, 0.05, "",
               "What attraction is multiplied by after that; 1 is t-SNE, about 4 looks much like UMAP",
               {.applies = Applies::live, .shownWhen = onTsne}),
        number("rate", "Learning rate", tsne, 0, 0, 100000, 1, "",
               "Length of a step along the gradient; 0: rows / (4 exaggeration)",
               {.applies = Applies::live, .shownWhen = onTsne}),
        number("momentum", "Momentum", tsne, 0.8, 0, 0.99, 0.01, "", "Share of the last move that goes on",
               {.applies = Applies::live, .shownWhen = onTsne}),
        choice("repulsion", "Repulsion by", tsne, "automatic",
               {{"automatic", "automatic", "all pairs or the grid, whichever takes less work at this range"},
                {"exact", "all pairs", "every pair of points, at every step"},
                {"grid", "grid", "a potential on a grid, by FFT: linear in the points"}},
               "How all points push all others", {.applies = Applies::live, .shownWhen = onTsne}),
        number("spacing", "Grid spacing", tsne, 0.2, 0.1, 1, 0.01, "",
               "Between the nodes of the grid, in the picture's units; the error falls with its eighth power",
               {.applies = Applies::live, .shownWhen = "method=tsne;repulsion=automatic|grid"}),
    };
}

std::vector<Parameter> umapParameters() {
    return {
        integer("neighbours", "Neighbours", umap, 15, 2, 200, "Of each row, itself counted",
                {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onUmap}),
        integer("epochs", "Epochs", umap, 500, 10, 20000, "In which the length of a step falls to 0",
                {.step = 10, .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onUmap}),
        number("min_dist", "Least distance", umap, 0.1, 0, 2, 0.01, "", "How near points may come in the picture",
               {.formula = "1 / (1 + a d^(2b))", .applies = Applies::live, .shownWhen = onUmap}),
        number("spread", "Spread", umap, 1, 0.1, 5, 0.05, "", "Over what distance the pull fades",
               {.applies = Applies::live, .shownWhen = onUmap}),
        number("gamma", "Push", umap, 1, 0, 10, 0.05, "", "Strength of what pushes points apart",
               {.applies = Applies::live, .shownWhen = onUmap}),
        integer("negatives", "Pushes for a pull", umap, 5, 0, 50, "Points drawn at random that push, for each edge that pulls",
                {.applies = Applies::live, .shownWhen = onUmap}),
    };
}

std::vector<Parameter> judgingParameters() {
    return {
        integer("quality_k", "Neighbours judged", closer, 12, 1, 200,
                "How many neighbours trustworthiness, continuity and recall look at", {.applies = Applies::live}),
        integer("quality_every", "Judged every", closer, 50, 0, 10000,
                "How often a sample of 500 rows is judged while it runs; 0: at the end only",
                {.step = 5, .unit = "steps", .applies = Applies::live, .shownWhen = "method=tsne|umap"}),
    };
}

} // namespace orrery::embedding
