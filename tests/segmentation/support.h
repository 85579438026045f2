// SPDX-License-Identifier: GPL-3.0-or-later
// A small model's stages, under the names of the float64 reference (tests/reference/segmentation/sam_reference.py).
#pragma once

#include "tests/segmentation/models.h"

namespace orrery::segmentation::test {

inline std::vector<Prompt> promptsOf(const Case& c) {
    std::vector<Prompt> all;
    for (const Json& row : c.manifest.at("prompts")) {
        Prompt prompt;
        for (const Json& point : row.at("points")) prompt.clicks.push_back({point[0], point[1], point[2] == 1});
        if (const Json& box = row.at("box"); !box.is_null()) prompt.box = Box{box[0], box[1], box[2], box[3]};
        all.push_back(prompt);
    }
    return all;
}

/// Elements 0, step, 2 step, …: as the script keeps them.
inline std::vector<double> sampled(std::span<const float> values, std::size_t most = 400) {
    const std::size_t step = ((values.size() + most - 1) / most) | 1;
    std::vector<double> kept;
    for (std::size_t i = 0; i < values.size(); i += step) kept.push_back(double(values[i]));
    return kept;
}

/// |a - b| over |b| in the Euclidean norm; infinite for different sizes and what is not finite.
inline double apart(std::span<const double> a, std::span<const double> b) {
    if (a.size() != b.size() || a.empty()) return INFINITY;
    double difference = 0, size = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference += (a[i] - b[i]) * (a[i] - b[i]), size += b[i] * b[i];
    const double ratio = std::sqrt(difference / std::max(size, 1e-30));
    return std::isfinite(ratio) ? ratio : INFINITY;
}

using Stages = std::map<std::string, std::vector<float>>;

/// Everything that a model makes of a case's picture and prompts, under the script's names.
inline Stages stagesOf(tensor::Context& context, const Model& model, const Case& c) {
    Stages stages;
    std::string before;
    const Watch watch = [&](const std::string& name, const tensor::Tensor& value) {
        stages[before + name] = context.read(value);
    };
    const Picture p = picture(c.width(), c.height());
    const Fit fit = fitInto(p.width, p.height, c.side());
    const Picture resized = resizeBilinear(p, fit.newWidth, fit.newHeight);
    stages["resized"].assign(resized.rgb.begin(), resized.rgb.end());
    Encoding encoding = model.encode(context, p, watch);
    while (!encoding.step(context, 1e3)) continue;
    const Embedded embedded = model.embedded(context, *encoding.features, fit);
    stages["0.grid"] = context.read(model.prompts().grid());
    std::vector<Prompt> prompts = promptsOf(c);
    const auto ask = [&](std::size_t number, const Prompt& prompt) {
        before = std::to_string(number) + '.';
        const Answer answer = model.ask(context, embedded, prompt, watch);
        stages[before + "logits"] = answer.logits, stages[before + "iou"] = answer.iou;
        stages[before + "chosen"] = {float(answer.chosen)};
        stages[before + "full"] = fullSize(answer.of(answer.chosen), answer.side, fit);
        return answer;
    };
    for (std::size_t i = 0; i < prompts.size(); ++i) {
        const Answer answer = ask(i, prompts[i]);
        if (i > 0) continue;
        Prompt again = prompts[0];
        again.mask.assign(answer.of(1).begin(), answer.of(1).end());
        ask(prompts.size(), again);
    }
    return stages;
}

/// The greatest relative difference that a stage may have in f32, and the reason: sums of some hundred terms in f32 differ by a
/// few 1e-7 for each layer; these are ten times what float32 PyTorch differs from float64 at these sizes, rounded to 1, 2 or 5.
inline double tolerance(const std::string& stage) {
    const std::string last = stage.substr(stage.find_last_of('.') + 1);
    if (stage == "resized") return 0;
    if (stage == "input") return 1e-6;
    if (stage == "neck") return 5e-5;
    if (last == "grid" || last == "sparse") return 1e-5;
    if (last == "chosen") return 0;
    if (stage == "patch_embed" || stage.starts_with("block.")) return 1e-5;
    return 1e-4;
}

} // namespace orrery::segmentation::test
