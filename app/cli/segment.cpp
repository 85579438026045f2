// SPDX-License-Identifier: GPL-3.0-or-later
// orrery segment: cuts objects out of pictures as the window does, without one.
#include "app/cli/progress.h"
#include "app/cli/results.h"
#include "app/cli/segment_prompts.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/segmentation/embedding_cache.h"
#include "engine/labs/segmentation/everything.h"
#include "engine/labs/segmentation/objects.h"
#include "engine/model/npy.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

namespace fs = std::filesystem;
using namespace segmentation;
using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Options {
    std::vector<std::string> pictures, points;
    std::string box, prompts, model, dump, cache, out, device, which = "best";
    bool everything = false, stats = false, cutout = false, labelMe = false, half = false;
    EverythingOptions grid;
};

/// Saves every stage as NAME.npy, in the order in which they come.
class Dump {
 public:
    Dump(const std::string& folder, tensor::Context& context) : m_folder(folder), m_context(context) {
        fs::create_directories(folder);
    }
    Watch watch(const std::string& before = {}) {
        return [this, before](const std::string& stage, const tensor::Tensor& value) {
            save(before + stage, {value.shape().sizes().begin(), value.shape().sizes().end()}, m_context.read(value));
        };
    }
    void save(const std::string& stage, const std::vector<std::uint64_t>& shape, std::span<const float> values) {
        char number[16];
        std::snprintf(number, sizeof number, "%03d-", m_count++);
        model::writeNpy((fs::path(m_folder) / (number + stage + ".npy")).string(), shape, values);
    }

 private:
    std::string m_folder;
    tensor::Context& m_context;
    int m_count = 0;
};

/// The model on the device, and where its pictures go.
class Run {
 public:
    Run(const Options& options, gpu::Device& device)
        : m_options(options),
          m_device(device),
          m_context(device),
          m_cache(options.cache),
          m_plan(options.model, options.half ? tensor::DType::f16 : tensor::DType::f32) {
        const auto start = Clock::now();
        const std::uint64_t before = device.memory().used;
        WeightLoader loader(m_context, m_plan.file(), m_plan.wanted(), m_plan.storage());
        while (!loader.finished()) {
            const double done = loader.step();
            m_progress.show("loading " + m_plan.name() + ", " + std::to_string(int(100 * done)) + " % of " +
                            lab::rounded(double(loader.total())) + " numbers");
        }
        m_model = std::make_unique<Model>(m_context, m_plan, loader.take());
        if (!options.cache.empty()) m_weights = m_plan.file().hash();
        const MemoryPlan plan = m_plan.memory();
        m_stats = {{"model", m_plan.name()},
                   {"file", options.model},
                   {"parameters", m_plan.parameters()},
                   {"device", device.info().name},
                   {"memory",
                    {{"planned_bytes", plan.total()},
                     {"weights_planned_bytes", plan.weights},
                     {"weights_bytes", device.memory().used - before}}},
                   {"load_s", since(start)},
                   {"pictures", Json::array()}};
        m_before = before;
    }

    Annotated picture(const std::string& path, const std::vector<ObjectPrompt>& prompts) {
        const Picture picture = loadPicture(path);
        const Fit fit = fitInto(picture.width, picture.height, m_model->side());
        Annotated annotated{fs::path(path).filename().string(), picture.width, picture.height, {}};
        Json row = {{"image", annotated.file}, {"width", picture.width}, {"height", picture.height}};
        std::optional<Dump> dump;
        if (!m_options.dump.empty()) {
            dump.emplace(m_options.dump, m_context);
            const Picture resized = resizeBilinear(picture, fit.newWidth, fit.newHeight);
            dump->save("resized", {std::uint64_t(fit.newHeight), std::uint64_t(fit.newWidth), 3},
                       {std::vector<float>(resized.rgb.begin(), resized.rgb.end())});
        }
        const Embedded embedded = m_model->embedded(m_context, features(picture, row, dump), fit);
        m_context.finish();
        Json objects = Json::array();
        m_logits.clear();
        if (m_options.everything) everything(picture, embedded, annotated, row, objects);
        for (std::size_t i = 0; i < prompts.size(); ++i) {
            const auto start = Clock::now();
            const std::string number = prompts.size() > 1 ? std::to_string(i + 1) + "." : "";
            const Answer answer = m_model->ask(m_context, embedded, prompts[i].prompt, dump ? dump->watch(number) : Watch{});
            const double seconds = since(start);
            const std::size_t chosen = m_options.which == "best" ? answer.chosen : std::size_t(std::stoi(m_options.which));
            if (chosen >= std::size_t(answer.masks))
                throw Error("--mask " + m_options.which + ": this model gives " + std::to_string(answer.masks) +
                            " masks, numbered from 0");
            const std::vector<float> logits = fullSize(answer.of(chosen), answer.side, fit);
            Mask mask{picture.width, picture.height, std::vector<std::uint8_t>(logits.size())};
            for (std::size_t p = 0; p < logits.size(); ++p) mask.pixels[p] = logits[p] > 0;
            if (dump) {
                const auto side = std::uint64_t(answer.side);
                dump->save(number + "logits", {std::uint64_t(answer.masks), side, side}, answer.logits);
                dump->save(number + "iou", {std::uint64_t(answer.masks)}, answer.iou);
                dump->save(number + "full", {std::uint64_t(picture.height), std::uint64_t(picture.width)}, logits);
                dump->save(number + "mask", {std::uint64_t(picture.height), std::uint64_t(picture.width)},
                           {std::vector<float>(mask.pixels.begin(), mask.pixels.end())});
            }
            annotated.objects.push_back({prompts[i].label, encoded(mask), double(answer.iou[chosen]), answer.stability[chosen]});
            objects.push_back({{"label", prompts[i].label},
                               {"mask", chosen},
                               {"predicted_iou", answer.iou[chosen]},
                               {"stability", answer.stability[chosen]},
                               {"area", mask.area()},
                               {"bbox", boundsOf(mask)},
                               {"decode_s", seconds}});
            m_logits = logits;
        }
        if (dump)
            dump->save("dense_pe",
                       {std::uint64_t(m_model->prompts().grid().shape()[0]), std::uint64_t(m_model->prompts().grid().shape()[1])},
                       m_context.read(m_model->prompts().grid()));
        row["objects"] = objects;
        m_stats["pictures"].push_back(row);
        write(path, picture, annotated);
        return annotated;
    }

    Json stats() {
        m_stats["memory"]["used_bytes"] = m_device.memory().used - m_before;
        return m_stats;
    }
    const std::vector<float>& logits() const { return m_logits; } ///< of the last object, the picture's size

 private:
    Features features(const Picture& picture, Json& row, std::optional<Dump>& dump) {
        const EmbeddingKey key{hashOf(picture), m_weights};
        if (!m_options.cache.empty() && !dump)
            if (const auto kept = m_cache.find(m_context, key)) {
                row["encode_s"] = 0, row["from_cache"] = true;
                return *kept;
            }
        const auto start = Clock::now();
        Encoding encoding = m_model->encode(m_context, picture, dump ? dump->watch() : Watch{});
        while (!encoding.step(m_context, 30)) {
            const double left = encoding.fraction() > 0 ? since(start) * (1 / encoding.fraction() - 1) : 0;
            m_progress.show("encoding, " + encoding.stages()[encoding.stage()].name + ", " +
                            std::to_string(int(100 * encoding.fraction())) + " %, " + lab::rounded(std::ceil(left)) + " s left");
        }
        row["encode_s"] = since(start), row["encode_gflops"] = encoding.flops() * 1e-9;
        Json stages = Json::array();
        for (const Encoding::Stage& stage : encoding.stages())
            stages.push_back({{"stage", stage.name}, {"ms", stage.milliseconds}, {"gflops", stage.flops * 1e-9}});
        row["stages"] = stages;
        if (!m_options.cache.empty()) m_cache.keep(m_context, key, *encoding.features);
        return *encoding.features;
    }

    void everything(const Picture& picture, const Embedded& embedded, Annotated& annotated, Json& row, Json& objects) {
        const auto start = Clock::now();
        Everything all(m_context, *m_model, picture, m_options.grid, &embedded);
        while (!all.done()) {
            const double done = all.step(100);
            m_progress.show("everything, " + std::to_string(int(100 * done)) + " %, " + std::to_string(all.masks().size()) +
                            " masks so far");
        }
        row["everything_s"] = since(start), row["clicks"] = all.asked();
        for (const Found& found : all.masks()) {
            annotated.objects.push_back({"", found.mask, found.predictedIou, found.stability});
            objects.push_back({{"predicted_iou", found.predictedIou},
                               {"stability", found.stability},
                               {"area", found.mask.area()},
                               {"point", found.point},
                               {"crop", found.crop}});
        }
    }

    /// Where --out is a folder: a mask, a cut-out or LabelMe for each picture.
    void write(const std::string& path, const Picture& picture, const Annotated& annotated) {
        std::error_code error;
        if (!fs::is_directory(m_options.out, error)) {
            m_last = picture;
            return;
        }
        const std::string name = (fs::path(m_options.out) / fs::path(path).stem()).string();
        if (m_options.labelMe)
            saveJson(name + ".json", labelMeOf(annotated));
        else
            writePng(name + ".png", picture, annotated);
    }

 public:
    void writePng(const std::string& path, const Picture& picture, const Annotated& annotated) const {
        if (m_options.everything) return saveLabels(path, annotated);
        Mask mask{annotated.width, annotated.height, std::vector<std::uint8_t>(std::size_t(annotated.width * annotated.height))};
        for (const Object& object : annotated.objects) {
            const Mask one = decoded(object.mask);
            for (std::size_t i = 0; i < mask.pixels.size(); ++i) mask.pixels[i] |= one.pixels[i];
        }
        m_options.cutout ? saveCutout(path, picture, mask) : saveMask(path, mask);
    }
    const Picture& last() const { return m_last; }

 private:
    const Options& m_options;
    gpu::Device& m_device;
    tensor::Context m_context;
    EmbeddingCache m_cache;
    ModelPlan m_plan;
    std::unique_ptr<Model> m_model;
    Progress m_progress;
    Json m_stats;
    std::uint64_t m_before = 0, m_weights = 0;
    std::vector<float> m_logits;
    Picture m_last;
};

void segment(Options options) {
    const std::vector<std::string> pictures = picturesOf(options.pictures);
    std::map<std::string, std::vector<ObjectPrompt>> prompts;
    ObjectPrompt own;
    for (const std::string& point : options.points) own.prompt.clicks.push_back(clickOf(point));
    if (!options.box.empty()) own.prompt.box = boxOf(options.box);
    if (!options.prompts.empty()) prompts = promptsFrom(options.prompts, pictures);
    if (own.prompt.empty() && prompts.empty() && !options.everything)
        throw Error("say what to cut out: --point x,y, --box x0,y0,x1,y1, --prompts FILE or --everything");
    if (options.model.empty()) {
        const std::vector<std::string> own = builtinModels();
        if (own.empty()) throw Error("name a model: --model FILE (SAM, SlimSAM or MobileSAM)");
        options.model = builtinPrefix + own.front();
    }
    const std::string extension = fs::path(options.out).extension().string();
    const bool json = extension == ".json", png = extension == ".png", npy = extension == ".npy";
    if (!json && (pictures.size() > 1 || extension.empty()))
        fs::create_directories(options.out);
    else if (!json && !png && !npy)
        throw Error(options.out + ": a result is written as .png (mask), .npy (logits), .json (COCO), or into a folder");
    else
        requireWritable(options.out);

    gpu::Instance instance;
    gpu::Device device(instance, {.wanted = options.device, .pipelineCacheFile = {}});
    Run run(options, device);
    std::vector<Annotated> all;
    for (const std::string& path : pictures) {
        std::vector<ObjectPrompt> objects = prompts[fs::path(path).filename().string()];
        if (!own.prompt.empty()) objects.insert(objects.begin(), own);
        all.push_back(run.picture(path, objects));
    }
    std::error_code error;
    if (json) {
        saveJson(options.out, options.labelMe && all.size() == 1 ? labelMeOf(all.front()) : cocoOf(all));
    } else if (npy) {
        model::writeNpy(options.out, {std::uint64_t(all.front().height), std::uint64_t(all.front().width)}, run.logits());
    } else if (!fs::is_directory(options.out, error)) {
        run.writePng(options.out, run.last(), all.front());
    }
    if (options.stats) {
        std::cout << run.stats().dump(2) << "\n";
        return;
    }
    for (const Annotated& picture : all)
        for (std::size_t i = 0; i < picture.objects.size(); ++i) {
            const Object& object = picture.objects[i];
            std::cout << picture.file << (object.label.empty() ? " object " + std::to_string(i + 1) : " " + object.label) << ": "
                      << object.mask.area() << " px, predicted IoU " << lab::figures(object.predictedIou) << ", stability "
                      << lab::figures(object.stability) << "\n";
        }
    std::cout << "written to " << options.out << "\n";
}

} // namespace

void addSegment(CLI::App& app) {
    CLI::App* command = app.add_subcommand("segment", "Cuts objects out of pictures with a SAM checkpoint or the built-in model");
    auto options = std::make_shared<Options>();
    command->add_option("image", options->pictures, "Pictures (PNG, JPEG, BMP), or folders of them")->required();
    command
        ->add_option("--point", options->points, "x,y of a pixel of the object, or x,y,0 of one that is not; as often as needed")
        ->allow_extra_args(false);
    command->add_option("--box", options->box, "x0,y0,x1,y1 around the object");
    command->add_option("--prompts", options->prompts, "A JSON list of objects: image, label, points, box");
    command->add_flag("--everything", options->everything, "Every object that a grid of clicks finds");
    command->add_option("--grid", options->grid.pointsPerSide, "Clicks on a side of that grid")
        ->capture_default_str()
        ->check(CLI::Range(1, 256));
    command->add_option("--crops", options->grid.cropLayers, "Layers of crops that are searched as well")
        ->capture_default_str()
        ->check(CLI::Range(0, 4));
    command->add_option("--smallest", options->grid.smallestRegion, "Holes and islands of fewer pixels go")
        ->check(CLI::NonNegativeNumber);
    command->add_option("--model", options->model, "A checkpoint: .pth, .pt or .safetensors; else the built-in model");
    command->add_option("--mask", options->which, "Which of the answer's masks: best, or its number")
        ->capture_default_str()
        ->check(CLI::IsMember({"best", "0", "1", "2", "3"}));
    command->add_flag("--half", options->half, "Keep the weights in 16 bits");
    command->add_flag("--cutout", options->cutout, "PNG of the picture with the mask as alpha");
    command->add_flag("--labelme", options->labelMe, "JSON of LabelMe instead of COCO");
    command->add_flag("--stats", options->stats, "Print times, memory and measures as JSON");
    command->add_option("--dump", options->dump, "A folder for every stage as .npy");
    command->add_option("--cache", options->cache, "A folder in which embeddings are kept and looked for");
    command->add_option("--out", options->out, "mask.png, logits.npy, objects.json (COCO), or a folder for several pictures")
        ->required();
    addDeviceOption(*command, options->device);
    command->callback([options] { segment(*options); });
}

} // namespace orrery::cli
