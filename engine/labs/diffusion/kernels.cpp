// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/kernels.h"

#include <cmath>

namespace orrery::diffusion {

namespace {

using gpu::Access;
using gpu::Binding;
using gpu::Element;

gpu::Kernel make(gpu::Device& device, const char* shader, std::vector<Binding> bindings, std::uint32_t pushBytes,
                 std::vector<std::uint32_t> constants = {}) {
    return {device,
            {.name = std::string("diffusion/") + shader,
             .bindings = std::move(bindings),
             .pushBytes = pushBytes,
             .local = {device.isCpu() ? 32U : 64U, 1, 1},
             .constants = std::move(constants)}};
}

const Binding data{"data", Access::read, Element::vec4}, components{"components", Access::read, Element::vec4},
    places{"places", Access::read, Element::vec2}, quads{"from", Access::read, Element::vec4},
    outputs{"outputs", Access::read, Element::vec2};

Binding writes(const char* name, Element element) { return {name, Access::write, element}; }

gpu::Kernel reverse(gpu::Device& device, bool noisy, bool heun) {
    return make(device, "reverse", {components, quads, writes("to", Element::vec4)}, 13 * 4, {noisy, heun});
}

} // namespace

Kernels::Kernels(gpu::Device& device)
    : prepare(make(device, "prepare", {data, writes("table", Element::vec4)}, 6 * 4)),
      sample(make(device, "sample", {data, {"alias", Access::read, Element::u32}, writes("places", Element::vec2)}, 5 * 4)),
      prior(make(device, "prior", {writes("places", Element::vec2)}, 4 * 4)),
      forward(make(device, "forward", {places, writes("to", Element::vec2)}, 7 * 4)),
      sde(reverse(device, true, false)),
      ode(reverse(device, false, false)),
      heun(reverse(device, false, true)),
      field(make(device, "field", {components, writes("field", Element::vec4)}, 7 * 4)),
      density(make(device, "density", {components, quads, writes("densities", Element::vec4)}, 2 * 4)),
      moments(make(device, "moments", {places, writes("sums", Element::vec4)}, 3 * 4)),
      histogram(make(device, "histogram", {places, {"counts", Access::readWrite, Element::u32}}, 6 * 4)),
      features(make(device, "features", {places, writes("rows", Element::vec4)}, 13 * 4)),
      pull(make(device, "pull", {places, {"base", Access::read, Element::vec2}, outputs, writes("to", Element::vec2)}, 13 * 4)),
      compare(make(device, "compare", {{"exact", Access::read, Element::vec4}, places, outputs, writes("cells", Element::vec4)},
                   5 * 4)) {}

DataBuffers::DataBuffers(gpu::Device& device, const Mixture& mixture) : m_count(std::uint32_t(mixture.components.size())) {
    const AliasTable table = aliasTable(mixture);
    m_rows.reserve(4 * std::size_t(m_count));
    m_slots.reserve(2 * std::size_t(m_count));
    for (std::size_t i = 0; i < m_count; ++i) {
        const Component& c = mixture.components[i];
        m_rows.insert(m_rows.end(), {float(c.x), float(c.y), float(c.s * c.s), float(std::log2(c.weight))});
        m_slots.insert(m_slots.end(), {table.threshold[i], table.alias[i]});
    }
    m_data = device.buffer({.name = "diffusion data", .size = m_rows.size() * 4});
    m_alias = device.buffer({.name = "diffusion alias table", .size = m_slots.size() * 4});
}

void DataBuffers::upload(gpu::Recorder& recorder) {
    if (m_rows.empty()) return;
    recorder.upload(m_data, m_rows);
    recorder.upload(m_alias, m_slots);
    m_rows = {};
    m_slots = {};
}

TableBuffer::TableBuffer(gpu::Device& device, const DataBuffers& data, std::uint32_t tables)
    : m_rows(data.padded()), m_held(tables, {-1, -1}) {
    m_buffer = device.buffer({.name = "diffusion mixture table", .size = std::uint64_t(tables) * m_rows * 16});
}

int TableBuffer::find(double alpha, double variance) const {
    for (std::size_t slot = 0; slot < m_held.size(); ++slot)
        if (m_held[slot] == std::pair(alpha, variance)) return int(slot);
    return -1;
}

void TableBuffer::prepare(gpu::Recorder& recorder, const Kernels& kernels, const DataBuffers& data, std::uint32_t slot,
                          double alpha, double variance) {
    if (m_held[slot] == std::pair(alpha, variance)) return;
    struct Push {
        std::uint32_t first, count, padded;
        float alpha, alpha2, variance;
    };
    recorder.dispatch(kernels.prepare, {data.data(), m_buffer},
                      Push{first(slot), data.count(), m_rows, float(alpha), float(alpha * alpha), float(variance)},
                      {kernels.prepare.groups(m_rows), 1, 1});
    m_held[slot] = {alpha, variance};
}

} // namespace orrery::diffusion
