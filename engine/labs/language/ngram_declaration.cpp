// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_declaration.h"

namespace orrery::language {

using namespace lab;

namespace {

const std::string shown = "show=ngram", text = "Text", smoothing = "Smoothing", reading = "Line", drawing = "Drawing",
                  grams = "Key grams";

Parameter row(std::string key, std::string label, std::string group, Type type, Value fallback, std::string meaning,
              Parameter more = {}) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = type, more.fallback = std::move(fallback), more.meaning = std::move(meaning);
    if (more.shownWhen.empty()) more.shownWhen = shown;
    return more;
}
Parameter whole(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                std::string meaning, Parameter more = {}) {
    more.low = low, more.high = high, more.step = 1;
    return row(std::move(key), std::move(label), std::move(group), Type::integer, fallback, std::move(meaning), std::move(more));
}

} // namespace

std::vector<Parameter> ngramParameters() {
    return {
        row("ngram_source", "Text", text, Type::choice, std::string("stories"), "What is counted",
            {.choices = {{"stories", "stories", "the story world that this project's models are trained on"},
                         {"sam", "I am Sam", "three lines that can be counted by hand"},
                         {"file", "file", "a text of any kind, to 1 GB; UTF-8 or bytes"},
                         {"arpa", "ARPA file", "a back-off model that another program counted"}}}),
        row("ngram_file", "File", text, Type::file, std::string(), "A text, or a language model in ARPA's format",
            {.shownWhen = "show=ngram;ngram_source=file|arpa"}),
        row("ngram_unit", "Tokens", text, Type::choice, std::string("word"), "What the text is cut into",
            {.choices = {{"byte", "bytes", "all 256, whatever they mean"},
                         {"character", "characters", "of UTF-8"},
                         {"word", "words", "between blanks"}},
             .shownWhen = "show=ngram;ngram_source=stories|sam|file"}),
        whole("ngram_order", "Order n", text, 3, 1, 10, "Tokens of the longest n-gram: a context has n - 1",
              {.shownWhen = "show=ngram;ngram_source=stories|sam|file"}),
        row("ngram_held_out", "Held out", text, Type::number, 0.1, "Share of the lines that are not counted, to judge by",
            {.low = 0, .high = 0.5, .step = 0.01, .shownWhen = "show=ngram;ngram_source=stories|file"}),
        row("ngram_smoothing", "Smoothing", smoothing, Type::choice, std::string("kneser-ney"),
            "What is given to that which was never seen",
            {.applies = Applies::live,
             .choices = {{"mle", "none", "relative frequencies after the longest context that was seen"},
                         {"add-k", "add-k", "every count is larger by k"},
                         {"kneser-ney", "Kneser-Ney",
                          "modified and interpolated: discounts by count, and how many contexts a word is found in"}},
             .shownWhen = "show=ngram;ngram_source=stories|sam|file"}),
        row("ngram_k", "k", smoothing, Type::number, 1.0, "Added to every count",
            {.low = 0.0001,
             .high = 10,
             .step = 0.0001,
             .formula = "(c(hw) + k) / (c(h) + k V)",
             .scale = Scale::logarithmic,
             .applies = Applies::live,
             .shownWhen = "show=ngram;ngram_smoothing=add-k"}),
        row("ngram_closed", "Closed vocabulary", smoothing, Type::flag, false,
            "V without the unknown word, which is then impossible",
            {.applies = Applies::live, .shownWhen = "show=ngram;ngram_smoothing=add-k"}),
        row("ngram_sentence", "Line", reading, Type::text, std::string("Otto picked up the golden umbrella. Tina smiled at him."),
            "Read token by token; the clock is the token", {}),
        row("ngram_look", "Below", reading, Type::choice, std::string("next"), "What is shown below the line",
            {.applies = Applies::view,
             .choices = {{"next", "what comes next", "the distribution of the next token, and the tree of counts"},
                         {"law", "law and worth", "rank and frequency, and perplexities of the smoothings"},
                         {"grams", "key grams", "the features of a text, its pieces, and text that the model draws"}}}),
        whole("ngram_law_order", "Ranked n", reading, 1, 1, 10, "Whose n-grams are ranked by frequency",
              {.applies = Applies::live, .shownWhen = "show=ngram;ngram_look=law"}),
        whole("ngram_window", "Window", grams, 3, 1, 10, "Tokens of a key gram: a window of that length slides over the text",
              {.applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        whole("ngram_threshold", "Threshold", grams, 2, 1, 1'000'000,
              "n-grams seen at least so often are dimensions, and may be inside a piece",
              {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        row("ngram_temperature", "Heat", drawing, Type::number, 1.0,
            "Probabilities to the power of one by this; 0: always the likeliest",
            {.low = 0,
             .high = 4,
             .step = 0.05,
             .formula = "p^(1/T)",
             .applies = Applies::live,
             .shownWhen = "show=ngram;ngram_look=grams"}),
        whole("ngram_tokens", "Tokens drawn", drawing, 60, 1, 1000, "The drawn text ends there, if no line ends before",
              {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
        whole("ngram_seed", "Draw", drawing, 1, 0, 1'000'000, "Another number draws another text",
              {.applies = Applies::live, .shownWhen = "show=ngram;ngram_look=grams"}),
    };
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
