// SPDX-License-Identifier: GPL-3.0-or-later
// orrery run: a scenario from its start to a step, without a window, and all its results in a folder.
#include "app/cli/progress.h"
#include "app/cli/results.h"
#include "app/cli/scenario_options.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/inputs.h"
#include "engine/lab/names.h"
#include "engine/lab/sending.h"
#include "ui/stage.h"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Size {
    std::uint32_t width = 1280, height = 720;
};

struct Options : ScenarioOptions {
    std::string out, render, size = "1280x720", theme = "dark";
    std::vector<std::string> inputs, sends;
    std::optional<int> steps;
    std::optional<std::uint64_t> seed;
};

bool parseSize(const std::string& text, Size& size) {
    const char* end = text.data() + text.size();
    const auto width = std::from_chars(text.data(), end, size.width);
    if (width.ec != std::errc() || width.ptr == end || *width.ptr != 'x') return false;
    const auto height = std::from_chars(width.ptr + 1, end, size.height);
    const auto possible = [](std::uint32_t pixels) { return pixels >= 16 && pixels <= 16384; };
    return height.ec == std::errc() && height.ptr == end && possible(size.width) && possible(size.height);
}

/// The scenario with everything from the command line applied; nothing has touched the GPU yet, so mistakes show at once.
lab::Scenario wantedScenario(const Options& options) {
    const lab::Declaration& declaration = *lab::find(options.lab).declaration;
    lab::Scenario scenario = options.load();
    for (const std::string& file : options.inputs)
        for (const auto& [key, value] : lab::inputValues(declaration, file)) scenario.settings.set(key, value);
    options.applySets(scenario.settings);
    if (options.seed) scenario.seed = *options.seed;
    return scenario;
}

void requireSent(const lab::Declaration& declaration, const std::vector<std::string>& wanted) {
    std::vector<std::string> known;
    for (const lab::Output& output : declaration.outputs)
        if (lab::sends(output)) known.push_back(output.key);
    for (const std::string& each : wanted)
        if (std::ranges::find(known, each) == known.end())
            throw Error("--send " + each + ": " + declaration.name +
                        (known.empty() ? " has nothing to send" : " sends no such rows; it has " + lab::join(known)));
}

void runToStep(gpu::Device& device, lab::Session& session, const std::optional<int>& wanted, RunTimings& timings) {
    Progress progress;
    const auto show = [&](int position) {
        for (const gpu::Timing& timing : device.timings("run")) timings.kernels[timing.name] += timing.milliseconds;
        const auto& jobs = session.lab().jobs().all();
        progress.show(jobs.empty() ? "step " + std::to_string(position) + " of " + std::to_string(session.lab().steps())
                                   : jobs.front()->status());
    };
    // How many steps there are may only be known once a file has been read.
    if (!session.lab().jobs().empty()) session.runTo(session.lab().position(), show);
    if (wanted && *wanted > session.lab().steps())
        throw Error("--steps " + std::to_string(*wanted) + " is beyond the end: this run has " +
                    std::to_string(session.lab().steps()) + " steps");
    session.runTo(wanted.value_or(session.lab().steps()), show);
}

void report(const lab::Session& session, const gpu::Device& device, const std::string& name, const RunTimings& timings,
            const std::vector<std::string>& files, const std::string& folder) {
    std::cout << session.declaration().title << ", " << name << ", seed " << session.seed() << ": " << session.lab().status()
              << "\n"
              << device.info().name << ", " << lab::rounded(timings.run) << " s\n";
    for (const lab::Check& check : session.lab().checks())
        std::cout << "  " << padded(toString(check.verdict), 10) << check.label << ": " << lab::rounded(check.measured)
                  << ", expected " << lab::rounded(check.expected) << " within " << lab::rounded(check.tolerance)
                  << (check.unit.empty() ? "" : " " + check.unit) << "\n";
    std::cout << "written to " << folder << ": " << lab::join(files) << "\n";
}

void run(const Options& options) {
    const auto start = Clock::now();
    Size size;
    parseSize(options.size, size);
    const lab::Scenario scenario = wantedScenario(options);
    requireSent(*lab::find(options.lab).declaration, options.sends);
    prepareFolder(options.out);
    if (!options.render.empty()) requireWritable(options.render);

    gpu::Instance instance;
    gpu::Device device(instance, {.wanted = options.device, .pipelineCacheFile = {}});
    lab::Session session(device, options.lab);
    session.apply(scenario);
    RunTimings timings;
    timings.setUp = since(start);

    const auto running = Clock::now();
    runToStep(device, session, options.steps, timings);
    timings.run = since(running);

    const auto writing = Clock::now();
    std::vector<std::string> files = writeResults(options.out, device, session);
    std::vector<lab::Offer> sent;
    for (const std::string& output : options.sends) {
        auto& sender = dynamic_cast<lab::Sender&>(session.lab());
        sent.push_back(sender.offer(output));
        files.push_back(output + ".npy");
        lab::saveSent(sender, output, (std::filesystem::path(options.out) / files.back()).string());
    }
    if (!options.render.empty()) {
        const lab::CameraState* camera = scenario.camera ? &*scenario.camera : nullptr;
        ui::savePng(ui::renderPicture(device, session, size.width, size.height, options.theme == "light", 1, camera),
                    options.render);
    }
    timings.results = since(writing);
    writeSummary(options.out, device, session, scenario.name, timings, sent);
    files.emplace_back("summary.json");
    report(session, device, scenario.name, timings, files, options.out);
}

} // namespace

void addRun(CLI::App& app) {
    CLI::App* command = app.add_subcommand("run", "Runs a scenario without a window and writes its results");
    auto options = std::make_shared<Options>();
    options->addTo(*command);
    command->add_option("--input", options->inputs, "A file for the lab, known by its extension")->allow_extra_args(false);
    command
        ->add_option("--send", options->sends,
                     "Also what the lab sends to Embedding, as NAME.npy with names and pictures beside it")
        ->allow_extra_args(false);
    command->add_option("--steps", options->steps, "Run to this step; else to the end")->check(CLI::NonNegativeNumber);
    command->add_option("--seed", options->seed, "Seed of the random numbers; else the scenario's")
        ->check([](const std::string& text) {
            std::uint64_t seed = 0; // CLI11 itself takes -3 for 2^64 - 3
            const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seed);
            const bool whole = error == std::errc() && end == text.data() + text.size();
            return whole ? std::string() : "expected a whole number from 0 to 18446744073709551615, not '" + text + "'";
        });
    command->add_option("--render", options->render, "Also save the view as this PNG file");
    command->add_option("--size", options->size, "Of that picture, as WIDTHxHEIGHT")
        ->capture_default_str()
        ->check([](const std::string& text) {
            Size size;
            return parseSize(text, size) ? std::string() : "expected WIDTHxHEIGHT from 16x16 to 16384x16384, not '" + text + "'";
        });
    command->add_option("--theme", options->theme, "dark or light")
        ->capture_default_str()
        ->check(CLI::IsMember({"dark", "light"}));
    command->add_option("--out", options->out, "Folder for the results; made if it is not there")->required();
    command->callback([options] { run(*options); });
}

} // namespace orrery::cli
