// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_declaration.h"

#include "engine/lab/rows.h"

namespace orrery::language {

using namespace lab;

namespace {

const std::string shown = "show=ngram", text = "Text", smoothing = "Smoothing", reading = "Line", drawing = "Drawing",
                  grams = "Key grams";

} // namespace

std::vector<Parameter> ngramParameters() {
    std::vector<Parameter> rows = {
        choice("ngram_source", "Text", text, "stories",
               {{"stories", "stories", "the story world that this project's models are trained on"},
                {"sam", "I am Sam", "three lines that can be counted by hand"},
                {"file", "file", "a text of any kind, to 1 GB; UTF-8 or bytes"},
                {"arpa", "ARPA file", "a back-off model that another program counted"}},
               "What is counted"),
        file("ngram_file", "File", text, "A text, or a language model in ARPA's format",
             {.shownWhen = "show=ngram;ngram_source=file|arpa"}),
        choice("ngram_unit", "Tokens", text, "word",
               {{"byte", "bytes", "all 256, whatever they mean"},
                {"character", "characters", "of UTF-8"},
                {"word", "words", "between blanks"}},
               "What the text is cut into", {.shownWhen = "show=ngram;ngram_source=stories|sam|file"}),
        integer("ngram_order", "Order n", text, 3, 1, 10, "Tokens of the longest n-gram: a context has n - 1",
                {.shownWhen = "show=ngram;ngram_source=stories|sam|file"}),
        number("ngram_held_out", "Held out", text, 0.1, 0, 0.5, 0.01, "", "Share of the lines that are not counted, to judge by",
               {.shownWhen = "show=ngram;ngram_source=stories|file"}),
        choice("ngram_smoothing", "Smoothing", smoothing, "kneser-ney",
               {{"mle", "none", "relative frequencies after the longest context that was seen"},
                {"add-k", "add-k", "every count is larger by k"},
                {"kneser-ney", "Kneser-Ney",
                 "modified and interpolated: discounts by count, and how many contexts a word is found in"}},
               "What is given to that which was never seen",
               {.applies = Applies::live, .shownWhen = "show=ngram;ngram_source=stories|sam|file"}),
        number("ngram_k", "k", smoothing, 1.0, 0.0001, 10, 0.0001, "", "Added to every count",
               {.formula = "(c(hw) + k) / (c(h) + k V)",
                .scale = Scale::logarithmic,
                .applies = Applies::live,
                .shownWhen = "show=ngram;ngram_smoothing=add-k"}),
        flag("ngram_closed", "Closed vocabulary", smoothing, false, "V without the unknown word, which is then impossible",
             {.applies = Applies::live, .shownWhen = "show=ngram;ngram_smoothing=add-k"}),
        line("ngram_sentence", "Line", reading, "Otto picked up the golden umbrella. Tina smiled at him.",
             "Read token by token; the clock is the token"),
        choice("ngram_look", "Below", reading, "next",
               {{"next", "what comes next", "the distribution of the next token, and the tree of counts"},
                {"law", "law and worth", "rank and frequency, and perplexities of the smoothings"},
                {"grams", "key grams", "the features of a text, its pieces, and text that the model draws"}},
               "What is shown below the line", {.applies = Applies::view}),
        integer("ngram_law_order", "Ranked n", reading, 1, 1, 10, "Whose n-grams are ranked by frequency",
                {.applies = Applies::live, .shownWhen = "show=ngram;ngram_look=law"}),
        integer("ngram_window", "Window", grams, 3, 1, 10, "Tokens of a key gram: a window of that length slides over the text",
                {.applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        integer("ngram_threshold", "Threshold", grams, 2, 1, 1'000'000,
                "n-grams seen at least so often are dimensions, and may be inside a piece",
                {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        number("ngram_temperature", "Heat", drawing, 1.0, 0, 4, 0.05, "",
               "Probabilities to the power of one by this; 0: always the likeliest",
               {.formula = "p^(1/T)", .applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        integer("ngram_tokens", "Tokens drawn", drawing, 60, 1, 1000, "The drawn text ends there, if no line ends before",
                {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        integer("ngram_seed", "Draw", drawing, 1, 0, 1'000'000, "Another number draws another text",
                {.applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
    };
    for (Parameter& row : rows)
        if (row.shownWhen.empty()) row.shownWhen = shown;
    return rows;
}

std::vector<Series> ngramSeries() {
    return {{.key = "ngram_surprise",
             .label = "surprise",
             .unit = "-log10 p",
             .meaning = "Of each token of the line after those before it",
             .chart = "Surprise",
             .shownWhen = shown,
             .axis = "token"},
            {.key = "ngram_perplexity",
             .label = "perplexity so far",
             .meaning = "Of the line up to this token",
             .chart = "Perplexity",
             .shownWhen = shown,
             .axis = "token"},
            {.key = "ngram_frequency",
             .label = "frequency",
             .unit = "occurrences",
             .meaning = "How often the n-gram of this rank was seen",
             .chart = "Rank and frequency",
             .shownWhen = shown,
             .axis = "rank by frequency",
             .scale = Scale::logarithmic},
            {.key = "ngram_power_law",
             .label = "power law",
             .unit = "occurrences",
             .meaning = "The straight line through the logarithms",
             .chart = "Rank and frequency",
             .theory = true,
             .shownWhen = shown,
             .axis = "rank by frequency",
             .scale = Scale::logarithmic}};
}

std::vector<Array> ngramArrays() {
    return {
        {"ngram_scores", "[tokens, 4]", "f32", "", "Of the line: token, log10 p, order that knew it, 1 where the word is known"},
        {"ngram_next", "[V]", "f32", "", "Distribution of the next token"},
        {"ngram_law", "[ranks, 2]", "f32", "", "Rank and frequency"},
        {"ngram_tree", "[nodes, 6]", "f32", "",
         "Count tree: token, depth, parent, count, share of the parent's, kinds that follow"},
        {"ngram_judged", "[smoothings, 8]", "f32", "",
         "Perplexities: smoothing, of counted lines, held out, without unknown words; tokens of both, unknown, impossible"},
        {"ngram_counts", "[n, 3]", "f32", "", "Order, different n-grams, those seen once"},
        {"ngram_cost", "[1, 5]", "f32", "",
         "Counting in MB/s, bytes for an n-gram, n-grams, bytes of the tables while counting, tokens asked for in a second"},
        {"ngram_features", "[lines, dimensions]", "f32", "",
         "How often each key gram is in each counted line; at most 1000 by 256"}};
}

std::vector<Input> ngramInputs() {
    return {{"ngram_file", {"arpa", "lm"}, "A back-off model in ARPA's format", {{"show", "ngram"}, {"ngram_source", "arpa"}}},
            {"ngram_file",
             {"text", "md", "log", "csv"},
             "A text whose n-grams are counted",
             {{"show", "ngram"}, {"ngram_source", "file"}}}};
}

std::vector<Output> ngramOutputs() {
    return {{"ngram_arpa", "arpa", "The counted model, with Kneser-Ney's numbers, in ARPA's format", {{"show", "ngram"}}}};
}

} // namespace orrery::language
