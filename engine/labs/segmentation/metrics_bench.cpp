// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/metrics_bench.h"

#include "engine/labs/segmentation/baseline.h"
#include "engine/labs/segmentation/metrics_contenders.h"
#include "engine/labs/segmentation/metrics_speed.h"

#include <cstdlib>

namespace orrery::segmentation {

namespace {

using bench::Figure;

constexpr std::uint32_t generatedCount = 12;

/// Folder and further weights of ORRERY_PICTURES.
struct Wish {
    std::string folder, weights;
};
Wish wish() {
    const char* text = std::getenv("ORRERY_PICTURES");
    if (!text) return {};
    const std::string all = text;
    const std::size_t at = all.rfind('@');
    if (at == std::string::npos) return {all, {}};
    return {all.substr(0, at), all.substr(at + 1)};
}

} // namespace

std::vector<Trace> followAll(Contender& contender, const std::vector<KnownPicture>& pictures, const Protocol& protocol) {
    std::vector<Trace> traces;
    for (const KnownPicture& picture : pictures) traces.push_back(follow(contender, picture.asCase(), protocol));
    return traces;
}

std::vector<Figure> figuresOf(const std::string& name, const Summary& s) {
    std::vector<Figure> all;
    const auto plain = [&](const std::string& what, double value, const char* unit) {
        all.push_back({name + ": " + what, value, unit, {}, 0});
    };
    const auto estimate = [&](const std::string& what, const Estimate& e, const char* unit) {
        plain(what, e.value, unit);
        plain(what + ", 95 % from", e.low, unit);
        plain(what + ", 95 % to", e.high, unit);
    };
    const char* after[3] = {"1 click", "3 clicks", "5 clicks"};
    for (std::size_t k = 0; k < 3; ++k) estimate(std::string("IoU after ") + after[k], s.shown[k], "");
    for (std::size_t k = 0; k < 3; ++k) estimate(std::string("IoU of the best mask after ") + after[k], s.oracle[k], "");
    estimate("clicks to IoU 0.85", s.clicks85, "clicks");
    plain("never at IoU 0.85", double(s.failed85), "pictures");
    estimate("clicks to IoU 0.90", s.clicks90, "clicks");
    plain("never at IoU 0.90", double(s.failed90), "pictures");
    estimate("boundary F at 2 px after 3 clicks", s.boundary, "");
    estimate("error of the promised IoU", s.calibration, "");
    plain("clicks respected", 100 * s.respected, "%");
    plain("clicks that made it worse", 100 * s.lowered, "%");
    estimate("spread of IoU under jittered clicks", s.jitter, "");
    return all;
}

std::vector<Figure> benchSegmentation(gpu::Device& device) {
    tensor::Context context(device);
    const Wish asked = wish();
    std::vector<KnownPicture> pictures;
    if (!asked.folder.empty()) pictures = picturesOf(asked.folder);
    for (std::uint32_t i = 0; i < generatedCount && asked.folder.empty(); ++i) pictures.push_back(generatedPicture(2026, i));

    std::vector<Figure> all{{"pictures", double(pictures.size()), "", {}, 0}};
    const auto measure = [&](Contender& contender) {
        for (Figure& figure : figuresOf(contender.name(), summarise(followAll(contender, pictures))))
            all.push_back(std::move(figure));
    };
    for (const Baseline kind : {Baseline::disk, Baseline::floodFill, Baseline::geodesic}) measure(*makeBaseline(kind));
    std::vector<std::string> models;
    for (const std::string& name : builtinModels()) models.push_back(builtinPrefix + name);
    if (!asked.weights.empty()) models.push_back(asked.weights);
    for (const std::string& path : models) {
        const ModelPlan plan(path);
        const auto model = Model::load(context, plan);
        const std::string name = asked.weights == path ? plan.name() + " of " + path : plan.name();
        measure(*makeContender(context, *model, name));
        if (model->useGlobal(false)) measure(*makeContender(context, *model, name + " without its GCN block"));
    }
    if (!asked.folder.empty()) return all; // a folder asks for quality
    for (Figure& figure : speedOfModels(device)) all.push_back(std::move(figure));
    for (Figure& figure : foundEverything(device, pictures)) all.push_back(std::move(figure));
    return all;
}

} // namespace orrery::segmentation
