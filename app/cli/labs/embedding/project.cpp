// SPDX-License-Identifier: GPL-3.0-or-later
// orrery project: a table becomes coordinates in a file, by the same lab as in the window.
#include "app/cli/progress.h"
#include "app/cli/results.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/lab/scenario.h"
#include "engine/labs/embedding/lab.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/model/npy.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <map>
#include <memory>

namespace orrery::cli {

namespace {

struct ProjectOptions {
    std::string table, method = "pca", metric = "euclid", start, out, metadata, tensor, place, device;
    std::vector<std::string> sets;
    double perplexity = 0, minDist = -1;
    std::int64_t neighbours = 0, steps = 0, rows = 0;
    std::uint64_t seed = 1;
    int dims = 2;
    bool stats = false;
};

using Clock = std::chrono::steady_clock;
double secondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

/// What the ending of --out asks for, beside .npy.
const std::map<std::string, std::string> outputs = {
    {".csv", "picture"}, {".json", "picture-json"}, {".svg", "figure"}, {".txt", "vectors"}, {".vec", "vectors"}};

lab::Scenario scenarioOf(const ProjectOptions& o) {
    lab::Scenario scenario = lab::loadScenario("pca", "embedding");
    scenario.seed = o.seed, scenario.settings = lab::Settings(*lab::find("embedding").declaration);
    lab::Settings& settings = scenario.settings;
    settings.set("data", std::string("file")),
        settings.set("file", std::filesystem::absolute(o.table).lexically_normal().string());
    settings.set("metadata", o.metadata), settings.set("tensor", o.tensor), settings.set("rows", o.rows);
    settings.set("method", o.method), settings.set("metric", o.metric),
        settings.set("dims", std::string(o.dims == 3 ? "3d" : "2d"));
    settings.set("start", o.start.empty() ? std::string(o.method == "umap" ? "spectral" : "pca") : o.start);
    if (o.perplexity > 0) settings.set("perplexity", o.perplexity);
    if (o.minDist >= 0) settings.set("min_dist", o.minDist);
    if (o.neighbours > 0) settings.set("neighbours", o.neighbours);
    if (o.steps > 0) settings.set(o.method == "umap" ? "epochs" : "iterations", o.steps);
    settings.set("quality_every", std::int64_t(0));
    for (const std::string& each : o.sets) {
        const std::size_t equals = each.find('=');
        if (equals == std::string::npos) throw Error("--set " + each + ": write key=value");
        settings.setText(each.substr(0, equals), each.substr(equals + 1));
    }
    return scenario;
}

void project(const ProjectOptions& o) {
    std::error_code error;
    if (!std::filesystem::exists(o.table, error)) throw Error(o.table + ": there is no such file");
    const std::string extension = std::filesystem::path(o.out).extension().string();
    if (extension != ".npy" && outputs.find(extension) == outputs.end())
        throw Error(o.out + ": coordinates are written as .npy, .csv or .json, a figure as .svg, vectors as .txt or .vec");
    requireWritable(o.out);
    gpu::Instance instance;
    gpu::Device device(instance, {.wanted = o.device, .pipelineCacheFile = {}});
    lab::Session session(device, "embedding");
    const auto begin = Clock::now();
    const std::clock_t clocks = std::clock();
    session.apply(scenarioOf(o));
    Progress progress;
    const auto show = [&](int step) {
        const auto& jobs = session.lab().jobs().all();
        progress.show(jobs.empty() ? "step " + std::to_string(step) + " of " + std::to_string(session.lab().steps())
                                   : jobs.front()->status());
    };
    session.runTo(0, show);
    const double prepared = secondsSince(begin);
    session.runTo(session.lab().steps(), show);
    const double done = secondsSince(begin), processor = double(std::clock() - clocks) / CLOCKS_PER_SEC; // of all threads
    const auto& cloud = dynamic_cast<embedding::EmbeddingLab&>(session.lab()).cloud();
    if (!o.place.empty()) { // rows that the picture was not made from
        embedding::Progress quiet;
        const embedding::Table more = embedding::readTable(o.place, {}, quiet);
        const embedding::Matrix placed = cloud.place(more.values, quiet);
        if (extension != ".npy") throw Error(o.out + ": rows of --place are written as .npy");
        model::writeNpy(o.out, {std::uint64_t(placed.rows()), std::uint64_t(placed.columns())}, placed.all());
    } else if (extension == ".npy") {
        const lab::HostArray points = session.lab().array(device, "coordinates");
        model::writeNpy(o.out, points.shape, points.values);
    } else {
        session.lab().save(outputs.at(extension), o.out);
    }
    const embedding::Problem& problem = *cloud.problem();
    for (const std::string& remark : problem.remarks) std::cerr << "orrery: " << remark << "\n";
    const auto last = [&](const char* key) {
        const auto series = session.lab().series(key);
        return series.empty() ? nlohmann::json() : nlohmann::json(series.back().value);
    };
    if (o.stats) {
        nlohmann::json seconds = {{"prepare", prepared}, {"descend", done - prepared}, {"processor", processor}};
        for (const auto& [part, each] : problem.seconds) seconds[part] = each;
        const nlohmann::json stats = {{"rows", problem.table->rows()},
                                      {"dimensions", problem.table->dims()},
                                      {"seconds", seconds},
                                      {"components", problem.components},
                                      {"neighbours", problem.search},
                                      {"how", cloud.how()},
                                      {"loss", last("loss")},
                                      {"trust", last("trust")},
                                      {"continuity", last("continuity")},
                                      {"recall", last("recall")},
                                      {"accuracy", last("accuracy")}};
        std::cout << stats.dump(2) << "\n";
    } else
        std::cout << problem.table->name << ": " << problem.table->rows() << " x " << problem.table->dims() << " by " << o.method
                  << " in " << lab::rounded(done) << " s, written to " << o.out << "\n";
}

} // namespace

void addProject(CLI::App& app) {
    CLI::App* command = app.add_subcommand("project", "Projects a table or word vectors to two or three dimensions");
    auto options = std::make_shared<ProjectOptions>();
    ProjectOptions& o = *options;
    command->add_option("table", o.table, "CSV, TSV, word2vec, GloVe, fastText .vec, .npy, .npz, .safetensors")->required();
    command->add_option("--method", o.method, "pca, tsne, umap or random")
        ->capture_default_str()
        ->check(CLI::IsMember({"pca", "tsne", "umap", "random", "axes"}));
    command->add_option("--dims", o.dims, "2 or 3")->capture_default_str()->check(CLI::IsMember({"2", "3"}));
    command->add_option("--metric", o.metric, "euclid or cosine")
        ->capture_default_str()
        ->check(CLI::IsMember({"euclid", "cosine"}));
    command->add_option("--start", o.start, "pca, random or spectral; UMAP begins with spectral")
        ->check(CLI::IsMember({"pca", "random", "spectral"}));
    command->add_option("--perplexity", o.perplexity, "Of t-SNE; 30")->check(CLI::Range(1.0, 500.0));
    command->add_option("--neighbours", o.neighbours, "Of UMAP, the row itself counted; 15")->check(CLI::Range(2, 200));
    command->add_option("--min-dist", o.minDist, "Of UMAP; 0.1")->check(CLI::Range(0.0, 2.0));
    command->add_option("--steps", o.steps, "Of t-SNE (1000) or epochs of UMAP (500)")->check(CLI::Range(10, 20000));
    command->add_option("--rows", o.rows, "The first rows only")->check(CLI::NonNegativeNumber);
    command->add_option("--seed", o.seed, "Of random starts and pushes")->capture_default_str();
    command->add_option("--metadata", o.metadata, "A TSV with a line for each row");
    command->add_option("--tensor", o.tensor, "Which tensor of a file with several");
    command->add_option("--set", o.sets, "key=value, any parameter of the lab; as often as needed")->allow_extra_args(false);
    command->add_option("--place", o.place, "More rows, to be placed in the picture: their coordinates are written");
    command->add_flag("--stats", o.stats, "Print times and figures of quality as JSON");
    command
        ->add_option("--out", o.out,
                     "points.npy, .csv (with names and metadata) or .json; .svg: a figure; .txt: the vectors as word2vec text")
        ->required();
    addDeviceOption(*command, o.device);
    command->callback([options] { project(*options); });
}

} // namespace orrery::cli
