// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/labs/segmentation/run.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/model/npy.h"

#include <chrono>
#include <cmath>
#include <ctime>
#include <filesystem>

namespace orrery::cli {

namespace fs = std::filesystem;
using namespace segmentation;
using Json = nlohmann::ordered_json;

namespace {

using Clock = std::chrono::steady_clock;
double since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }
/// Seconds that all cores together have worked for this process: tells what a busy machine's clock does not.
double worked() { return double(std::clock()) / CLOCKS_PER_SEC; }
std::uint64_t u(std::int64_t size) { return std::uint64_t(size); }

} // namespace

/// Saves every stage as NUMBER-NAME.npy, numbered in the order in which they come.
class SegmentRun::Dump {
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
    void save(const std::string& stage, const std::vector<std::uint64_t>& shape, const std::vector<std::uint8_t>& bytes) {
        save(stage, shape, std::vector<float>(bytes.begin(), bytes.end()));
    }
    void save(const std::string& stage, const std::vector<std::uint64_t>& shape, const std::vector<float>& values) {
        save(stage, shape, std::span<const float>(values));
    }

 private:
    std::string m_folder;
    tensor::Context& m_context;
    int m_count = 0;
};

SegmentRun::SegmentRun(const SegmentOptions& options, gpu::Device& device)
    : m_options(options),
      m_device(device),
      m_context(device),
      m_cache(options.cache),
      m_plan(options.model, options.half ? tensor::DType::f16 : tensor::DType::f32) {
    const auto start = Clock::now();
    m_before = device.memory().used;
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
               {"load_s", since(start)},
               {"memory",
                {{"planned_bytes", plan.total()},
                 {"weights_planned_bytes", plan.weights},
                 {"weights_bytes", device.memory().used - m_before}}},
               {"pictures", Json::array()}};
}

Json SegmentRun::stats() {
    m_stats["memory"]["used_bytes"] = m_device.memory().used - m_before; // the pool keeps what it had: the most at once
    return m_stats;
}

Features SegmentRun::features(const Picture& picture, Json& row, Dump* dump) {
    const EmbeddingKey key{hashOf(picture), m_weights};
    const bool cached = !m_options.cache.empty() && !dump;
    if (cached)
        if (const auto kept = m_cache.find(m_context, key)) {
            row["from_cache"] = true;
            return *kept;
        }
    const auto start = Clock::now();
    const double before = worked();
    Encoding encoding = m_model->encode(m_context, picture, dump ? dump->watch() : Watch{});
    while (!encoding.step(m_context, 30)) {
        const double left = encoding.fraction() > 0 ? since(start) * (1 / encoding.fraction() - 1) : 0;
        m_progress.show("encoding, " + encoding.stages()[encoding.stage()].name + ", " +
                        std::to_string(int(100 * encoding.fraction())) + " %, " + lab::rounded(std::ceil(left)) + " s left");
    }
    row["encode_s"] = since(start), row["encode_cpu_s"] = worked() - before, row["encode_gflops"] = encoding.flops() * 1e-9;
    for (const Encoding::Stage& stage : encoding.stages())
        row["stages"].push_back({{"stage", stage.name}, {"ms", stage.milliseconds}, {"gflops", stage.flops * 1e-9}});
    if (cached) m_cache.keep(m_context, key, *encoding.features);
    return *encoding.features;
}

void SegmentRun::everything(const Embedded& embedded, Cut& cut, Json& row) {
    const auto start = Clock::now();
    const Thresholds own = thresholdsOf(m_plan);
    EverythingOptions grid = m_options.grid;
    grid.iouThreshold = m_options.iouThreshold < 0 ? own.iou : m_options.iouThreshold;
    grid.stabilityThreshold = m_options.stabilityThreshold < 0 ? own.stability : m_options.stabilityThreshold;
    Everything all(m_context, *m_model, cut.picture, grid, &embedded);
    while (!all.done()) {
        const double done = all.step(100);
        m_progress.show("everything, " + std::to_string(int(100 * done)) + " %, " + std::to_string(all.masks().size()) +
                        " masks so far");
    }
    row["everything_s"] = since(start), row["clicks"] = all.asked();
    for (const Found& found : all.masks()) {
        cut.annotated.objects.push_back({"", found.mask, found.predictedIou, found.stability});
        row["objects"].push_back({{"predicted_iou", found.predictedIou},
                                  {"stability", found.stability},
                                  {"area", found.mask.area()},
                                  {"point", found.point},
                                  {"crop", found.crop}});
    }
}

void SegmentRun::object(const ObjectPrompt& prompt, const std::string& number, const Embedded& embedded, Cut& cut, Json& row,
                        Dump* dump) {
    const auto start = Clock::now();
    const double before = worked();
    const Answer answer = m_model->ask(m_context, embedded, prompt.prompt, dump ? dump->watch(number) : Watch{});
    const double seconds = since(start), cpu = worked() - before;
    const std::size_t chosen = m_options.which == "best" ? answer.chosen : std::size_t(std::stoi(m_options.which));
    if (chosen >= u(answer.masks))
        throw Error("--mask " + m_options.which + ": this model gives " + std::to_string(answer.masks) +
                    " masks, numbered from 0");
    cut.logits = fullSize(answer.of(chosen), answer.side, embedded.fit);
    Mask mask{cut.picture.width, cut.picture.height, std::vector<std::uint8_t>(cut.logits.size())};
    for (std::size_t p = 0; p < cut.logits.size(); ++p) mask.pixels[p] = cut.logits[p] > 0;
    if (m_options.crisp) mask = crisp(mask, {prompt.prompt, answer, chosen, embedded.fit}, cut.picture);
    if (dump) {
        const std::vector<std::uint64_t> size{u(mask.height), u(mask.width)};
        dump->save(number + "logits", {u(answer.masks), u(answer.side), u(answer.side)}, answer.logits);
        dump->save(number + "iou", {u(answer.masks)}, answer.iou);
        dump->save(number + "full", size, cut.logits);
        dump->save(number + "mask", size, mask.pixels);
    }
    cut.annotated.objects.push_back({prompt.label, encoded(mask), double(answer.iou[chosen]), answer.stability[chosen]});
    row["objects"].push_back({{"label", prompt.label},
                              {"mask", chosen},
                              {"predicted_iou", answer.iou[chosen]},
                              {"stability", answer.stability[chosen]},
                              {"area", mask.area()},
                              {"bbox", boundsOf(mask)},
                              {"decode_s", seconds},
                              {"decode_cpu_s", cpu}});
}

/// As the window's "Crisp edges": the crop around the object looked at again.
Mask SegmentRun::crisp(const Mask& mask, const Coarse& coarse, const Picture& picture) {
    const std::optional<Crop> crop = cropAround(mask, coarse.prompt);
    if (!crop) return mask;
    Zooming zooming(m_context, *m_model, picture, mask, coarse, *crop);
    for (double done = 0; done < 1;) {
        done = zooming.step(30);
        m_progress.show("zooming in, " + std::to_string(int(100 * done)) + " %");
    }
    const Zoomed& zoomed = *zooming.result();
    return zoomed.agreement >= leastAgreement ? pasted(mask, zoomed) : mask;
}

Cut SegmentRun::cut(const std::string& path, const std::vector<ObjectPrompt>& prompts, const std::vector<Annotated>& given) {
    Cut cut{loadPicture(path), {}, {}};
    const Picture& picture = cut.picture;
    const Fit fit = fitInto(picture.width, picture.height, m_model->side());
    cut.annotated = {fs::path(path).filename().string(), picture.width, picture.height, {}};
    Json row = {{"image", cut.annotated.file}, {"width", picture.width}, {"height", picture.height}};
    if (!m_options.objects.empty())
        for (auto& [number, object] : givenOf(given, m_options.objects, cut.annotated.file, picture.width, picture.height,
                                              m_options.pictures.size() == 1 && !fs::is_directory(m_options.pictures.front())))
            cut.annotated.objects.push_back(std::move(object));
    if (prompts.empty() && !m_options.everything) return cut;
    std::optional<Dump> dump;
    if (!m_options.dump.empty()) {
        dump.emplace(m_options.dump, m_context);
        const Picture resized = resizeBilinear(picture, fit.newWidth, fit.newHeight);
        dump->save("resized", {u(fit.newHeight), u(fit.newWidth), 3}, resized.rgb);
        dump->save("grid", {u(m_model->prompts().grid().shape()[0]), u(m_model->prompts().grid().shape()[1])},
                   m_context.read(m_model->prompts().grid()));
    }
    Dump* const to = dump ? &*dump : nullptr;
    const Embedded embedded = m_model->embedded(m_context, features(picture, row, to), fit);
    m_context.finish();
    row["objects"] = Json::array();
    if (m_options.everything) everything(embedded, cut, row);
    for (std::size_t i = 0; i < prompts.size(); ++i)
        object(prompts[i], prompts.size() > 1 ? std::to_string(i + 1) + "." : "", embedded, cut, row, to);
    m_stats["pictures"].push_back(row);
    return cut;
}

void writePng(const std::string& path, const SegmentOptions& options, const Cut& cut) {
    if (options.everything) return saveLabels(path, cut.annotated);
    Mask mask{cut.picture.width, cut.picture.height, std::vector<std::uint8_t>(cut.picture.rgb.size() / 3)};
    for (const Object& object : cut.annotated.objects) {
        const Mask one = decoded(object.mask);
        for (std::size_t i = 0; i < mask.pixels.size(); ++i) mask.pixels[i] |= one.pixels[i];
    }
    options.cutout ? saveCutout(path, cut.picture, mask) : saveMask(path, mask);
}

} // namespace orrery::cli
