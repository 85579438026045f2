// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/context.h"

#include "engine/error.h"
#include "engine/tensor/formats.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/quantise.h"
#include "engine/tensor/pool.h"

#include <chrono>
#include <cstdlib>

namespace orrery::tensor {

namespace {

constexpr int mostRecorded = 256; ///< dispatches in a list: bounds its descriptors, and the device starts while we record
constexpr int mostTimed = 90;     ///< while the profile is looked at: a list has no more timestamps

Products wanted(Products asked) {
    const char* variable = std::getenv("ORRERY_MATMUL");
    if (asked != Products::automatic || !variable || !*variable) return asked;
    const std::string text = variable;
    if (text == "vulkan") return Products::vulkan;
    if (text == "host") return Products::host;
    throw Error("ORRERY_MATMUL is '" + text + "'; it can be vulkan or host");
}

std::uint32_t bitsOf(double value, DType type) {
    if (type == DType::f32) return std::bit_cast<std::uint32_t>(float(value));
    if (type == DType::f16) return halfFromFloat(float(value)) * 0x10001u;
    if (type == DType::u8) return std::uint32_t(std::uint8_t(value)) * 0x01010101u;
    return std::uint32_t(std::int32_t(value));
}

void requireCount(const Shape& shape, std::size_t count) {
    if (std::uint64_t(shape.count()) != count)
        throw Error("the shape " + shape.text() + " takes " + std::to_string(shape.count()) + " values, not " +
                    std::to_string(count));
}

} // namespace

std::array<std::uint64_t, 3> grid(std::uint64_t items, std::uint32_t local) {
    const std::uint64_t groups = (items + local - 1) / local, row = 32768;
    return groups <= row ? std::array<std::uint64_t, 3>{groups, 1, 1}
                         : std::array<std::uint64_t, 3>{row, (groups + row - 1) / row, 1};
}

std::array<std::uint64_t, 3> stridedGrid(const Context& context, std::uint64_t items) {
    return {std::min<std::uint64_t>((items + 63) / 64, context.device().isCpu() ? 256 : 16384), 1, 1};
}

Context::Context(gpu::Device& device, const ContextOptions& options)
    : m_device(device),
      m_options(options),
      m_products(wanted(options.products)),
      m_hostProducts(device.isCpu() && m_products != Products::vulkan),
      m_pool(std::make_shared<Pool>(device, options.guarded)) {
    if (m_products == Products::host && !device.isCpu())
        throw Error("matrix products on the host need a CPU device; " + device.info().name + " has memory of its own");
}

Context::~Context() {
    try {
        submit();
    } catch (const std::exception&) { // a lost device: nobody is left to hear of it
    }
}

gpu::Recorder& Context::recorder() {
    if (!m_recorder) m_recorder = std::make_unique<gpu::Recorder>(m_device.record("tensor", m_device.profiling));
    return *m_recorder;
}

gpu::Ticket Context::submit() {
    if (!m_recorder) return m_device.submitted();
    const auto recorder = std::move(m_recorder);
    m_recorded = 0;
    return m_device.submit(std::move(*recorder));
}

void Context::finish() { m_device.wait(submit()); }

void Context::onHost(const std::function<void()>& work, const char* name, double flops) {
    const gpu::Ticket last = submit();
    if (!m_device.done(last)) m_device.wait(last);
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    work();
    if (m_device.profiling)
        m_device.addToProfile({name, std::chrono::duration<double, std::milli>(Clock::now() - start).count(), 1, 0, flops});
}

void* Context::hostData(const Tensor& tensor) const { return tensor.buffer().mapped(); }

Tensor Context::make(const Shape& shape, DType type) {
    const Tensor plan(shape, type, {}, {});
    auto lease = m_pool->lease(plan.paddedBytes());
    const gpu::Buffer buffer = lease->buffer;
    return {shape, type, buffer, std::move(lease)};
}

Tensor Context::empty(const Shape& shape, DType type) {
    Tensor tensor = make(shape, type);
    if (m_options.guarded) recorder().fill(tensor.buffer(), Pool::poison);
    return tensor;
}

Tensor Context::full(const Shape& shape, double value, DType type) {
    Tensor tensor = empty(shape, type);
    recorder().fill({tensor.buffer(), 0, tensor.paddedBytes()}, bitsOf(value, type));
    return tensor;
}

Tensor Context::upload(const Shape& shape, std::span<const float> values, DType type) {
    requireCount(shape, values.size());
    Tensor tensor = empty(shape, type);
    assign(tensor, values);
    return tensor;
}

Tensor Context::upload(const Shape& shape, std::span<const std::int32_t> values) {
    requireCount(shape, values.size());
    Tensor tensor = empty(shape, DType::i32);
    recorder().upload(tensor.buffer(), std::as_bytes(values));
    return tensor;
}

Tensor Context::upload(const Shape& shape, std::span<const std::uint8_t> values) {
    requireCount(shape, values.size());
    Tensor tensor = empty(shape, DType::u8);
    std::vector<std::uint8_t> whole(values.begin(), values.end());
    whole.resize((whole.size() + 3) / 4 * 4); // copies go by words
    recorder().upload(tensor.buffer(), std::as_bytes(std::span<const std::uint8_t>(whole)));
    return tensor;
}

void Context::assign(const Tensor& to, std::span<const float> values) {
    requireCount(to.shape(), values.size());
    assignPart(to, 0, values);
}

void Context::assignPart(const Tensor& to, std::int64_t from, std::span<const float> values) {
    if (from < 0 || from > to.count() || values.size() > std::uint64_t(to.count() - from))
        throw Error(std::to_string(values.size()) + " values from number " + std::to_string(from) + " on for a tensor of shape " +
                    to.shape().text());
    if (to.type() == DType::f32) {
        recorder().upload({to.buffer(), std::uint64_t(from) * 4, values.size() * 4}, std::as_bytes(values));
    } else if (to.type() == DType::f16) {
        if (from % 2 != 0) throw Error("values of a f16 tensor are assigned from an even number on, not " + std::to_string(from));
        std::vector<std::uint16_t> codes((values.size() + 1) / 2 * 2);
        halfFromFloat(values, std::span(codes).first(values.size()));
        recorder().upload({to.buffer(), std::uint64_t(from) * 2, codes.size() * 2},
                          std::as_bytes(std::span<const std::uint16_t>(codes)));
    } else {
        throw Error(std::string("floats cannot be assigned to a tensor of ") + toString(to.type()));
    }
}

std::vector<float> Context::read(const Tensor& tensor) {
    const gpu::Download download = recorder().download({tensor.buffer(), 0, tensor.paddedBytes()});
    finish();
    std::vector<float> values(std::size_t(tensor.count()));
    switch (tensor.type()) {
        case DType::f32:
            std::copy_n(download.as<float>().begin(), values.size(), values.begin());
            break;
        case DType::f16:
            floatFromHalf(download.as<std::uint16_t>().first(values.size()), values);
            break;
        case DType::i32:
            std::copy_n(download.as<std::int32_t>().begin(), values.size(), values.begin());
            break;
        case DType::u8:
            std::copy_n(download.as<std::uint8_t>().begin(), values.size(), values.begin());
            break;
    }
    return values;
}

std::vector<std::int32_t> Context::readInts(const Tensor& tensor) {
    if (tensor.type() != DType::i32) throw Error(std::string("whole numbers asked of a tensor of ") + toString(tensor.type()));
    const gpu::Download download = recorder().download({tensor.buffer(), 0, tensor.paddedBytes()});
    finish();
    const auto all = download.as<std::int32_t>().first(std::size_t(tensor.count()));
    return {all.begin(), all.end()};
}

void Context::run(const Launch& launch, std::span<const std::byte> push) {
    if (launch.groups[0] == 0 || launch.groups[1] == 0 || launch.groups[2] == 0) return;
    gpu::KernelOptions options{.name = launch.kernel,
                               .bindings = launch.bindings,
                               .pushBytes = std::uint32_t(push.size()),
                               .local = launch.local,
                               .constants = {0}};
    std::vector<gpu::BufferRange> ranges;
    for (std::size_t i = 0; i < launch.tensors.size(); ++i) {
        const Tensor& tensor = launch.tensors[i];
        ranges.emplace_back(tensor.buffer(), 0, tensor.paddedBytes());
        if (tensor.type() != DType::f16 || i >= options.bindings.size()) continue;
        options.constants[0] |= 1u << i;
        gpu::Element& element = options.bindings[i].element; // how a texel view sees it
        element = element == gpu::Element::vec4 ? gpu::Element::half4 : gpu::Element::half;
    }
    options.constants.insert(options.constants.end(), launch.constants.begin(), launch.constants.end());
    std::array<std::uint32_t, 3> groups{};
    for (std::size_t i = 0; i < 3; ++i) groups[i] = std::uint32_t(launch.groups[i]);
    recorder().dispatch(gpu::Kernel(m_device, std::move(options)), ranges, push, groups, launch.flops);
    if (++m_recorded >= (m_device.profiling ? mostTimed : mostRecorded)) submit();
}

Tensor Context::admit(const char* op, const Tensor& tensor) {
    const auto rule = policy.find(op);
    const bool floating = tensor && (tensor.type() == DType::f32 || tensor.type() == DType::f16);
    if (rule == policy.end() || !floating) return tensor;
    const Tensor held = cast(*this, tensor, rule->second.type);
    return rule->second.rounded ? quantise(*this, held, *rule->second.rounded) : held;
}

std::vector<std::string> Context::checkGuards() {
    std::vector<std::string> broken;
    for (const auto& weak : m_pool->leases) {
        const auto lease = weak.lock();
        if (!lease) continue;
        const gpu::BufferRange tail{lease->buffer, lease->used, Pool::guardBytes};
        const gpu::Download download = recorder().download(tail);
        finish();
        for (const std::uint32_t word : download.as<std::uint32_t>())
            if (word != Pool::poison) {
                broken.push_back("something was written behind a tensor of " + std::to_string(lease->used) + " bytes");
                break;
            }
    }
    return broken;
}

} // namespace orrery::tensor
