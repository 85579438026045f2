// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/precision/declaration.h"

#include "engine/lab/rows.h"
#include "engine/labs/precision/networks.h"
#include "engine/tensor/precision.h"

namespace orrery::precision {

using namespace lab;

namespace {

const std::string what = "Show", oneNumber = "Number", sum = "Sum", gradients = "Gradients", training = "Training",
                  scaling = "Loss scaling", policy = "In 16 bits";

std::vector<Parameter> parametersOfNumbers() {
    return {
        choice("show", "Show", what, "bits",
               {{"bits", "bits", "one number, bit by bit, and what each format makes of it"},
                {"sums", "sums", "many numbers added up in each format"},
                {"gradients", "gradients", "a network's gradients, and which of them a format loses"},
                {"training", "training", "the same network, trained in several precisions side by side"}},
               "What is looked at"),
        choice("format", "Format", what, "fp16",
               {{"fp64", "FP64", "float64: 11 exponent bits, 52 fraction bits"},
                {"fp32", "FP32", "float32: 8 exponent bits, 23 fraction bits"},
                {"fp16", "FP16", "half precision: 5 exponent bits, 10 fraction bits"},
                {"bf16", "BF16", "bfloat16: the exponent of FP32, 7 fraction bits"},
                {"e4m3", "E4M3", "FP8 with 4 exponent bits and 3 fraction bits, no infinity"},
                {"e5m2", "E5M2", "FP8 with 5 exponent bits and 2 fraction bits"}},
               "The number format that stands out"),
        line("value", "Value", oneNumber, "0.1", "The number: 0.1, 2^-12, 1 + 2^-11, 1/3, inf, nan, or a code like fp16:0x3C01",
             {.formula = "(-1)^sign 2^(exponent - bias) 1.fraction", .shownWhen = "show=bits"}),
        choice("line", "Number line", oneNumber, "log",
               {{"log", "log", "all powers of two, each as wide as the next"},
                {"linear", "linear", "around the value, in spacings of the format"}},
               "How the number lines are laid out; the wheel zooms", {.applies = Applies::view, .shownWhen = "show=bits"}),

        choice("terms", "Terms", sum, "same",
               {{"same", "equal", "one number again and again"},
                {"uniform", "random", "random numbers between 0 and 1"},
                {"dot", "dot product", "products of two random normal vectors"}},
               "What is added up", {.shownWhen = "show=sums"}),
        line("start", "Start", sum, "0", "The sum before the first term", {.shownWhen = "show=sums;terms=same"}),
        line("term", "Term", sum, "1", "The number that is added again and again: 1, 2^-12, 0.1",
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

std::vector<Parameter> parametersOfTraining() {
    const std::string shown = "show=training";
    return {
        choice("look", "Look at", what, "curves",
               {{"curves", "losses", "the losses of all twins, and the loss scale below them"},
                {"histograms", "numbers", "weights, activations and gradients of one twin over the ranges of the format"},
                {"weight", "one weight", "one weight, its updates and the spacing of its 16 bits"},
                {"policy", "policy", "which operations run in 16 bits"}},
               "What of the training is looked at", {.applies = Applies::view, .shownWhen = shown}),
        choice("network", "Network", training, "spirals",
               {{"spirals", "spirals", "2 - 64 - 64 - 1 with tanh: which of two spirals a point belongs to"},
                {"drawings", "drawings", "two convolutions and a linear layer: stripes across or down, a cross, or a ring"}},
               "What is trained", {.shownWhen = shown}),
        integer("train_steps", "Steps", training, 400, 1, 1000, "How many steps of Adam are taken",
                {.scale = Scale::logarithmic, .shownWhen = shown}),
        {.key = "rate",
         .label = "Learning rate",
         .group = training,
         .fallback = 0.01,
         .low = 1e-4,
         .high = 0.1,
         .step = 1e-4,
         .meaning = "The learning rate of Adam",
         .scale = Scale::logarithmic,
         .shownWhen = shown},
        flag("train_fp32", "FP32", training, true, "Train a twin in FP32: what the others are held against",
             {.shownWhen = shown}),
        flag("train_mixed", "mixed", training, true, "Train a twin with products in FP16, weights in FP32 and a scaled loss",
             {.shownWhen = shown}),
        flag("train_fp16", "FP16", training, true, "Train a twin all in FP16: weights, gradients and moments",
             {.shownWhen = shown}),
        flag("train_bf16", "BF16", training, false, "Train a twin with products in BF16 and weights in FP32, without scaling",
             {.shownWhen = shown}),
        flag("train_stochastic", "stochastic", training, false,
             "Train a twin with FP16 weights that each update rounds at random, so that the mean is right", {.shownWhen = shown}),
        choice("watched", "Watched", training, "mixed",
               {{"fp32", "FP32", "the twin in FP32"},
                {"mixed", "mixed", "the twin in mixed precision"},
                {"fp16", "FP16", "the twin all in FP16"},
                {"bf16", "BF16", "the twin with products in BF16"},
                {"stochastic", "stochastic", "the twin with random rounding"}},
               "The twin whose numbers are looked at; it trains in any case", {.applies = Applies::live, .shownWhen = shown}),
        choice("masters", "Masters", training, "mixed",
               {{"mixed", "usual", "mixed precision and BF16 collect their updates in FP32, plain FP16 does not"},
                {"both", "FP16 too", "plain FP16 has its weights and moments in FP32 as well"},
                {"none", "none", "none does: weights are rounded to 16 bits after each update"}},
               "Which twins keep master weights in FP32", {.formula = "w <- w + d in FP32", .shownWhen = shown}),
        integer("weight", "Weight", training, 0, 0, 1151, "The number of the weight in the middle layer that is shown closely",
                {.applies = Applies::live, .shownWhen = shown + ";look=weight"}),
        choice("scaling", "Loss scaling", scaling, "dynamic",
               {{"none", "none", "the loss is not scaled"},
                {"fixed", "static", "one scale for all steps; a step that overflows is skipped"},
                {"dynamic", "dynamic", "halved after an overflow, doubled after enough good steps"}},
               "How mixed precision scales its loss", {.formula = "g = grad(S L) / S", .shownWhen = shown}),
        integer("initial_scale", "Loss scale 2^", scaling, 16, 0, 30,
                "The exponent of the loss scale S = 2^k of the first step; drag the gradients",
                {.formula = "S = 2^k", .shownWhen = shown + ";scaling=fixed|dynamic"}),
        integer("interval", "Good steps", scaling, 100, 1, 1000, "After so many good steps in a row the scale is doubled",
                {.scale = Scale::logarithmic, .shownWhen = shown + ";scaling=dynamic"}),
    };
}

/// The rows of the table of ops that one of the networks uses.
std::vector<Parameter> parametersOfPolicy() {
    std::vector<Parameter> all;
    for (const std::string& op : opsOf())
        for (const tensor::OpRow& row : tensor::opTable()) {
            if (op != row.op) continue;
            std::string users;
            for (const char* network : {"spirals", "drawings"})
                for (const std::string& used : opsOf(network))
                    if (used == op) users += (users.empty() ? "" : "|") + std::string(network);
            all.push_back(
                flag("op_" + op, op, policy, row.narrow, row.why, {.shownWhen = "show=training;look=policy;network=" + users}));
        }
    return all;
}

std::vector<Parameter> parameters() {
    std::vector<Parameter> all = parametersOfNumbers();
    for (auto&& more : {parametersOfTraining(), parametersOfPolicy()}) all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::vector<Series> seriesOfTraining() {
    const std::string shown = "show=training", curves = shown + ";look=curves", numbers = shown + ";look=histograms",
                      weight = shown + ";look=weight";
    struct Curve {
        const char *key, *label;
        int colour;
    };
    constexpr Curve twins[] = {
        {"fp32", "FP32", 1}, {"mixed", "mixed", 0}, {"fp16", "FP16", 5}, {"bf16", "BF16", 2}, {"stochastic", "stochastic", 6}};
    std::vector<Series> all;
    for (const Curve& t : twins)
        all.push_back({std::string("loss_") + t.key, t.label, "", std::string("Loss of the twin ") + t.label, "Loss", false,
                       shown + ";look=policy", t.colour});
    for (const Curve& t : twins)
        all.push_back({std::string("accuracy_") + t.key, t.label, "%",
                       std::string("Share of the data on the right side, twin ") + t.label, "Accuracy", false,
                       shown + ";look=curves|policy", t.colour});
    for (const Curve& t : twins)
        all.push_back({std::string("ms_") + t.key, t.label, "ms",
                       std::string("Time of a step on this device, median of the last 21, twin ") + t.label, "Step time", false,
                       curves, t.colour});
    const std::vector<Series> rest = {
        {"scale", "log2 S", "", "Binary logarithm of the loss scale of mixed precision", "Loss scale", false, numbers, 0},
        {"gradients_lost", "lost", "%", "Gradients of activations that are zero in the format", "Gradients", false, numbers, 5},
        {"gradients_subnormal", "subnormal", "%", "Gradients of activations held with fewer bits than the format's", "Gradients",
         false, numbers, 0},
        {"gradients_normal", "normal", "%", "Gradients of activations held with all bits", "Gradients", false, numbers, 2},
        {"gradients_overflow", "overflow", "%", "Gradients of activations beyond the greatest number, or infinite already",
         "Gradients", false, numbers, 6},
        {"weight", "as kept", "", "The weight shown closely, as the watched twin keeps it", "Weight", false, weight, 0},
        {"weight_16", "in 16 bits", "", "The same weight, rounded to the 16 bits of the twin", "Weight", false, weight, 5},
        {"swallowed", "swallowed", "%", "Updates that leave the weight's 16 bits as they were, of those that are not 0",
         "Swallowed", false, weight, 5},
    };
    all.insert(all.end(), rest.begin(), rest.end());
    return all;
}

std::vector<Series> seriesOfNumbers() {
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

std::vector<Series> series() {
    std::vector<Series> all = seriesOfNumbers();
    for (Series& more : seriesOfTraining()) all.push_back(std::move(more));
    return all;
}

Declaration declare() {
    Declaration d;
    d.name = "precision";
    d.title = "Precision";
    d.summary = "What a number of 8, 16, 32 or 64 bits can hold, what it swallows, and how training survives it.";
    d.clock = {"number n", "none", "all", true};
    d.defaultScenario = "three-curves";
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
        {"losses", "[n,5]", "f32", "",
         "Loss in each step of the twins FP32, mixed, BF16, FP16, stochastic; NaN: it does not train"},
        {"layers", "[L,4,30]", "f32", "",
         "Of each layer the weights, activations, their gradients and the weights' gradients: zeros, numbers below 2^-40, then "
         "counts by two octaves"},
        {"weights", "[P]", "f32", "", "All weights of the watched twin after the shown step"},
        {"updates", "[P]", "f32", "", "What Adam wanted to add to each of them in that step"},
    };
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::precision
