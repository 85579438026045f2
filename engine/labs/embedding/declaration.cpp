// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/embedding/declaration.h"

#include "engine/labs/embedding/parameters.h"
#include "engine/labs/embedding/words_declaration.h"

namespace orrery::embedding {

using namespace lab;

namespace {

const std::string descends = "method=tsne|umap";

Declaration declare() {
    Declaration d;
    d.name = "embedding";
    d.title = "Embedding";
    d.summary =
        "From one-hot to a cloud you can walk through: projections of many dimensions, live at every step, and how far they can "
        "be believed.";
    d.clock = {"step", "start", "end", true};
    d.defaultScenario = "glyphs";
    d.parameters = parameters();
    d.actions = {{"restart", "Restart", "Back to the first picture", "R"},
                 {"measure", "Judge all", "Judges the picture at every row, 20,000 at most", "J"}};
    d.series = {
        {.key = "loss",
         .label = "loss",
         .meaning = "t-SNE: KL(P || Q) in nats. UMAP: mean over edges of what pulls and pushes",
         .chart = "Loss",
         .shownWhen = descends,
         .colour = 0},
        {.key = "attraction",
         .label = "attraction",
         .meaning = "t-SNE: sum P ln(1 + d^2). UMAP: -ln q over edges",
         .chart = "Loss, by its parts",
         .shownWhen = descends,
         .colour = 2},
        {.key = "repulsion_loss",
         .label = "repulsion",
         .meaning = "t-SNE: ln Z. UMAP: -ln(1 - q) over pairs",
         .chart = "Loss, by its parts",
         .shownWhen = descends,
         .colour = 5},
        {.key = "trust",
         .label = "trustworthiness",
         .meaning = "1: no row is shown near that is far in the table",
         .chart = "Can it be believed",
         .shownWhen = descends,
         .colour = 1},
        {.key = "continuity",
         .label = "continuity",
         .meaning = "1: no row is shown far that is near in the table",
         .chart = "Can it be believed",
         .shownWhen = descends,
         .colour = 3},
        {.key = "recall",
         .label = "recall",
         .meaning = "Share of the nearest rows in the table that are nearest in the picture",
         .chart = "Can it be believed",
         .shownWhen = descends,
         .colour = 6},
        {.key = "accuracy",
         .label = "class accuracy",
         .meaning = "Share of rows whose class is that of most of the 10 nearest in the picture",
         .chart = "Can it be believed",
         .shownWhen = descends,
         .colour = 4},
    };
    d.arrays = {
        {"coordinates", "[N,2 or 3]", "f32", "", "Where each row is in the picture"},
        {"neighbours", "[N,k]", "f32", "", "Row numbers of the nearest, nearest first"},
        {"distances", "[N,k]", "f32", "", "Their distances"},
        {"graph", "[edges,3]", "f32", "", "Row, row and weight of each edge of the graph that is laid out"},
        {"errors", "[rows,4]", "f32", "", "Row, then its trustworthiness, continuity and recall, for the rows that were judged"},
        {"selection", "[M]", "f32", "", "The rows that are selected"},
        {"eigenvalues", "[50,2]", "f32", "", "Variance along each principal component, and its share"},
        {"table", "[N,D]", "f32", "", "The rows as they were read"},
    };
    d.inputs = {{"file",
                 {"vec", "bin", "npz", "npy", "tsv", "csv", "txt", "safetensors"},
                 "a table, word vectors or a tensor",
                 {{"data", "file"}, {"method", "pca"}, {"metadata", ""}, {"tensor", ""}, {"rows", "0"}}}};
    d.outputs = {{"picture", "csv", "Coordinates with names, classes and numbers of each row", {}},
                 {"picture-json", "json", "The same as JSON, with the settings of the projection", {}},
                 {"selected", "csv", "The selected rows alone", {}},
                 {"selected-json", "json", "The selected rows as JSON: numbers, names, coordinates, columns", {}},
                 {"figure", "svg", "The cloud as a vector figure, with names and legend", {}},
                 {"edges", "csv", "The graph that is laid out: two rows, the weight of their edge, their names", {}},
                 {"vectors", "txt", "The selected rows, or all, as word2vec text", {}}};
    for (Series& series : wordSeries()) d.series.push_back(std::move(series));
    for (Array& array : wordArrays()) d.arrays.push_back(std::move(array));
    for (Input& input : wordInputs()) d.inputs.push_back(std::move(input));
    for (Output& output : wordOutputs()) d.outputs.push_back(std::move(output));
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::embedding
