// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/race_bench.h"

#include "engine/assets.h"
#include "engine/labs/language/strategies.h"

namespace orrery::language {

namespace {

void race(std::vector<bench::Figure>& figures, Models& models, const Sampling& sampling, const std::string& label) {
    Plan plan;
    plan.sampling = sampling;
    Race race(models.target(), racers(models, plan), {.prompts = shippedPrompts(models, 6, 48), .tokens = 64});
    while (!race.finished()) race.run(1000);
    for (const LaneResult& lane : race.lanes()) {
        const std::string name = label + ", " + lane.key + ": ";
        figures.push_back({name + "tokens a round", lane.tally.perRound(), "tokens", {}, 0});
        figures.push_back({name + "speed-up measured", lane.measured, "times plain", {}, 0});
        figures.push_back({name + "speed-up modelled", lane.modelled, "times plain", {}, 0});
        if (lane.step > 0) figures.push_back({name + "c, an asking of the draft", lane.step, "plain passes", {}, 0});
        figures.push_back({name + "texts as plain decoding writes them", double(lane.same), "texts",
                           "all " + std::to_string(lane.texts), double(lane.same) / double(lane.texts)});
    }
    for (const auto& [rows, ms] : race.passes().points())
        figures.push_back({label + ": v(" + std::to_string(rows) + ")", race.passes().ratio(rows), "times one row", {}, 0});
}

} // namespace

std::vector<bench::Figure> benchRace(gpu::Device& device) {
    std::vector<bench::Figure> figures;
    if (!asset("language/models/tiny/model.safetensors")) return figures; // built without the shipped models
    const ModelPaths paths;
    Models models(readModels(paths), paths, &device);
    race(figures, models, {.temperature = 0}, "race, greedy");
    race(figures, models, {.temperature = 1}, "race, T = 1");
    return figures;
}

} // namespace orrery::language
