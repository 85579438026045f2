// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_declaration.h"

#include "engine/lab/rows.h"

namespace orrery::embedding {

using namespace lab;

namespace {

const std::string text = "Text", training = "Word vectors", arithmetic = "Arithmetic";
const std::string onText = "data=text", drawing = "data=text;word_model=skip-gram|cbow",
                  watched = "data=text;method=pca|random|axes;learn=watched";

} // namespace

std::vector<Parameter> wordParameters() {
    return {
        choice("corpus", "Text", text, "grammar",
               {{"grammar", "grammar", "sentences made from traits, so that its analogies are known"},
                {"stories", "stories", "the little stories of the language lab, 224,000 words"},
                {"file", "file", "a text of your own, UTF-8"}},
               "What word vectors are trained on", {.shownWhen = onText}),
        file("text_file", "Text file", text, "A text in UTF-8; a line's end or a full stop ends a sentence",
             {.shownWhen = "data=text;corpus=file"}),
        integer("min_count", "Least count", text, 5, 1, 1000, "Rarer words are left out of the text",
                {.scale = Scale::logarithmic, .shownWhen = onText}),
        flag("lower_case", "Lower case", text, true, "The and the are one word", {.shownWhen = onText}),
        file("questions", "Analogies", text, "A file of questions, four words a line; the grammar brings its own",
             {.shownWhen = onText}),
        choice("learn", "Training", training, "watched",
               {{"watched", "watched", "PCA, random directions or axes of your own, drawn at every step of training"},
                {"at-once", "at once", "trained to the end first, then projected"}},
               "Whether the clock is that of training or that of the projection",
               {.shownWhen = "data=text;method=pca|random|axes"}),
        choice("word_model", "Model", training, "skip-gram",
               {{"skip-gram", "skip-gram", "each word near a centre predicts it, against words drawn by chance"},
                {"cbow", "CBOW", "the mean of the words near a centre predicts it"},
                {"glove", "GloVe", "products of vectors become logarithms of how often words meet"}},
               "What is learned by predicting", {.shownWhen = onText}),
        integer("word_dims", "Size of a vector", training, 24, 2, 1024, "Numbers for each word",
                {.formula = "W in R^(V x d)", .scale = Scale::logarithmic, .shownWhen = onText}),
        integer("window", "Window", training, 1, 1, 16, "How far company reaches, on either side",
                {.unit = "words", .shownWhen = onText}),
        flag("shrink", "Shrinking window", training, true, "Draw each window from 1 to that size, so that near words count more",
             {.shownWhen = drawing}),
        integer("drawn", "Words drawn", training, 5, 1, 24, "Words drawn by chance that are pushed away, for each centre",
                {.formula = "ln \xCF\x83(v u) + \xCE\xA3 ln \xCF\x83(-v u')", .shownWhen = drawing}),
        number("noise_power", "Noise power", training, 0.75, 0, 1, 0.05, "",
               "Words are drawn in proportion to count to this power", {.shownWhen = drawing}),
        flag("count_hits", "Count hits", training, false,
             "A drawn word that is the true one is pushed away too, as published; word2vec.c leaves it out, which shifts v u",
             {.shownWhen = drawing}),
        number("subsample", "Thin out above", training, 0, 0, 0.1, 0.0001, "",
               "Share of the text from which on frequent words are left out at random; 0: none are",
               {.formula = "p = sqrt(t / f) + t / f", .shownWhen = drawing}),
        number("glove_most", "Full weight from", training, 100, 1, 10000, 1, "", "Pairs met so often weigh 1, rarer ones less",
               {.formula = "(X / most)^0.75", .scale = Scale::logarithmic, .shownWhen = "data=text;word_model=glove"}),
        number("word_rate", "Rate", training, 0.025, 0.0001, 1, 0.0005, "",
               "Length of a step; falls to 0 over the passes, GloVe's falls by AdaGrad",
               {.scale = Scale::logarithmic, .shownWhen = onText}),
        integer("passes", "Passes", training, 20, 1, 1000, "How often the text is read",
                {.scale = Scale::logarithmic, .shownWhen = onText}),
        choice("word_format", "Numbers", training, "fp32",
               {{"fp32", "FP32", "not at all"},
                {"fp16", "FP16", "to the nearest of 16 bits: updates under half a spacing are swallowed"},
                {"fp16-random", "FP16, by chance", "up or down by chance, right in the mean"}},
               "What a number of a vector is rounded to after every update", {.shownWhen = onText}),
        line("expression", "Expression", arithmetic, "", "Words with + and - between: king - man + woman",
             {.applies = Applies::live}),
        choice("rule", "Scored by", arithmetic, "add",
               {{"add", "3CosAdd", "cosine with the sum of unit vectors"},
                {"multiply", "3CosMul", "product of cosines, those of subtracted words below"}},
               "How candidates are scored", {.applies = Applies::live}),
    };
}

std::vector<Series> wordSeries() {
    return {
        {.key = "word_loss",
         .label = "word loss",
         .meaning = "-ln \xCF\x83 over pairs and draws; of GloVe the weighted squares",
         .chart = "Word vectors",
         .shownWhen = watched,
         .colour = 0},
        {.key = "analogies",
         .label = "analogies",
         .meaning = "Share of the known analogies that come true, words of the question left out",
         .chart = "Analogies",
         .shownWhen = watched,
         .colour = 1},
        {.key = "analogies_all",
         .label = "nothing left out",
         .meaning = "The same when the words of the question may answer it",
         .chart = "Analogies",
         .shownWhen = watched,
         .colour = 5},
    };
}

std::vector<Array> wordArrays() {
    return {
        {"candidates", "[k,4]", "f32", "",
         "Answers to the expression: row, score, rank, rank without its own words (0: one of those)"},
        {"pmi", "[n,n]", "f32", "",
         "Of the most frequent words while vectors are trained: ln(#(w,c) |D| / (#w #c)), NaN where they never meet"},
        {"pmi_target", "[n,n]", "f32", "", "Where the product of each two vectors goes, in closed form"},
        {"pmi_product", "[n,n]", "f32", "", "The product of each two vectors"},
    };
}

std::vector<Input> wordInputs() {
    return {{"text_file",
             {"text", "md", "txt"},
             "a text to learn word vectors from",
             {{"data", "text"}, {"corpus", "file"}, {"method", "pca"}, {"learn", "watched"}}},
            {"questions", {"analogies"}, "a list of analogies, four words a line", {{"data", "text"}}}};
}

std::vector<Output> wordOutputs() {
    return {
        {"words", "vec", "Trained word vectors as word2vec text", {{"data", "text"}, {"method", "pca"}, {"learn", "at-once"}}}};
}

} // namespace orrery::embedding
