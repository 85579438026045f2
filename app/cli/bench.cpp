// SPDX-License-Identifier: GPL-3.0-or-later
// orrery bench: measured figures, each with its limit and its share of it.
#include "engine/bench/bench.h"

#include "app/cli/progress.h"
#include "app/cli/subcommands.h"
#include "engine/gpu/device.h"
#include "engine/lab/names.h"
#include "ui/bench.h"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

struct Options {
    std::vector<std::string> names;
    std::string device;
    bool json = false;
};

/// Of the engine, and of drawing.
std::vector<const bench::Bench*> everyBench() {
    std::vector<const bench::Bench*> all;
    for (const auto* list : {&bench::benches(), &ui::benches()})
        for (const bench::Bench& each : *list) all.push_back(&each);
    return all;
}

std::vector<const bench::Bench*> chosen(const std::vector<std::string>& prefixes) {
    std::vector<const bench::Bench*> all;
    std::vector<std::string> names;
    for (const bench::Bench* each : everyBench()) {
        names.emplace_back(each->name);
        const bool wanted = std::any_of(prefixes.begin(), prefixes.end(),
                                        [&](const std::string& prefix) { return names.back().starts_with(prefix); });
        if (prefixes.empty() || wanted) all.push_back(each);
    }
    for (const std::string& prefix : prefixes)
        if (std::none_of(names.begin(), names.end(), [&](const std::string& name) { return name.starts_with(prefix); }))
            throw Error("there is no bench '" + prefix + "'" + lab::suggestion(prefix, names));
    return all;
}

void print(const std::vector<bench::Figure>& figures, const gpu::Device& device) {
    std::cout << device.info().name << " (" << device.whyChosen() << ")\n";
    std::size_t nameWidth = 0, unitWidth = 0;
    for (const auto& figure : figures) {
        nameWidth = std::max(nameWidth, characters(figure.name));
        unitWidth = std::max(unitWidth, characters(figure.unit));
    }
    for (const auto& figure : figures) {
        std::cout << "  " << padded(figure.name, nameWidth) << "  " << lab::figures(figure.value) << " "
                  << padded(figure.unit, unitWidth);
        if (figure.ratio > 0) std::cout << "  " << lab::rounded(100 * figure.ratio) << " % of " << figure.limit;
        std::cout << "\n";
    }
}

} // namespace

void addBench(CLI::App& app) {
    CLI::App* command = app.add_subcommand("bench", "Measures speed as a share of what the device can do at most");
    auto options = std::make_shared<Options>();
    std::string list;
    for (const bench::Bench* each : everyBench()) list += "\n  " + std::string(each->name) + ": " + each->what;
    command->add_option("name", options->names, "Which, by how their names begin; all if none is given:" + list);
    command->add_flag("--json", options->json, "As a list of {name, value, unit, limit, ratio}");
    addDeviceOption(*command, options->device);
    command->callback([options] {
        const auto benches = chosen(options->names);
        gpu::Instance instance;
        gpu::Device device(instance, {.wanted = options->device, .pipelineCacheFile = {}});
        std::vector<bench::Figure> figures;
        {
            Progress progress;
            for (const bench::Bench* each : benches) {
                progress.show("measuring " + std::string(each->name));
                for (bench::Figure& figure : each->run(device)) figures.push_back(std::move(figure));
            }
        }
        if (!options->json) return print(figures, device);
        auto list = nlohmann::ordered_json::array();
        for (const auto& figure : figures) {
            nlohmann::ordered_json row{
                {"name", figure.name}, {"value", figure.value}, {"unit", figure.unit}, {"limit", nullptr}, {"ratio", nullptr}};
            if (figure.ratio > 0) row["limit"] = figure.limit, row["ratio"] = figure.ratio;
            list.push_back(row);
        }
        std::cout << list.dump(2) << "\n";
    });
}

} // namespace orrery::cli
