// SPDX-License-Identifier: GPL-3.0-or-later
// The state-space lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/statespace/declaration.h"

#include "engine/labs/statespace/declared.h"

namespace orrery::statespace {

using namespace lab;

namespace {

const std::string what = "Show", signal = "Signal", memory = "Memory", step = "Step", system = "System", kernel = "Convolution",
                  layer = "Layer", board = "Board";
const std::string onMemory = "show=memory", onKernel = "show=kernel", onStructure = "show=structure";
const std::string onDerivation = "show=derivation", onOrders = "show=orders", accuracy = "Order of accuracy",
                  derivation = "Derivation";

const std::vector<Choice> pages = {{"memory", "remembering", "methods side by side remembering one signal"},
                                   {"structure", "structure", "matrices, eigenvalues and basis functions of one method"},
                                   {"orders", "accuracy", "how fast each step's error falls with more samples"},
                                   {"derivation", "derivations", "where the formulas come from, both sides in numbers"},
                                   {"kernel", "convolution", "the same system as a convolution kernel"},
                                   {"selective", "selective", "layers that decide token by token what to keep"},
                                   {"board", "board", "every way of computing one thing against every other"},
                                   {"traps", "traps", "mistakes that published code and texts hold, and their cures"},
                                   {"table", "table", "HiPPO's function approximation table, computed here"}};

std::vector<Parameter> ofTheSignal() {
    return {
        choice("signal", "Signal", signal, "noise",
               {{"noise", "noise", "random, with no frequency above the one below"},
                {"sines", "sines", "a sum of sines"},
                {"chirp", "chirp", "a frequency that rises"},
                {"square", "square", "jumps up and down"},
                {"step", "jump", "0, then 1"},
                {"drawn", "drawn", "drawn with the mouse into the picture"},
                {"file", "file", "a recording: WAV, or CSV with a column for each channel"}},
               "What is to be remembered", {.shownWhen = "show=memory|kernel"}),
        number("frequency", "Frequency", signal, 1, 0.01, 1000, 0.01, "Hz",
               "Of noise its highest, of a chirp its first, of a square wave its own",
               {.scale = Scale::logarithmic, .shownWhen = "signal=noise|chirp|square"}),
        number("end_frequency", "to", signal, 4, 0.01, 1000, 0.01, "Hz", "The frequency that a chirp ends with",
               {.scale = Scale::logarithmic, .shownWhen = "signal=chirp"}),
        number("step_at", "Step at", signal, 0.3, 0, 1, 0.01, "", "Where the step is, as a share of the duration",
               {.shownWhen = "signal=step"}),
        points("parts", "Sines", signal, {3, {0.4, 0.8, 0, 1.3, 0.5, 1}}, {"Hz", "amplitude", "phase"}, -1000, 1000, 64,
               "Frequency, amplitude and phase (in radians) of each sine", {.shownWhen = "signal=sines"}),
        points("drawn", "Drawn points", signal, {2, {}}, {"s", "value"}, -1e6, 1e6, 4096,
               "Points of the drawn signal, straight lines between them", {.shownWhen = "signal=drawn"}),
        file("file", "Recording", signal, "A WAV or CSV file", {.shownWhen = "signal=file"}),
        integer("channel", "Channel", signal, 0, 0, 64, "Which channel of the file, from 1; 0: the mean of all of them",
                {.shownWhen = "signal=file"}),
        flag("resample", "Resample", signal, false, "Bring the file to the number of samples below, band-limited",
             {.shownWhen = "signal=file"}),
        number("duration", "Duration", signal, 10, 0.01, 10000, 0.01, "s",
               "From the first sample to the last; a recording that knows its rate has its own",
               {.scale = Scale::logarithmic, .shownWhen = "show=memory|kernel"}),
        integer("samples", "Samples", signal, 4096, 1, 1'000'000, "How many samples the signal has",
                {.scale = Scale::logarithmic, .shownWhen = onMemory}),
        integer("stretch", "Stretch", signal, 1, 1, 8, "Plays the signal that many times slower: each sample is repeated",
                {.formula = "u(t / s)", .shownWhen = onMemory}),
    };
}

std::vector<Parameter> ofTheMemory() {
    std::vector<Parameter> all = {
        integer("states", "States N", memory, 32, 1, 512, "How many numbers may remember the signal",
                {.formula = "x in R^N", .scale = Scale::logarithmic, .shownWhen = "show=memory|structure|kernel"})};
    for (const MethodText& m : methodTexts())
        all.push_back(flag("use_" + m.key, m.name, memory, m.first, m.meaning, {.shownWhen = onMemory}));
    all.push_back(number("theta", "Window \xCE\xB8", memory, 2, 0.01, 1000, 0.01, "s",
                         "Length of a window; unit of age of the constant LegS",
                         {.formula = "A / \xCE\xB8, B / \xCE\xB8", .scale = Scale::logarithmic, .shownWhen = onMemory}));
    all.push_back(number("age_unit", "Unit of LagT", memory, 0.1, 0.001, 100, 0.001, "s",
                         "LagT's unit of age: it reaches about 4 N units back",
                         {.scale = Scale::logarithmic, .shownWhen = onMemory}));
    all.push_back(number("alpha", "\xCE\xB1", memory, 0, -0.9, 0.9, 0.05, "", "Power of the generalised LagT's weight at age 0",
                         {.formula = "age^(-\xCE\xB1) e^(-\xCE\xB2 age)", .shownWhen = "use_glagt=true"}));
    all.push_back(
        number("beta", "\xCE\xB2", memory, 0.05, 0.001, 2, 0.001, "", "How fast the generalised LagT's weight falls",
               {.formula = "age^(-\xCE\xB1) e^(-\xCE\xB2 age)", .scale = Scale::logarithmic, .shownWhen = "use_glagt=true"}));
    all.push_back(choice("plot", "Plot", memory, "states",
                         {{"states", "over N", "error at the end of the signal for more and fewer states"},
                          {"history", "over time", "error of what was remembered at each moment"}},
                         "What the error is plotted over", {.applies = Applies::view, .shownWhen = onMemory}));
    return all;
}

std::vector<Parameter> ofTheStep() {
    return {
        choice("legs_step", "Scaled LegS", step, "midpoint",
               {{"exact", "exact", "the projection of the held samples itself"},
                {"midpoint", "midpoint", "bilinear with 1 / (k + 1/2) on both sides: second order"},
                {"log-time", "log time", "bilinear with ln((k + 1) / k) on both sides: second order"},
                {"bilinear", "published", "bilinear with 1 / k on both sides, as published: first order"},
                {"su-bilinear", "Su", "bilinear with 1 / k and 1 / (k + 1): first order"},
                {"backward-euler", "backward Euler", "implicit, first order"},
                {"forward-euler", "forward Euler", "explicit: explodes while k < N"}},
               "How systems that divide by t take a step", {.shownWhen = onMemory}),
        choice("scheme", "Time-invariant", step, "bilinear",
               {{"zoh", "ZOH", "exact for a held sample"},
                {"bilinear", "bilinear", "Tustin's rule, second order"},
                {"gbt", "GBT", "the generalised bilinear transform with a share \xCE\xB1"},
                {"backward-euler", "backward Euler", "implicit, first order"},
                {"forward-euler", "forward Euler", "explicit: stable only for small steps"}},
               "How systems with constant A take a step", {.shownWhen = "show=memory|structure"}),
        number("gbt", "GBT \xCE\xB1", step, 0.5, 0, 1, 0.01, "", "0: forward Euler, 1/2: bilinear, 1: backward Euler",
               {.formula = "(I - \xCE\xB1 \xCE\x94 A)^-1 (I + (1 - \xCE\xB1) \xCE\x94 A)", .shownWhen = "scheme=gbt"}),
        number("delta", "Step \xCE\x94", step, 0.05, 0.001, 2, 0.001, "",
               "Length of a step, in the system's own unit of time; drag a pole",
               {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "show=structure|kernel"}),
    };
}

std::vector<Parameter> ofTheOtherPages() {
    return {
        choice("method", "Method", system, "legs", constantMethods(), "Whose matrices are looked at",
               {.shownWhen = "show=structure|orders"}),
        choice("kernel", "Kernel", kernel, "dplr",
               {{"dplr", "S4 (DPLR)", "LegS by Cauchy sums and Woodbury's identity"},
                {"legt", "LegT (DPLR)", "a window, rank two"},
                {"s4d-legs", "S4D-LegS", "the normal part of LegS alone"},
                {"s4d-lin", "S4D-Lin", "eigenvalues -1/2 + i \xCF\x80 n"},
                {"s4d-inv", "S4D-Inv", "eigenvalues that crowd towards slow ones"},
                {"s4d-real", "S4D-Real", "eigenvalues -(n + 1)"},
                {"rational", "rational", "a quotient of two polynomials, b(z) / a(z)"}},
               "Which system, and how its kernel is computed", {.shownWhen = onKernel}),
        integer("length", "Length L", kernel, 256, 16, 4096, "Samples of kernel and signal",
                {.scale = Scale::logarithmic, .shownWhen = onKernel}),
        choice("padding", "FFT", kernel, "doubled",
               {{"doubled", "padded", "zeros up to twice the length: a linear convolution"},
                {"none", "not padded", "the end wraps around to the start"}},
               "How the convolution by FFT is done", {.applies = Applies::live, .shownWhen = onKernel}),
        number("angle", "z at", kernel, 0.06, 0, 1, 0.001, "turns", "Where on the unit circle the generating function is read",
               {.formula = "z = e^(-2 \xCF\x80 i turns)", .applies = Applies::live, .shownWhen = onKernel}),
        integer("tokens", "Tokens", layer, 64, 2, 256, "How many tokens pass", {.shownWhen = "show=selective"}),
        integer("channel_shown", "Channel", layer, 1, 1, 8, "Whose hidden attention is shown",
                {.applies = Applies::live, .shownWhen = "show=selective"}),
        choice("rule", "Input rule", layer, "euler",
               {{"euler", "Euler", "\xCE\x94 B u, as Mamba ships"}, {"zoh", "ZOH", "as its paper says"}},
               "How the input is weighted", {.shownWhen = "show=selective"}),
        integer("head", "Head", layer, 0, 0, 7, "Which head of RetNet: how slowly it forgets",
                {.formula = "\xCE\xB3 = 1 - 2^(-5 - head)", .shownWhen = "show=selective"}),
        integer("chunk", "Chunk", layer, 16, 1, 256, "Tokens in a chunk of RetNet's third form", {.shownWhen = "show=selective"}),
        choice("planted", "Planted mistake", board, "nothing",
               {{"nothing", "none", "all is as it should be"},
                {"sign", "sign", "A with the other sign in one path"},
                {"delta", "half \xCE\x94", "half of \xCE\x94 in one path"},
                {"unpadded", "no padding", "a convolution that wraps around"},
                {"exclusive", "exclusive", "an exclusive scan taken for an inclusive one"}},
               "A mistake on purpose: the board must show it", {.shownWhen = "show=board"}),
        integer("board_length", "Samples", board, 1023, 1, 8192, "Length of the input of every path",
                {.scale = Scale::logarithmic, .shownWhen = "show=board"}),
        choice("trap", "Trap", "Traps", "t1", trapChoices(), "Which trap is looked at",
               {.applies = Applies::view, .shownWhen = "show=traps"}),
        integer("table_samples", "Samples", "Table", 1'000'000, 1000, 1'000'000, "Length of the signal that is remembered",
                {.scale = Scale::logarithmic, .shownWhen = "show=table"}),
        integer("table_states", "States N", "Table", 256, 1, 512, "How many numbers remember it",
                {.scale = Scale::logarithmic, .shownWhen = "show=table"}),
    };
}

std::vector<Parameter> ofTheWalks() {
    return {
        integer("order_states", "States N", accuracy, 8, 1, 64, "How many numbers the state has",
                {.scale = Scale::logarithmic, .shownWhen = onOrders}),
        number("order_alpha", "GBT \xCE\xB1", accuracy, 0.75, 0, 1, 0.01, "",
               "0: forward Euler, 1/2: bilinear, 1: backward Euler",
               {.formula = "(I - \xCE\xB1 \xCE\x94 A)^-1 (I + (1 - \xCE\xB1) \xCE\x94 A)", .shownWhen = onOrders}),
        choice("derivation", "Derivation", derivation, "hippo",
               {{"hippo", "HiPPO", "A and B of LegS, from the derivative of a projection"},
                {"bilinear", "bilinear step", "a step, from the trapezoid"},
                {"split", "normal plus low rank", "why S4 takes LegS apart, and how"},
                {"kernel", "kernel", "from powers of a matrix to four sums and a transform"},
                {"diagonal", "diagonal", "another basis, scans, and a quotient of polynomials"}},
               "What is derived", {.shownWhen = onDerivation}),
        integer("derived_states", "States N", derivation, 6, 2, 16, "How many numbers the state has",
                {.shownWhen = onDerivation}),
        number("moment", "Moment t", derivation, 1, 0.1, 3, 0.01, "s", "When the signal sin 7s + s^2 is projected",
               {.applies = Applies::live, .shownWhen = "derivation=hippo|bilinear"}),
        number("derived_step", "Step \xCE\x94", derivation, 0.05, 0.001, 2, 0.001, "",
               "Length of a step, in the system's own unit of time",
               {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = "derivation=bilinear|kernel|diagonal"}),
        number("derived_angle", "z at", derivation, 0.06, 0, 1, 0.001, "turns",
               "Where on the unit circle the generating function is read",
               {.formula = "z = e^(-2 \xCF\x80 i turns)", .applies = Applies::live, .shownWhen = "derivation=kernel"}),
        flag("slip", "Wrong sign", derivation, false, "Flips the sign of A_1,0: the steps that need it no longer hold",
             {.applies = Applies::live, .shownWhen = onDerivation}),
    };
}

std::vector<Series> series() {
    std::vector<Series> all;
    for (const MethodText& m : methodTexts()) { // of the others the page itself draws the same
        if (!m.first) continue;
        const std::string when = "show=memory";
        all.push_back({"error_" + m.key, m.name + ", error", "%",
                       "Error of " + m.name + ": root of the mean square under its own weight, as a share of the signal's",
                       "Error over time", false, when, m.colour});
        all.push_back({"optimum_" + m.key, m.name + ", optimum", "%",
                       "The least error that any N numbers can have in the basis of " + m.name, "Error over time", true, when,
                       m.colour});
    }
    all.push_back({"output_fft", "output, by FFT", "", "The convolution of kernel and signal by FFT, padded or not", "Output",
                   false, onKernel, 1});
    all.push_back({"output_steps", "output, by recurrence", "", "The same output step by step", "Output", true, onKernel, 1});
    all.push_back({"delta_shown", "step \xCE\x94", "", "How far each token moves the state of the channel that is shown",
                   "Step \xCE\x94", false, "show=selective", 0});
    return all;
}

Declaration declare() {
    Declaration d;
    d.name = "statespace";
    d.title = "State space";
    d.summary = "A signal of any length remembered by N numbers, and the sequence models that grew out of it.";
    d.clock = {"signal time t", "start", "end"};
    d.defaultScenario = "memory";
    d.parameters = {choice("show", "Show", what, "memory", pages, "What is looked at")};
    for (auto part : {ofTheSignal, ofTheMemory, ofTheStep, ofTheWalks, ofTheOtherPages})
        for (Parameter& parameter : part()) d.parameters.push_back(std::move(parameter));
    d.actions = {{"restart", "Restart", "Back to the first sample", "R"},
                 {"table", "Table", "Works out HiPPO's function approximation table", "", "show=table"},
                 {"reseed", "New noise", "The same with the next seed", "N"}};
    d.series = series();
    d.arrays = {
        {"signal", "[L,2]", "f32", "", "Time and value of each sample"},
        {"state", "[methods,N]", "f32", "", "The numbers that each method holds now"},
        {"remembered", "[512,1+methods]", "f32", "", "Time, and what each method says the signal was there"},
        {"errors", "[points,1+2 methods]", "f32", "", "States N, then for each method its error and the optimum, in percent"},
        {"matrix", "[N,N+1]", "f32", "", "A and B of the method that is looked at"},
        {"eigenvalues", "[N,4]", "f32", "", "Real and imaginary part before and after discretisation"},
        {"orders", "[points,13]", "f32", "", "Samples, then the error of each step of scaled LegS and of each scheme"},
        {"derivation", "[rows,7]", "f32", "", "Step, left and right side (real, imaginary), residual, tolerance"},
        {"kernel", "[L,4]", "f32", "", "Kernel, signal, their convolution, and the recurrence"},
        {"attention", "[tokens,tokens]", "f32", "", "The hidden attention matrix of the channel that is shown"},
        {"board", "[pairs,5]", "f32", "", "Group, first and second path, residual, tolerance"},
        {"traps", "[12,2]", "f32", "", "Each trap's figure, and the same with its cure"},
    };
    d.inputs = {{"file", {"wav", "csv", "txt", "tsv"}, "a recording to be remembered", {{"show", "memory"}, {"signal", "file"}}}};
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::statespace
