// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/metrics_speed.h"

#include "engine/labs/segmentation/everything.h"
#include "engine/labs/segmentation/stand_in.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <random>

namespace orrery::segmentation {

namespace {

using bench::Figure;

constexpr std::int64_t width = 1024, height = 683;
constexpr int clicks = 9;
constexpr std::int64_t gridOfSearch = 8;

double millisecondsOf(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

Embedded encoded(tensor::Context& context, const Model& model, const Picture& picture) {
    Encoding encoding = model.encode(context, picture);
    while (!encoding.step(context, 1e3)) continue;
    Embedded embedded = model.embedded(context, *encoding.features, fitInto(picture.width, picture.height, model.side()));
    context.finish();
    return embedded;
}

/// The first encoding makes pipelines, so the second is told.
void measure(gpu::Device& device, const std::string& path, const std::string& name, std::vector<Figure>& all) {
    const auto add = [&](const char* what, double value, const char* unit) {
        all.push_back({name + ": " + what, value, unit, {}, 0});
    };
    const std::uint64_t before = device.memory().used;
    tensor::Context context(device);
    const ModelPlan plan(path);
    const auto model = Model::load(context, plan);
    const KnownPicture known = generatedPicture(2026, 0, width, height);
    const Picture picture{known.width, known.height, known.rgb};
    Embedded embedded = encoded(context, *model, picture);
    const std::clock_t worked = std::clock();
    add("a picture encoded", millisecondsOf([&] { embedded = encoded(context, *model, picture); }), "ms");
    add("a picture encoded, of CPU time", 1e3 * double(std::clock() - worked) / CLOCKS_PER_SEC, "ms");
    std::vector<double> times;
    for (int i = 0; i <= clicks; ++i) { // the first makes pipelines
        const Click click{double(width) * (i + 1) / (clicks + 2), double(height) / 2, true};
        times.push_back(millisecondsOf([&] {
            const Answer answer = model->ask(context, embedded, {{click}, {}, {}});
            maskOf(answer.of(answer.chosen), answer.side, embedded.fit);
        }));
    }
    std::sort(times.begin() + 1, times.end());
    add("a click on it to its mask, median", times[1 + clicks / 2], "ms");
    add("a click on it to its mask, slowest of 9", times.back(), "ms");
    const auto mebi = [](std::uint64_t bytes) { return double(bytes) / (1 << 20); };
    add("memory, planned", mebi(plan.memory().total()), "MiB");
    add("memory, held at most", mebi(device.memory().used - before), "MiB"); // a pool gives nothing back
    Encoding look = model->encode(context, picture);
    while (look.fraction() < 0.5) look.step(context, 0);
    model->ask(context, embedded, {{{double(width) / 2, double(height) / 2, true}}, {}, {}});
    add("memory with a look inside waiting, planned", mebi(plan.memory().total(true)), "MiB");
    add("memory with a look inside waiting, held at most", mebi(device.memory().used - before), "MiB");
}

} // namespace

std::vector<Figure> speedOfModels(gpu::Device& device) {
    namespace fs = std::filesystem;
    std::vector<Figure> all;
    for (const std::string& name : builtinModels())
        measure(device, builtinPrefix + name, ModelPlan(builtinPrefix + name).name(), all);
    for (const auto& [kind, name] :
         {std::pair{StandIn::mobileSam, "MobileSAM's shape"}, std::pair{StandIn::vitB, "SAM ViT-B's shape"}}) {
        const fs::path file = fs::temp_directory_path() / ("orrery-" + std::to_string(std::random_device()()) + ".safetensors");
        struct Removed {
            const fs::path& path;
            ~Removed() {
                std::error_code error;
                fs::remove(path, error);
            }
        } removed{file};
        writeStandIn(kind, file.string());
        measure(device, file.string(), name, all);
    }
    return all;
}

std::vector<Figure> foundEverything(gpu::Device& device, const std::vector<KnownPicture>& pictures) {
    std::vector<Figure> all;
    for (const std::string& name : builtinModels()) {
        tensor::Context context(device);
        const ModelPlan plan(builtinPrefix + name);
        const auto model = Model::load(context, plan);
        const Thresholds own = thresholdsOf(plan);
        EverythingOptions options;
        options.pointsPerSide = gridOfSearch, options.iouThreshold = own.iou, options.stabilityThreshold = own.stability;
        double masks = 0, found = 0;
        for (const KnownPicture& known : pictures) {
            const Picture picture{known.width, known.height, known.rgb};
            Everything search(context, *model, picture, options);
            while (!search.done()) search.step(1e3);
            masks += double(search.masks().size());
            const Mask truth{known.width, known.height, known.mask};
            found +=
                std::ranges::any_of(search.masks(), [&](const Found& each) { return iouOf(decoded(each.mask), truth) >= 0.5; });
        }
        const auto count = double(std::max<std::size_t>(1, pictures.size()));
        all.push_back({plan.name() + ": everything, known objects found", 100 * found / count, "%", {}, 0});
        all.push_back({plan.name() + ": everything, masks a picture", masks / count, "", {}, 0});
    }
    return all;
}

} // namespace orrery::segmentation
