// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"
#include "engine/labs/embedding/declared.h"

namespace orrery::embedding {

using namespace lab;

namespace {
const std::string data = "Table", space = "Distances";
const std::string onFile = "data=file", descends = "method=tsne|umap";
} // namespace

std::vector<Parameter> tableParameters() {
    return {
        choice("data", "Table", data, "glyphs",
               {{"glyphs", "glyphs", "pictures of 20 hand-drawn signs, 16 x 16 pixels each, made here"},
                {"made", "made up", "rows whose sizes and distances are known"},
                {"text", "text", "word vectors, learned from a text while you look"},
                {"file", "file", "a table, word vectors or a tensor from a file"}},
               "What is projected"),
        integer("count", "Glyphs", data, 10000, 100, 1'000'000, "How many pictures are drawn",
                {.scale = Scale::logarithmic, .shownWhen = "data=glyphs"}),
        file("file", "File", data, "CSV, TSV, word2vec (.bin, .txt), GloVe, fastText (.vec), .npy, .npz or .safetensors",
             {.shownWhen = onFile}),
        file("metadata", "Metadata", data, "A TSV with a line for each row: labels alone, or columns with a heading",
             {.shownWhen = onFile}),
        line("tensor", "Tensor", data, "", "Which tensor of a file with several; empty: the largest that has rows",
             {.shownWhen = onFile}),
        integer("rows", "First rows", data, 0, 0, 10'000'000, "Only so many rows of the file; 0: all of them",
                {.shownWhen = onFile}),
        choice("metric", "Distance", space, "euclid",
               {{"euclid", "Euclid", "the length of the difference"}, {"cosine", "cosine", "the angle, whatever the lengths"}},
               "What near means in the table"),
        integer("reduce", "Reduce to", space, 50, 0, 1024,
                "Neighbours are sought in so many principal components when a row has more than twice as many numbers; 0: never",
                {.shownWhen = descends}),
        choice("search", "Neighbour search", space, "automatic",
               {{"automatic", "automatic", "all pairs up to 50,000 rows, NN-descent above"},
                {"exact", "all pairs", "exact, with ties in order of their rows"},
                {"descent", "NN-descent", "neighbours of neighbours, from a forest of random planes"}},
               "How the nearest rows are found", {.shownWhen = descends}),
    };
}

} // namespace orrery::embedding
