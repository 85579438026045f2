// SPDX-License-Identifier: GPL-3.0-or-later
// A network as a file, with all that its training needs to go on.
#include "engine/error.h"
#include "engine/labs/diffusion/training.h"
#include "engine/model/safetensors.h"

#include <charconv>

namespace orrery::diffusion {

namespace {

using model::TensorFile;

constexpr const char *average = "ema.", *first = "adam.first.", *second = "adam.second.";

std::string textOf(const TensorFile& file, const char* key) {
    const auto found = file.metadata().find(key);
    return found == file.metadata().end() ? std::string() : found->second;
}

int numberOf(const TensorFile& file, const char* key) {
    const std::string text = textOf(file, key);
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty()) return 0;
    if (error != std::errc() || end != text.data() + text.size() || number < 0)
        throw Error(file.path() + ": its '" + key + "' is '" + text + "', which is no number of steps");
    return number;
}

double scaleOf(const TensorFile& file) {
    const std::string text = textOf(file, "scale");
    double scale = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (error != std::errc() || end != text.data() + text.size())
        throw Error(file.path() + ": its loss scale '" + text + "' is no number");
    return scale;
}

/// Values of one kind for all parameters, checked against their shapes.
std::vector<std::vector<float>> read(const TensorFile& file, const std::string& prefix, const tensor::Parameters& parameters) {
    std::vector<std::vector<float>> all;
    for (const tensor::Parameter& parameter : parameters.all()) {
        const model::StoredTensor& stored = file.find(prefix + parameter.name);
        const auto& sizes = parameter.value.shape().sizes();
        if (stored.shape != std::vector<std::uint64_t>(sizes.begin(), sizes.end()))
            throw Error(file.path() + ": '" + stored.name + "' has the shape " + stored.shapeText() +
                        ", a network of this width and depth has " + parameter.value.shape().text() +
                        "; set width and depth to those of the file");
        all.push_back(file.readAll(stored));
    }
    return all;
}

bool whole(const TensorFile& file, const std::string& prefix, const tensor::Parameters& parameters) {
    for (const tensor::Parameter& parameter : parameters.all())
        if (!file.has(prefix + parameter.name)) return false;
    return true;
}

} // namespace

void ScoreTraining::save(const std::string& path) const {
    const tensor::Parameters& parameters = m_net.parameters();
    std::vector<std::pair<std::string, std::vector<float>>> values;
    const auto add = [&](const std::string& prefix, const auto& tensorOf) {
        for (std::size_t i = 0; i < parameters.all().size(); ++i)
            values.emplace_back(prefix + parameters.all()[i].name, m_context.read(tensorOf(i)));
    };
    add("", [&](std::size_t i) { return parameters.all()[i].value; });
    add(average, [&](std::size_t i) { return m_average.values()[i]; });
    add(first, [&](std::size_t i) { return m_training.optimiser().firstMoment(i); });
    add(second, [&](std::size_t i) { return m_training.optimiser().secondMoment(i); });
    std::vector<model::TensorToWrite> tensors;
    for (std::size_t k = 0; k < values.size(); ++k) {
        const auto& sizes = parameters.all()[k % parameters.all().size()].value.shape().sizes();
        tensors.push_back(
            {values[k].first, model::Stored::f32, {sizes.begin(), sizes.end()}, std::as_bytes(std::span(values[k].second))});
    }
    std::map<std::string, std::string> words{{"kind", "diffusion score"},
                                             {"width", std::to_string(m_options.shape.width)},
                                             {"depth", std::to_string(m_options.shape.depth)},
                                             {"target", toString(m_options.target)},
                                             {"preconditioned", m_options.preconditioned ? "true" : "false"},
                                             {"precision", tensor::toString(m_options.precision)},
                                             {"steps", std::to_string(m_steps)},
                                             {"updates", std::to_string(m_training.optimiser().steps())}};
    if (const auto& scaler = m_training.scaler()) {
        char text[64];
        const auto end = std::to_chars(text, text + sizeof text, scaler->scale()).ptr;
        words["scale"] = std::string(text, end);
        words["good_steps"] = std::to_string(scaler->goodInARow());
    }
    model::writeSafetensors(path, tensors, words);
}

/// Files from elsewhere may say nothing; what one of ours says must be so.
void ScoreTraining::requireFits(const TensorFile& file) const {
    const auto same = [&](const char* key, const std::string& wanted) {
        const std::string said = textOf(file, key);
        if (!said.empty() && said != wanted)
            throw Error(file.path() + ": its network has " + key + " " + said + ", here it is " + wanted + "; set " + key +
                        " to " + said);
    };
    same("width", std::to_string(m_options.shape.width));
    same("depth", std::to_string(m_options.shape.depth));
    same("target", toString(m_options.target));
    same("preconditioned", m_options.preconditioned ? "true" : "false");
}

void ScoreTraining::load(const std::string& path) {
    const auto file = model::openTensorFile(path);
    requireFits(*file);
    const tensor::Parameters& parameters = m_net.parameters();
    const auto weights = read(*file, "", parameters);
    const bool averaged = whole(*file, average, parameters),
               moments = whole(*file, first, parameters) && whole(*file, second, parameters);
    const auto averages = averaged ? read(*file, average, parameters) : weights;
    std::vector<std::vector<float>> m, v;
    if (moments) m = read(*file, first, parameters), v = read(*file, second, parameters);
    const int steps = numberOf(*file, "steps"), updates = numberOf(*file, "updates");
    std::optional<tensor::LossScaler> scaler;
    if (m_training.scaler() && !textOf(*file, "scale").empty()) {
        tensor::ScalerOptions options = m_training.scaler()->options();
        options.initial = scaleOf(*file);
        scaler.emplace(options);
        for (int good = std::min(numberOf(*file, "good_steps"), options.interval - 1); good > 0; --good) scaler->update(false);
    }
    // All of it has been read; now nothing throws but the device.
    m_net.parameters().assign(weights);
    for (std::size_t i = 0; i < averages.size(); ++i) m_context.assign(m_average.values()[i], averages[i]);
    if (moments) m_training.optimiser().restore(updates, m, v);
    if (scaler) m_training.scaler() = scaler;
    m_steps = steps;
}

} // namespace orrery::diffusion
