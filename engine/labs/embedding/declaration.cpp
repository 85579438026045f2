// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/embedding/declaration.h"

#include "engine/labs/embedding/controlled.h"
#include "engine/labs/embedding/declared_view.h"
#include "engine/labs/embedding/words_declaration.h"

namespace orrery::embedding {

using namespace lab;

namespace {

const std::string data = "Table", space = "Distances", projection = "Projection", tsne = "t-SNE", umap = "UMAP", closer = "Look closer";
const std::string onTsne = "method=tsne", onUmap = "method=umap", onPca = "method=pca", onAxes = "method=axes", descends = "method=tsne|umap";

std::vector<Parameter> ofTheTable() {
    return {
        {.key = "data", .label = "Table", .group = data, .type = Type::choice, .fallback = std::string("glyphs"),
         .meaning = "What is projected",
         .choices = {{"glyphs", "glyphs", "pictures of 20 hand-drawn signs, 16 x 16 pixels each, made here"},
                     {"made", "made up", "rows whose sizes and distances are known"},
                     {"text", "text", "word vectors, learned from a text while you look"},
                     {"file", "file", "a table, word vectors or a tensor from a file"}}},
        {.key = "count", .label = "Glyphs", .group = data, .type = Type::integer, .fallback = std::int64_t(10000), .low = 100, .high = 1'000'000, .step = 1,
         .meaning = "How many pictures are drawn", .scale = Scale::logarithmic, .shownWhen = "data=glyphs"},
        {.key = "file", .label = "File", .group = data, .type = Type::file, .fallback = std::string(),
         .meaning = "CSV, TSV, word2vec (.bin, .txt), GloVe, fastText (.vec), .npy, .npz or .safetensors", .shownWhen = "data=file"},
        {.key = "metadata", .label = "Metadata", .group = data, .type = Type::file, .fallback = std::string(),
         .meaning = "A TSV with a line for each row: labels alone, or columns with a heading", .shownWhen = "data=file"},
        {.key = "tensor", .label = "Tensor", .group = data, .type = Type::text, .fallback = std::string(),
         .meaning = "Which tensor of a file with several; empty: the largest that has rows", .shownWhen = "data=file"},
        {.key = "rows", .label = "First rows", .group = data, .type = Type::integer, .fallback = std::int64_t(0), .low = 0, .high = 10'000'000, .step = 1,
         .meaning = "Only so many rows of the file; 0: all of them", .shownWhen = "data=file"},
        {.key = "metric", .label = "Distance", .group = space, .type = Type::choice, .fallback = std::string("euclid"),
         .meaning = "What near means in the table",
         .choices = {{"euclid", "Euclid", "the length of the difference"}, {"cosine", "cosine", "the angle, whatever the lengths"}}},
        {.key = "reduce", .label = "Reduce to", .group = space, .type = Type::integer, .fallback = std::int64_t(50), .low = 0, .high = 1024, .step = 1,
         .meaning = "Neighbours are sought in so many principal components when a row has more than twice as many numbers; 0: never",
         .shownWhen = descends},
        {.key = "search", .label = "Neighbour search", .group = space, .type = Type::choice, .fallback = std::string("automatic"),
         .meaning = "How the nearest rows are found",
         .choices = {{"automatic", "automatic", "all pairs up to 50,000 rows, NN-descent above"},
                     {"exact", "all pairs", "exact, with ties in order of their rows"},
                     {"descent", "NN-descent", "neighbours of neighbours, from a forest of random planes"}},
         .shownWhen = descends},
    };
}

std::vector<Parameter> ofTheProjection() {
    std::vector<Parameter> all = {
        {.key = "method", .label = "Method", .group = projection, .type = Type::choice, .fallback = std::string("tsne"),
         .meaning = "How many dimensions become two or three",
         .choices = {{"pca", "PCA", "the directions of largest variance"},
                     {"tsne", "t-SNE", "neighbours stay neighbours: probabilities are matched"},
                     {"umap", "UMAP", "neighbours stay neighbours: a fuzzy graph is laid out"},
                     {"random", "random", "random directions, which keep distances in the mean"},
                     {"axes", "axes of my own", "from some rows to others"}}},
        {.key = "dims", .label = "Dimensions", .group = projection, .type = Type::choice, .fallback = std::string("2d"),
         .meaning = "Of the picture", .choices = {{"2d", "2-D", "a plane"}, {"3d", "3-D", "space"}}},
        {.key = "start", .label = "Begin with", .group = projection, .type = Type::choice, .fallback = std::string("pca"),
         .meaning = "Where the points are before the first step",
         .choices = {{"pca", "PCA", "the principal components, small"},
                     {"random", "random", "normal numbers"},
                     {"spectral", "spectral", "eigenvectors of UMAP's graph; principal components where it falls apart"},
                     {"picture", "this picture", "where the points are now"}},
         .shownWhen = descends},
        {.key = "centred", .label = "Centred", .group = projection, .type = Type::flag, .fallback = true,
         .meaning = "Take the mean away first, as principal components ask; without it the first component points at the mean",
         .formula = "C = (X - \xCE\xBC)^T (X - \xCE\xBC) / (n - 1)", .shownWhen = onPca},
    };
    const char* const names[3] = {"x", "y", "z"};
    for (int d = 0; d < 3; ++d)
        all.push_back({.key = std::string("component_") + names[d], .label = std::string("Component of ") + names[d], .group = projection, .type = Type::integer,
                       .fallback = std::int64_t(d + 1), .low = 1, .high = 50, .step = 1, .meaning = "Which principal component lies along this axis",
                       .applies = Applies::live, .shownWhen = d < 2 ? onPca : onPca + ";dims=3d"});
    for (int d = 0; d < 3; ++d) {
        const std::string when = d < 2 ? onAxes : onAxes + ";dims=3d", axis = names[d];
        all.push_back({.key = axis + "_from", .label = axis + " from", .group = projection, .type = Type::text, .fallback = std::string(d == 0 ? "0" : ""),
                       .meaning = "Rows at 0 of this axis: words or row numbers, with commas between; their mean counts", .applies = Applies::live, .shownWhen = when});
        all.push_back({.key = axis + "_to", .label = axis + " to", .group = projection, .type = Type::text, .fallback = std::string(d == 0 ? "1" : ""),
                       .meaning = "Rows at 1 of this axis: words or row numbers, with commas between; their mean counts", .applies = Applies::live, .shownWhen = when});
    }
    return all;
}

std::vector<Parameter> ofTsne() {
    return {
        {.key = "perplexity", .label = "Perplexity", .group = tsne, .type = Type::number, .fallback = 30.0, .low = 1, .high = 500, .step = 0.5,
         .meaning = "How many neighbours a row has, softly counted", .formula = "exp(H(p_i)) = perplexity", .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onTsne},
        {.key = "iterations", .label = "Steps", .group = tsne, .type = Type::integer, .fallback = std::int64_t(1000), .low = 10, .high = 20000, .step = 10,
         .meaning = "Of gradient descent", .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onTsne},
        {.key = "exaggeration", .label = "Exaggeration", .group = tsne, .type = Type::number, .fallback = 12.0, .low = 1, .high = 50, .step = 0.1,
         .meaning = "What attraction is multiplied by at first, so that clusters find each other", .formula = "\xCF\x81 P", .applies = Applies::live, .shownWhen = onTsne},
        {.key = "exaggerated", .label = "for steps", .group = tsne, .type = Type::integer, .fallback = std::int64_t(250), .low = 0, .high = 20000, .step = 10,
         .meaning = "How many steps attraction is exaggerated", .applies = Applies::live, .shownWhen = onTsne},
        {.key = "later_exaggeration", .label = "and later", .group = tsne, .type = Type::number, .fallback = 1.0, .low = 0.1, .high = 10, .step = 0.05,
         .meaning = "What attraction is multiplied by after that; 1 is t-SNE, about 4 looks much like UMAP", .applies = Applies::live, .shownWhen = onTsne},
        {.key = "rate", .label = "Learning rate", .group = tsne, .type = Type::number, .fallback = 0.0, .low = 0, .high = 100000, .step = 1,
         .meaning = "Length of a step along the gradient; 0: rows / (4 exaggeration)", .applies = Applies::live, .shownWhen = onTsne},
        {.key = "momentum", .label = "Momentum", .group = tsne, .type = Type::number, .fallback = 0.8, .low = 0, .high = 0.99, .step = 0.01,
         .meaning = "Share of the last move that goes on", .applies = Applies::live, .shownWhen = onTsne},
        {.key = "repulsion", .label = "Repulsion by", .group = tsne, .type = Type::choice, .fallback = std::string("automatic"),
         .meaning = "How all points push all others",
         .applies = Applies::live,
         .choices = {{"automatic", "automatic", "all pairs or the grid, whichever takes less work at this range"},
                     {"exact", "all pairs", "every pair of points, at every step"},
                     {"grid", "grid", "a potential on a grid, by FFT: linear in the points"}},
         .shownWhen = onTsne},
        {.key = "spacing", .label = "Grid spacing", .group = tsne, .type = Type::number, .fallback = 0.25, .low = 0.1, .high = 1, .step = 0.01,
         .meaning = "Between the nodes of the grid, in the picture's units; the error falls with its eighth power", .applies = Applies::live, .shownWhen = "method=tsne;repulsion=automatic|grid"},
    };
}

std::vector<Parameter> ofUmap() {
    return {
        {.key = "neighbours", .label = "Neighbours", .group = umap, .type = Type::integer, .fallback = std::int64_t(15), .low = 2, .high = 200, .step = 1,
         .meaning = "Of each row, itself counted", .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onUmap},
        {.key = "epochs", .label = "Epochs", .group = umap, .type = Type::integer, .fallback = std::int64_t(500), .low = 10, .high = 20000, .step = 10,
         .meaning = "In which the length of a step falls to 0", .scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = onUmap},
        {.key = "min_dist", .label = "Least distance", .group = umap, .type = Type::number, .fallback = 0.1, .low = 0, .high = 2, .step = 0.01,
         .meaning = "How near points may come in the picture", .formula = "1 / (1 + a d^(2b))", .applies = Applies::live, .shownWhen = onUmap},
        {.key = "spread", .label = "Spread", .group = umap, .type = Type::number, .fallback = 1.0, .low = 0.1, .high = 5, .step = 0.05,
         .meaning = "Over what distance the pull fades", .applies = Applies::live, .shownWhen = onUmap},
        {.key = "gamma", .label = "Push", .group = umap, .type = Type::number, .fallback = 1.0, .low = 0, .high = 10, .step = 0.05,
         .meaning = "Strength of what pushes points apart", .applies = Applies::live, .shownWhen = onUmap},
        {.key = "negatives", .label = "Pushes for a pull", .group = umap, .type = Type::integer, .fallback = std::int64_t(5), .low = 0, .high = 50, .step = 1,
         .meaning = "Points drawn at random that push, for each edge that pulls", .applies = Applies::live, .shownWhen = onUmap},
        {.key = "quality_k", .label = "Neighbours judged", .group = closer, .type = Type::integer, .fallback = std::int64_t(12), .low = 1, .high = 200, .step = 1,
         .meaning = "How many neighbours trustworthiness, continuity and recall look at", .applies = Applies::live},
        {.key = "quality_every", .label = "Judged every", .group = closer, .type = Type::integer, .fallback = std::int64_t(50), .low = 0, .high = 10000, .step = 5,
         .unit = "steps", .meaning = "How often a sample of 500 rows is judged while it runs; 0: at the end only", .applies = Applies::live, .shownWhen = descends},
    };
}

Declaration declare() {
    Declaration d;
    d.name = "embedding";
    d.title = "Embedding";
    d.summary = "From one-hot to a cloud you can walk through: projections of many dimensions, live at every step, and how far they can be believed.";
    d.clock = {"step", "start", "end", true};
    d.defaultScenario = "glyphs";
    for (auto part :
         {ofTheTable, controlledParameters, wordParameters, ofTheProjection, ofTsne, ofUmap, viewParameters})
        for (Parameter& parameter : part()) d.parameters.push_back(std::move(parameter));
    d.actions = {{"restart", "Restart", "Back to the first picture", "R"}, {"measure", "Judge all", "Judges the picture at every row, 20,000 at most", "J"}};
    d.series = {
        {.key = "loss", .label = "loss", .meaning = "t-SNE: KL(P || Q) in nats. UMAP: mean over edges of what pulls and pushes", .chart = "Loss", .shownWhen = descends, .colour = 0},
        {.key = "attraction", .label = "attraction", .meaning = "t-SNE: sum P ln(1 + d^2). UMAP: -ln q over edges", .chart = "Loss, by its parts", .shownWhen = descends, .colour = 2},
        {.key = "repulsion_loss", .label = "repulsion", .meaning = "t-SNE: ln Z. UMAP: -ln(1 - q) over pairs", .chart = "Loss, by its parts", .shownWhen = descends, .colour = 5},
        {.key = "trust", .label = "trustworthiness", .meaning = "1: no row is shown near that is far in the table", .chart = "Can it be believed", .shownWhen = descends, .colour = 1},
        {.key = "continuity", .label = "continuity", .meaning = "1: no row is shown far that is near in the table", .chart = "Can it be believed", .shownWhen = descends, .colour = 3},
        {.key = "recall", .label = "recall", .meaning = "Share of the nearest rows in the table that are nearest in the picture", .chart = "Can it be believed", .shownWhen = descends, .colour = 6},
        {.key = "accuracy", .label = "class accuracy", .meaning = "Share of rows whose class is that of most of the 10 nearest in the picture", .chart = "Can it be believed", .shownWhen = descends, .colour = 4},
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
