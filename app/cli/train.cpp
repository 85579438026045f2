// SPDX-License-Identifier: GPL-3.0-or-later
// orrery train: what a lab learns in the window, without one, into a file.
#include "app/cli/progress.h"
#include "app/cli/results.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/names.h"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

struct Options {
    std::string lab, scenario, device, out;
    std::vector<std::string> sets;
};

/// The lab's output that such a file is.
const lab::Output& outputFor(const lab::Declaration& lab, const std::string& path) {
    const std::string extension = std::filesystem::path(path).extension().string();
    std::vector<std::string> known;
    for (const lab::Output& output : lab.outputs) {
        if (extension == "." + output.extension) return output;
        known.push_back("." + output.extension);
    }
    if (known.empty()) throw Error("the lab '" + lab.name + "' trains nothing");
    throw Error(path + ": what the lab '" + lab.name + "' has learned is written as " + lab::join(known));
}

void train(const Options& options) {
    using Clock = std::chrono::steady_clock;
    const lab::Declaration& declaration = *lab::find(options.lab).declaration;
    const lab::Output& output = outputFor(declaration, options.out);
    lab::Scenario scenario =
        lab::loadScenario(options.scenario.empty() ? declaration.defaultScenario : options.scenario, options.lab);
    for (const auto& [key, value] : output.sets) scenario.settings.setText(key, value);
    for (const std::string& set : options.sets) {
        const std::size_t equals = set.find('=');
        scenario.settings.setText(set.substr(0, equals), set.substr(equals + 1));
    }
    requireWritable(options.out);

    gpu::Instance instance;
    gpu::Device device(instance, {.wanted = options.device, .pipelineCacheFile = {}});
    lab::Session session(device, options.lab);
    session.apply(scenario);
    const Clock::time_point start = Clock::now();
    Progress progress;
    session.runTo(0, [&](int) { // jobs come before the first step
        const auto& jobs = session.lab().jobs().all();
        if (!jobs.empty()) progress.show(jobs.front()->status());
    });
    session.lab().save(output.key, options.out);

    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    std::cout << declaration.title << ", " << scenario.name << ": " << lab::rounded(seconds) << " s on " << device.info().name
              << "\n";
    for (const lab::Series& series : declaration.series) {
        const auto samples = session.lab().series(series.key);
        if (series.axis.empty() || samples.empty()) continue;
        std::cout << "  " << series.label << ": " << lab::figures(samples.back().value)
                  << (series.unit.empty() ? "" : " " + series.unit) << " after " << samples.back().step << " steps\n";
    }
    std::cout << "written to " << options.out << "\n";
}

} // namespace

void addTrain(CLI::App& app) {
    CLI::App* command = app.add_subcommand("train", "Trains what a lab learns, as its window does, and writes it to a file");
    auto options = std::make_shared<Options>();
    command->add_option("lab", options->lab, "Its name, from `labs`")->required();
    command->add_option("--scenario", options->scenario,
                        "A scenario file, or the name of a built-in one; else the lab's default");
    command->add_option("--set", options->sets, "key=value, as often as needed; `describe` lists the keys")
        ->allow_extra_args(false)
        ->check([](const std::string& text) {
            return text.find('=') == std::string::npos || text[0] == '=' ? "expected key=value, not '" + text + "'"
                                                                         : std::string();
        });
    addDeviceOption(*command, options->device);
    command->add_option("--out", options->out, "The file, for example net.safetensors")->required();
    command->callback([options] { train(*options); });
}

} // namespace orrery::cli
