// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/parameters.h"

#include "engine/error.h"
#include "engine/model/safetensors.h"
#include "engine/philox.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/parameter_loader.h"

#include <algorithm>

namespace orrery::tensor {

namespace {

constexpr std::uint32_t initStream = 0x696e6974u; // "init"

std::vector<std::uint64_t> sizesOf(const Shape& shape) { return {shape.sizes().begin(), shape.sizes().end()}; }

} // namespace

Tensor Parameters::add(const std::string& name, const Shape& shape, const Init& init) {
    for (const Parameter& parameter : m_all)
        if (parameter.name == name) throw Error("there is a parameter '" + name + "' already");
    std::vector<float> values(std::size_t(shape.count()), init.kind == Init::Kind::ones ? 1.F : 0.F);
    if (init.kind == Init::Kind::uniform || init.kind == Init::Kind::normal)
        for (std::size_t i = 0; i < values.size(); ++i) {
            const Philox4 w = philox(m_seed, std::uint32_t(i), std::uint32_t(m_all.size()), initStream);
            values[i] = float(init.size * (init.kind == Init::Kind::normal ? normalPair(w)[0] : 2 * unitOpen(w[0]) - 1));
        }
    m_all.push_back({name, m_context->upload(shape, std::span<const float>(values))});
    return m_all.back().value;
}

const Tensor& Parameters::operator[](const std::string& name) const {
    const auto found = std::ranges::find(m_all, name, &Parameter::name);
    if (found == m_all.end()) throw Error("there is no parameter '" + name + "'");
    return found->value;
}

std::int64_t Parameters::count() const {
    std::int64_t sum = 0;
    for (const Parameter& parameter : m_all) sum += parameter.value.count();
    return sum;
}

void Parameters::load(const model::TensorFile& file, const std::string& prefix) {
    ParameterLoader loader(*m_context, *this, file, prefix);
    while (!loader.finished()) loader.step();
}

void Parameters::save(const std::string& path, const std::map<std::string, std::string>& metadata) const {
    const std::vector<std::vector<float>> all = values();
    std::vector<model::TensorToWrite> tensors;
    for (std::size_t i = 0; i < all.size(); ++i)
        tensors.push_back({m_all[i].name, model::Stored::f32, sizesOf(m_all[i].value.shape()), std::as_bytes(std::span(all[i]))});
    model::writeSafetensors(path, tensors, metadata);
}

void Parameters::convert(DType type) {
    for (Parameter& parameter : m_all) parameter.value = cast(*m_context, parameter.value, type);
}

std::vector<std::vector<float>> Parameters::values() const {
    std::vector<std::vector<float>> all;
    for (const Parameter& parameter : m_all) all.push_back(m_context->read(parameter.value));
    return all;
}

void Parameters::assign(const std::vector<std::vector<float>>& values) {
    if (values.size() != m_all.size())
        throw Error(std::to_string(values.size()) + " values for " + std::to_string(m_all.size()) + " parameters");
    for (std::size_t i = 0; i < values.size(); ++i) m_context->assign(m_all[i].value, values[i]);
}

} // namespace orrery::tensor
