// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"
#include "engine/labs/embedding/declared.h"

namespace orrery::embedding {

using namespace lab;

namespace {
const std::string projection = "Projection";
const std::string onPca = "method=pca", onAxes = "method=axes", descends = "method=tsne|umap";
} // namespace

std::vector<Parameter> projectionParameters() {
    std::vector<Parameter> all = {
        choice("method", "Method", projection, "tsne",
               {{"pca", "PCA", "the directions of largest variance"},
                {"tsne", "t-SNE", "neighbours stay neighbours: probabilities are matched"},
                {"umap", "UMAP", "neighbours stay neighbours: a fuzzy graph is laid out"},
                {"random", "random", "random directions, which keep distances in the mean"},
                {"axes", "axes of my own", "from some rows to others"}},
               "How many dimensions become two or three"),
        choice("dims", "Dimensions", projection, "2d", {{"2d", "2-D", "a plane"}, {"3d", "3-D", "space"}}, "Of the picture"),
        choice("start", "Begin with", projection, "pca",
               {{"pca", "PCA", "the principal components, small"},
                {"random", "random", "normal numbers"},
                {"spectral", "spectral", "eigenvectors of UMAP's graph; principal components where it falls apart"},
                {"picture", "this picture", "where the points are now"}},
               "Where the points are before the first step", {.shownWhen = descends}),
        flag("centred", "Centred", projection, true,
             "Take the mean away first, as principal components ask; without it the first component points at the mean",
             {.formula = "C = (X - \xCE\xBC)^T (X - \xCE\xBC) / (n - 1)", .shownWhen = onPca}),
    };
    const char* const names[3] = {"x", "y", "z"};
    for (int d = 0; d < 3; ++d)
        all.push_back(integer(std::string("component_") + names[d], std::string("Component of ") + names[d], projection, d + 1, 1,
                              50, "Which principal component lies along this axis",
                              {.applies = Applies::live, .shownWhen = d < 2 ? onPca : onPca + ";dims=3d"}));
    for (int d = 0; d < 3; ++d) {
        const std::string when = d < 2 ? onAxes : onAxes + ";dims=3d", axis = names[d];
        all.push_back(line(axis + "_from", axis + " from", projection, d == 0 ? "0" : "",
                           "Rows at 0 of this axis: words or row numbers, with commas between; their mean counts",
                           {.applies = Applies::live, .shownWhen = when}));
        all.push_back(line(axis + "_to", axis + " to", projection, d == 0 ? "1" : "",
                           "Rows at 1 of this axis: words or row numbers, with commas between; their mean counts",
                           {.applies = Applies::live, .shownWhen = when}));
    }
    all.push_back(choice("path", "Computed by", projection, "automatic",
                         {{"automatic", "automatic", "the device where it is a GPU, the host otherwise"},
                          {"host", "host", "all cores of the processor"},
                          {"vulkan", "device", "kernels of the Vulkan device; the points stay in its memory"}},
                         "Who finds components and neighbours and moves the points; both do the same but for rounding",
                         {.applies = Applies::live, .shownWhen = "method=pca|tsne|umap"}));
    return all;
}

} // namespace orrery::embedding
