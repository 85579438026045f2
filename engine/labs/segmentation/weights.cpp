// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/weights.h"

#include "engine/error.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace orrery::segmentation {

namespace {

constexpr double batchNormEpsilon = 1e-5;
constexpr std::array<const char*, 4> batchNorm{".bn.weight", ".bn.bias", ".bn.running_mean", ".bn.running_var"};

void requireShape(const Checkpoint& file, const std::string& name, const tensor::Shape& shape) {
    const tensor::Shape stored = file.shape(name);
    if (stored != shape)
        file.fail("'" + file.find(name).name + "' has shape " + stored.text() + "; the rest of the file calls for " +
                  shape.text());
}

} // namespace

// A position is the sine of a large phase, and a bias of 16 bits saves nothing.
bool Wanted::halves() const { return shape.rank() >= 2 && shape.count() > 4096 && (folded || name.ends_with(".weight")); }

const tensor::Tensor& Weights::operator[](const std::string& name) const {
    const auto found = m_all.find(name);
    if (found == m_all.end()) throw Error("the network has no weight '" + name + "'");
    return found->second;
}

tensor::Tensor Weights::orNone(const std::string& name) const {
    const auto found = m_all.find(name);
    return found == m_all.end() ? tensor::Tensor{} : found->second;
}

WeightLoader::WeightLoader(tensor::Context& context, const Checkpoint& file, std::vector<Wanted> wanted, tensor::DType storage)
    : m_context(context), m_file(file), m_wanted(std::move(wanted)), m_storage(storage) {
    for (const Wanted& each : m_wanted) {
        requireShape(file, each.folded ? each.name + ".c.weight" : each.name, each.shape);
        if (each.folded)
            for (const char* vector : batchNorm) requireShape(file, each.name + vector, {each.shape[0]});
        m_total += each.numbers();
    }
}

void WeightLoader::requireFinite(const std::string& name, std::span<const float> values) const {
    for (const float value : values)
        if (!std::isfinite(value))
            m_file.fail("'" + m_file.find(name).name +
                        "' holds values that are not finite; the file is damaged: download it again");
}

std::vector<float> WeightLoader::readWhole(const std::string& name) {
    std::vector<float> values = m_file.file().readAll(m_file.find(name));
    requireFinite(name, values);
    return values;
}

void WeightLoader::fold(const Wanted& wanted) {
    std::vector<float> weight = readWhole(wanted.name + ".c.weight");
    std::array<std::vector<float>, 4> norm;
    for (std::size_t i = 0; i < norm.size(); ++i) norm[i] = readWhole(wanted.name + batchNorm[i]);
    const std::size_t channels = norm[0].size(), each = weight.size() / channels;
    std::vector<float> bias(channels);
    for (std::size_t c = 0; c < channels; ++c) {
        const double scale = double(norm[0][c]) / std::sqrt(double(norm[3][c]) + batchNormEpsilon);
        for (std::size_t i = 0; i < each; ++i) weight[c * each + i] = float(double(weight[c * each + i]) * scale);
        bias[c] = float(double(norm[1][c]) - double(norm[2][c]) * scale);
    }
    requireFinite(wanted.name + ".bn.running_var", bias); // a negative variance
    m_weights.set(wanted.name + ".weight", m_context.upload(wanted.shape, std::span<const float>(weight), typeOf(wanted)));
    m_weights.set(wanted.name + ".bias", m_context.upload({std::int64_t(channels)}, std::span<const float>(bias)));
}

void WeightLoader::readPart(const Wanted& wanted, std::uint64_t numbers) {
    if (m_from == 0) m_weights.set(wanted.name, m_context.empty(wanted.shape, typeOf(wanted)));
    std::vector<float> part(numbers);
    m_file.file().readFloats(m_file.find(wanted.name), m_from, part);
    requireFinite(wanted.name, part);
    m_context.assignPart(m_weights[wanted.name], std::int64_t(m_from), part);
}

double WeightLoader::step(std::uint64_t numbers) {
    numbers = std::max<std::uint64_t>(2, numbers / 2 * 2); // f16 is assigned from even places on
    for (std::uint64_t left = numbers; left > 0 && !finished();) {
        const Wanted& wanted = m_wanted[m_at];
        const std::uint64_t part = wanted.folded ? wanted.numbers() : std::min(wanted.numbers() - m_from, numbers);
        wanted.folded ? fold(wanted) : readPart(wanted, part);
        m_from += part, m_done += part;
        left -= std::min(left, part);
        if (m_from == wanted.numbers()) ++m_at, m_from = 0;
    }
    m_context.finish(); // what was staged is free again
    return m_total > 0 ? double(m_done) / double(m_total) : 1;
}

} // namespace orrery::segmentation
