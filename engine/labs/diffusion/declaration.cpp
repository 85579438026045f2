// SPDX-License-Identifier: GPL-3.0-or-later
// The diffusion lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/diffusion/declaration.h"

#include "engine/lab/rows.h"
#include "engine/labs/diffusion/handed.h"

namespace orrery::diffusion {

using namespace lab;

namespace {

/// A series along the steps of training.
Series trained(Series series, bool logarithmic = false) {
    series.axis = "training step";
    if (logarithmic) series.scale = Scale::logarithmic;
    if (series.shownWhen.empty()) series.shownWhen = "score=learned";
    return series;
}

const std::string data = "Data", process = "Process", sampler = "Sampler", learning = "Learning", view = "View";
const std::string learned = "score=learned";

Declaration declare() {
    Declaration d;
    d.name = "diffusion";
    d.title = "Diffusion";
    d.summary = "A cloud of points dissolves into noise by a stochastic differential equation, and the score brings it back.";
    d.clock = {"diffusion time t", "data t=0", "noise t=1"};
    d.defaultScenario = "ring-of-rings";
    d.parameters = {
        choice("data", "Shape", data, "rings",
               {{"rings", "rings", "64 Gaussians: a ring of eight rings of eight"},
                {"mixture", "mixture", "Gaussians that you place, widen and weigh yourself"},
                {"moons", "moons", "two interleaved half circles"},
                {"swissroll", "roll", "the swiss roll, seen from its end"},
                {"checkerboard", "checker", "every other square of a 4 by 4 board"},
                {"spiral", "spiral", "two arms of a spiral"},
                {"file", "file", "points from a CSV or NPY file"},
                {"drawn", "draw", "points that you brush into the picture"}},
               "Where the points come from"),
        points("components", "Gaussians", data, {4, {-1.2, 0.6, 0.25, 1, 1.1, 0.9, 0.35, 1, 0.2, -1.1, 0.3, 2}},
               {"x", "y", "s", "weight"}, -1000, 1000, 4096,
               "Centre, standard deviation and weight of each Gaussian; drag them in the picture",
               {.formula = "p(x) = sum_m w_m N(x; mu_m, s_m^2 I)", .shownWhen = "data=mixture"}),
        file("file", "File", data, "CSV or NPY with two columns; more columns: the first two", {.shownWhen = "data=file"}),
        points("drawn", "Drawn points", data, {2, {}}, {"x", "y"}, -1000, 1000, 20000,
               "Points brushed into the picture: hold the left button", {.shownWhen = "data=drawn"}),
        integer("points", "Data points", data, 2000, 1, 100000, "How many points make up the data set of this shape",
                {.scale = Scale::logarithmic, .shownWhen = "data=checkerboard"}),
        integer("draws", "Data points", data, 2000, 1, 100000, "How many points are drawn from the shape to be the data set",
                {.scale = Scale::logarithmic, .shownWhen = "data=rings|mixture|moons|swissroll|spiral;score=empirical"}),
        integer("particles", "Particles", data, 20000, 1, 1000000,
                "How many points move; a path does not depend on how many there are", {.scale = Scale::logarithmic}),

        choice("journey", "Journey", process, "round",
               {{"forward", "forward", "data dissolves into noise"},
                {"reverse", "reverse", "noise becomes data, from the prior"},
                {"round", "there and back", "data dissolves into noise, and that noise becomes data again"}},
               "Which way time runs"),
        choice("sde", "SDE", process, "vp",
               {{"vp", "VP", "variance preserving: the data shrinks while noise fills in"},
                {"ve", "VE", "variance exploding: the data stays, noise grows"},
                {"subvp", "sub-VP", "like VP with less noise on the way"}},
               "The forward stochastic differential equation", {.formula = "dx = f(t) x dt + g(t) dw"}),
        number("beta_min", "\xCE\xB2 min", process, 0.1, 0.001, 5, 0.001, "", "Rate of noise at t = 0",
               {.formula = "beta(t) = beta_min + t (beta_max - beta_min)", .shownWhen = "sde=vp|subvp"}),
        number("beta_max", "\xCE\xB2 max", process, 20, 0.1, 50, 0.1, "", "Rate of noise at t = 1",
               {.formula = "beta(t) = beta_min + t (beta_max - beta_min)", .shownWhen = "sde=vp|subvp"}),
        number("sigma_min", "\xCF\x83 min", process, 0.01, 0.001, 1, 0.001, "",
               "Noise level at t = 0, in units of the data's spread",
               {.formula = "sigma(t) = sigma_min (sigma_max / sigma_min)^t", .scale = Scale::logarithmic, .shownWhen = "sde=ve"}),
        number("sigma_max", "\xCF\x83 max", process, 10, 1, 1500, 0.1, "", "Noise level at t = 1, in units of the data's spread",
               {.formula = "sigma(t) = sigma_min (sigma_max / sigma_min)^t", .scale = Scale::logarithmic, .shownWhen = "sde=ve"}),
        choice("forward", "Forward step", process, "em",
               {{"em", "Euler", "Euler-Maruyama: x + f x h + g sqrt(h) z"},
                {"chain", "T steps", "the chain of T steps: sqrt(1 - b) x + sqrt(b) z for VP, added noise for VE"},
                {"exact", "exact", "the exact transition of the SDE, whatever the step"}},
               "How the forward equation is made discrete", {.shownWhen = "journey=forward|round"}),
        integer("forward_steps", "Steps T", process, 100, 1, 10000, "Steps from data to noise",
                {.scale = Scale::logarithmic, .shownWhen = "journey=forward|round"}),

        choice("method", "Method", sampler, "sde",
               {{"sde", "SDE", "reverse SDE by Euler-Maruyama: fresh noise in every step"},
                {"ode", "ODE", "probability-flow ODE by Euler: no noise, smooth paths"},
                {"heun", "Heun", "probability-flow ODE by Heun: two scores a step, second order"}},
               "How the way back is computed",
               {.formula = "dx = [f - (1 + lambda^2)/2 g^2 score] dt + lambda g dw", .shownWhen = "journey=reverse|round"}),
        integer("steps", "Steps", sampler, 100, 1, 10000, "Steps from noise to data",
                {.scale = Scale::logarithmic, .shownWhen = "journey=reverse|round"}),
        choice("score", "Score", sampler, "mixture",
               {{"mixture", "exact", "of the data's own law, in closed form"},
                {"empirical", "data points", "of the finite data set: it remembers every point"},
                {"learned", "learned", "of a network that trains here, on noised data"}},
               "Which score pulls the points back", {.formula = "score = grad log p_t(x)", .shownWhen = "journey=reverse|round"}),
        number("lambda", "Noise \xCE\xBB", sampler, 1, 0, 2, 0.01, "", "Amount of fresh noise: 0 is the ODE, 1 the reverse SDE",
               {.formula = "dx = [f - (1 + lambda^2)/2 g^2 score] dt + lambda g dw", .shownWhen = "method=sde"}),
        number("epsilon", "Stop at \xCE\xB5", sampler, 0.001, 0.00001, 0.1, 0.00001, "",
               "The way back ends at this t, just before 0", {.scale = Scale::logarithmic, .shownWhen = "journey=reverse|round"}),
        choice("mistake", "Mistake", sampler, "none",
               {{"none", "none", "the equation as it should be"},
                {"sign", "sign", "the score with the wrong sign"},
                {"no_g2", "no g\xC2\xB2", "the factor g squared left out"},
                {"half", "half", "half the score while the full noise is added"}},
               "A planted mistake, to see what it breaks", {.shownWhen = "journey=reverse|round"}),

        choice("target", "Target", learning, "eps",
               {{"eps", "\xCE\xB5", "the noise that was added"},
                {"x0", "x\xE2\x82\x80", "the data before the noise"},
                {"v", "v", "\xCE\xB1 \xCE\xB5 - \xCF\x83 x\xE2\x82\x80: noise where there is little, data where there is much"},
                {"score", "score", "-\xCE\xB5/\xCF\x83; its loss is weighted by \xCF\x83\xC2\xB2"},
                {"flow", "flow", "\xCE\xB5 - x\xE2\x82\x80: the velocity of a straight line from data to noise"}},
               "What the network is asked for; each of them tells all the others",
               {.formula = "score = -eps/sigma = (alpha x0 - x)/sigma^2", .shownWhen = learned}),
        flag("preconditioned", "EDM form", learning, false,
             "The network only adds to the best linear guess, and what it adds has size 1 at every noise",
             {.formula = "target = skip x + scale F", .shownWhen = learned}),
        integer("width", "Width", learning, 128, 4, 512, "Numbers in each hidden layer", {.shownWhen = learned}),
        integer("depth", "Depth", learning, 3, 1, 8, "Hidden layers", {.shownWhen = learned}),
        integer("learn_points", "From points", learning, 0, 0, 20000,
                "Learns from so many data points, again and again; 0: fresh draws in every step",
                {.shownWhen = "data=rings|mixture|moons|swissroll|spiral;score=learned"}),
        integer("batch", "Batch", learning, 512, 16, 16384, "Noised data in each step of training",
                {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = learned}),
        number("rate", "Learning rate", learning, 0.005, 0.00001, 0.1, 0.00001, "", "Size of a step of AdamW",
               {.scale = Scale::logarithmic, .applies = Applies::live, .shownWhen = learned}),
        choice("precision", "Precision", learning, "fp32",
               {{"fp32", "FP32", "32 bits throughout"},
                {"fp16", "FP16", "weights, gradients and moments in 16 bits, nothing scaled"},
                {"mixed", "scaled", "products in FP16, weights in FP32, and the loss scaled so that gradients stay in range"}},
               "In which numbers it trains; the score is evaluated in FP32", {.shownWhen = learned}),
        integer("train_steps", "Train for", learning, 2000, 0, 100000, "Training ends by itself after so many steps",
                {.unit = "steps", .applies = Applies::live, .shownWhen = learned}),
        flag("averaged", "Average weights", learning, true,
             "Use the moving average of the weights over some 500 steps (EMA), which is calmer than the last ones",
             {.shownWhen = learned}),
        integer("net_seed", "Network seed", learning, 1, 0, 1000000, "Of first weights and batches", {.shownWhen = learned}),
        file("network", "Network file", learning, "safetensors of a network to begin with; File, Save data writes one",
             {.shownWhen = learned}),

        flag("show_particles", "Particles", view, true, "Draw the points", {.applies = Applies::view}),
        flag("show_density", "Density", view, true, "Colour the plane by the true density p_t(x)", {.applies = Applies::view}),
        flag("show_contours", "Contours", view, false, "Lines of equal true density", {.applies = Applies::view}),
        flag("show_score", "Score field", view, true, "Arrows along the score: where the density grows",
             {.applies = Applies::view}),
        flag("show_difference", "Score error", view, false,
             "Plane and arrows show learned minus exact score, the plane its length up to half of 1/\xCF\x83",
             {.applies = Applies::view, .shownWhen = learned}),
        flag("show_marginals", "Marginals", view, true, "At the edges: density of x and of y, curve true, bars counted",
             {.applies = Applies::view}),
        integer("trails", "Trails", view, 12, 0, 64, "How many points leave a trail", {.applies = Applies::view}),
        points("chosen", "Chosen trails", view, {1, {}}, {"particle"}, 0, 63, 64,
               "Numbers of the points whose trails stand out: click on one; Shift and a click adds it or takes it away",
               {.step = 1, .applies = Applies::view}),
        number("point_size", "Point size", view, 2.5, 1, 12, 0.1, "px", "Diameter of a point", {.applies = Applies::view}),
        number("brightness", "Brightness", view, 1, 0.05, 20, 0.01, "", "Light of each point before tone mapping",
               {.scale = Scale::logarithmic, .applies = Applies::view}),
        choice("colours", "Colours", view, "magma",
               {{"magma", "magma", "dark violet to pale yellow"},
                {"viridis", "viridis", "dark blue to yellow"},
                {"cividis", "cividis", "blue to yellow, for every kind of colour vision"}},
               "Colour map of the density", {.applies = Applies::view}),
        flag("follow", "Follow the noise", view, true, "Zoom out as the cloud grows (VE)", {.applies = Applies::view}),
    };
    d.actions = {
        {"restart", "Restart", "Back to the first step", "R"},
        {"reseed", "New noise", "The same run with the next seed", "N"},
        {"clear_drawn", "Clear", "Remove all brushed points", "", "data=drawn"},
        {"train_network", "Train", "Train the network, or stop and go on later", "", learned},
        {"reset_network", "Forget", "Forget what was learned and begin again", "", learned},
    };
    d.series = {
        {"mean_x", "mean x, particles", "data units", "Mean of the particles' x", "Mean"},
        {"mean_x_theory", "mean x, theory", "data units", "Mean of x under the true marginal", "Mean", true},
        {"mean_y", "mean y, particles", "data units", "Mean of the particles' y", "Mean"},
        {"mean_y_theory", "mean y, theory", "data units", "Mean of y under the true marginal", "Mean", true},
        {"variance", "variance, particles", "data units\xC2\xB2", "Mean of the variances of x and y", "Variance"},
        {"variance_theory", "variance, theory", "data units\xC2\xB2", "The same under the true marginal", "Variance", true},
        {"alpha", "\xCE\xB1(t)", "", "What is left of the data", "Schedule", false, "score!=learned"},
        {"sigma", "\xCF\x83(t)", "", "Noise that was added", "Schedule", false, "score!=learned"},
        trained({"loss", "loss, training", "", "Mean square over a batch, of the weights as they are", "Loss"}, true),
        trained({"loss_smooth", "smoothed, training", "", "The same, averaged over some 50 steps", "Loss"}, true),
        trained({"loss_floor", "loss, floor", "", "What no network can fall below: the posterior's own variance", "Loss", true},
                true),
        trained({"gap", "above the floor", "%", "Excess of the shown weights over the floor, measured against the exact answer",
                 "Gap"},
                true),
        trained({"scale", "loss scale", "log2", "Factor on the loss that keeps FP16 gradients in range", "Loss scale", false,
                 "score=learned;precision=mixed"}),
    };
    d.arrays = {
        {"particles", "[N,2]", "f32", "data units", "Where the particles are now"},
        {"data", "[M,2]", "f32", "data units", "The data set or the mixture's centres"},
        {"trails", "[T,K,2]", "f32", "data units", "Paths of the first K particles, step by step"},
        {"density", "[H,W]", "f32", "1/data units\xC2\xB2", "True density on a grid over the fitted view"},
        {"score", "[H,W,2]", "f32", "1/data units", "True score on the same grid"},
        {"learned_score", "[H,W,2]", "f32", "1/data units", "The network's score on the same grid; empty without one"},
    };
    d.inputs = {{"file", {"csv", "tsv", "txt", "npy"}, "points, two columns", {{"data", "file"}, {"score", "empirical"}}},
                {"network", {"safetensors"}, "a network that has learned a score", {{"score", "learned"}}}};
    d.outputs = {
        {"network", "safetensors", "The network, its average and all that its training needs to go on", {{"score", "learned"}}}};
    d.outputs.push_back(featureOutput());
    return d;
}

} // namespace

const Declaration& declaration() {
    static const Declaration table = declare();
    return table;
}

} // namespace orrery::diffusion
