// SPDX-License-Identifier: GPL-3.0-or-later
// orrery train: what a lab learns in the window, without one, into a file.
#include "app/cli/progress.h"
#include "app/cli/results.h"
#include "app/cli/scenario_options.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/lab/sending.h"

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

struct Options : ScenarioOptions {
    std::string out;
};

/// The lab's output that such a file is.
const lab::Output& outputFor(const lab::Declaration& lab, const std::string& path) {
    const std::string extension = std::filesystem::path(path).extension().string();
    std::vector<std::string> known;
    for (const lab::Output& output : lab.outputs) {
        if (lab::sends(output)) continue; // nothing that is learned
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
    lab::Scenario scenario = options.load();
    for (const auto& [key, value] : output.sets) scenario.settings.setText(key, value);
    options.applySets(scenario.settings);
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
    options->addTo(*command);
    command->add_option("--out", options->out, "The file, for example net.safetensors")->required();
    command->callback([options] { train(*options); });
}

} // namespace orrery::cli
