// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/precision/declaration.h"

namespace orrery::precision {

using namespace lab;

namespace {

const std::string what = "Show", number = "Number", sum = "Sum", gradients = "Gradients";

Parameter choice(std::string key, std::string label, std::string group, std::string fallback, std::vector<Choice> choices,
                 std::string meaning, Parameter more = {}) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = Type::choice, more.fallback = std::move(fallback), more.choices = std::move(choices);
    more.meaning = std::move(meaning);
    return more;
}

Parameter text(std::string key, std::string label, std::string group, std::string fallback, std::string meaning,
               Parameter more = {}) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = Type::text, more.fallback = std::move(fallback), more.meaning = std::move(meaning);
    return more;
}

Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                  std::string meaning, Parameter more = {}) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = Type::integer, more.fallback = fallback, more.low = low, more.high = high, more.step = 1;
    more.meaning = std::move(meaning);
    return more;
}

std::vector<Parameter> parameters() {
    return {
        choice("show", "Show", what, "bits",
               {{"bits", "bits", "one number, bit by bit, and what each format makes of it"},
                {"sums", "sums", "many numbers added up in each format"},
                {"gradients", "gradients", "a network's gradients, and which of them a format loses"}},
               "What is looked at"),
        choice("format", "Format", what, "fp16",
               {{"fp64", "FP64", "float64: 11 exponent bits, 52 fraction bits"},
                {"fp32", "FP32", "float32: 8 exponent bits, 23 fraction bits"},
                {"fp16", "FP16", "half precision: 5 exponent bits, 10 fraction bits"},
                {"bf16", "BF16", "bfloat16: the exponent of FP32, 7 fraction bits"},
                {"e4m3", "E4M3", "FP8 with 4 exponent bits and 3 fraction bits, no infinity"},
                {"e5m2", "E5M2", "FP8 with 5 exponent bits and 2 fraction bits"}},
               "The number format that stands out"),
        text("value", "Value", number, "0.1", "The number: 0.1, 2^-12, 1 + 2^-11, 1/3, inf, nan, or a code like fp16:0x3C01",
             {.formula = "(-1)^sign 2^(exponent - bias) 1.fraction", .shownWhen = "show=bits"}),
        choice("line", "Number line", number, "log",
               {{"log", "log", "all powers of two, each as wide as the next"},
                {"linear", "linear", "around the value, in spacings of the format"}},
               "How the number lines are laid out; the wheel zooms", {.applies = Applies::view, .shownWhen = "show=bits"}),

        choice("terms", "Terms", sum, "same",
               {{"same", "equal", "one number again and again"},
                {"uniform", "random", "random numbers between 0 and 1"},
                {"dot", "dot product", "products of two random normal vectors"}},
               "What is added up", {.shownWhen = "show=sums"}),
        text("start", "Start", sum, "0", "The sum before the first term", {.shownWhen = "show=sums;terms=same"}),
        text("term", "Term", sum, "1", "The number that is added again and again: 1, 2^-12, 0.1",
             {.formula = "s <- round(s + a)", .shownWhen = "show=sums;terms=same"}),
        integer("count", "Terms n", sum, 4096, 1, 65536, "How many terms are added",
                {.scale = Scale::logarithmic, .shownWhen = "show=sums"}),
        choice("plot", "Plot", sum, "sum",
               {{"sum", "sums", "the sums themselves"},
                {"error", "errors", "how far each is off, as a share of the sum of magnitudes"}},
               "What the curves show", {.applies = Applies::view, .shownWhen = "show=sums"}),

        integer("log2_scale", "Loss scale 2^", gradients, 0, 0, 32,
                "The exponent of the loss scale S = 2^k: every gradient is multiplied by it; drag the bars",
                {.formula = "g -> S g", .applies = Applies::live, .shownWhen = "show=gradients"}),
    };
}

std::vector<Series> series() {
    const std::string bits = "show=bits", sums = "show=sums", histogram = "show=gradients";
    return {
        {"mean", "at random, mean", "ulp", "How far the mean of the random roundings so far is off", "Rounding", false, bits},
        {"nearest", "to nearest, mean", "ulp", "How far rounding to nearest is off, every time", "Rounding", false, bits},
        {"mean_theory", "at random, theory", "ulp", "What the mean of random roundings comes to: no error", "Rounding", true,
         bits},
        {"sum", "in the format", "", "The sum, each addition rounded to the format", "Sum", false, sums},
        {"sum_fp32", "in FP32", "", "The same terms of the format, added in FP32", "Sum", false, sums},
        {"sum_exact", "in float64", "", "The sum of the terms as they were before rounding", "Sum", false, sums},
        {"error_fp64", "FP64", "%", "Error of the sum in FP64, as a share of the sum of magnitudes", "Error", false, sums, 3},
        {"error_fp32", "FP32", "%", "Error of the sum in FP32, as a share of the sum of magnitudes", "Error", false, sums, 1},
        {"error_fp16", "FP16", "%", "Error of the sum in FP16, as a share of the sum of magnitudes", "Error", false, sums, 5},
        {"error_bf16", "BF16", "%", "Error of the sum in BF16, as a share of the sum of magnitudes", "Error", false, sums, 2},
        {"error_e4m3", "E4M3", "%", "Error of the sum in E4M3, as a share of the sum of magnitudes", "Error", false, sums, 6},
        {"error_e5m2", "E5M2", "%", "Error of the sum in E5M2, as a share of the sum of magnitudes", "Error", false, sums, 4},
        {"lost", "lost", "%", "Gradients that were not zero and became zero", "Fate", false, histogram, 5},
        {"subnormal", "subnormal", "%", "Gradients held with fewer bits than the format's", "Fate", false, histogram, 0},
        {"normal", "normal", "%", "Gradients held with all bits", "Fate", false, histogram, 2},
        {"overflow", "overflow", "%", "Gradients beyond the greatest number", "Fate", false, histogram, 6},
    };
}

Declaration declare() {
    Declaration d;
    d.name = "precision";
    d.title = "Precision";
    d.summary = "What a number of 8, 16, 32 or 64 bits can hold, what it swallows, and how training survives it.";
    d.clock = {"number n", "none", "all", true};
    d.defaultScenario = "bits";
    d.parameters = parameters();
    d.actions = {{"restart", "Restart", "Back to the first step", "R"},
                 {"reseed", "New noise", "The same run with the next seed", "N"}};
    d.series = series();
    d.arrays = {
        {"bits", "[B]", "f32", "", "Bits of the value in the chosen format, sign first"},
        {"rounded", "[6,5]", "f32", "",
         "For FP64, FP32, FP16, BF16, E4M3, E5M2: value, error, relative error, error in spacings, probability of rounding away "
         "from zero"},
        {"sums", "[n+1,13]", "f32", "", "After each term: float64, the sums in the six formats, the same terms added in FP32"},
        {"gradients", "[n]", "f32", "", "The gradients counted so far"},
        {"histogram", "[25,2]", "f32", "", "Exponent of each bin's lower end after scaling, and its count; zeros first"},
    };
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::precision
