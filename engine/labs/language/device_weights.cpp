// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/device_weights.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::language {

namespace {

constexpr std::uint64_t atOnce = 32 << 20; // bytes of a staging copy

class Uploader {
 public:
    explicit Uploader(gpu::Device& device) : m_device(device) {
        const VkPhysicalDeviceLimits& limits = device.info().limits;
        m_most = limits.maxStorageBufferRange;
        if (device.readPath() == gpu::ReadPath::texel) m_most = std::uint64_t(limits.maxTexelBufferElements) * 4; // of 32 bits
    }

    gpu::Buffer vector(const char* name, const std::vector<float>& values) {
        if (values.empty()) return {};
        const auto bytes = std::as_bytes(std::span(values));
        const gpu::Buffer buffer = m_device.buffer({.name = name, .size = bytes.size()});
        copy(buffer, bytes);
        return buffer;
    }

    DeviceMatrix matrix(const char* name, const Matrix& from, bool mayBeCut = false) {
        DeviceMatrix to;
        to.type = from.type(), to.rows = from.rows(), to.bytes = double(from.bytes());
        const std::uint64_t row = std::uint64_t(from.stride()) * bytesOf(from.type());
        to.rowStride = std::uint32_t(row / 16);
        while (to.lanes < 32 && to.lanes * 4 <= to.rowStride) to.lanes *= 2;
        const auto fit = int(std::min<std::uint64_t>(m_most / row / 2 * 2, 1U << 30));
        if (fit < 2 || (!mayBeCut && fit < from.rows()))
            throw Error(std::string("the matrix '") + name + "' of " + std::to_string(from.bytes() >> 20) +
                        " MB is larger than this device can address (" + std::to_string(m_most >> 20) +
                        " MB); choose another device");
        for (int first = 0; first < from.rows(); first += fit) {
            const int rows = std::min(fit, from.rows() - first);
            const gpu::Buffer buffer = m_device.buffer({.name = name, .size = std::uint64_t(rows) * row});
            copy(buffer, {from.row(first), std::size_t(std::uint64_t(rows) * row)});
            to.parts.push_back({first, rows, buffer});
        }
        return to;
    }

 private:
    void copy(const gpu::Buffer& to, std::span<const std::byte> bytes) {
        for (std::uint64_t at = 0; at < bytes.size(); at += atOnce) {
            const auto some = bytes.subspan(at, std::min<std::uint64_t>(atOnce, bytes.size() - at));
            m_device.wait(m_device.run("language upload", [&](gpu::Recorder& r) { r.upload({to, at, some.size()}, some); }));
        }
    }

    gpu::Device& m_device;
    std::uint64_t m_most;
};

} // namespace

DeviceWeights uploadWeights(gpu::Device& device, const ModelWeights& weights) {
    Uploader up(device);
    DeviceWeights to;
    for (const BlockWeights& b : weights.blocks) {
        DeviceBlock block;
        block.norm1 = up.vector("norm", b.norm1), block.norm1Bias = up.vector("norm", b.norm1Bias);
        block.norm2 = up.vector("norm", b.norm2), block.norm2Bias = up.vector("norm", b.norm2Bias);
        block.qkvBias = up.vector("bias", b.qkvBias), block.outBias = up.vector("bias", b.outBias);
        block.upBias = up.vector("bias", b.upBias), block.downBias = up.vector("bias", b.downBias);
        block.qkv = up.matrix("queries, keys and values", b.qkv), block.out = up.matrix("attention output", b.out);
        block.up = up.matrix("feed-forward up", b.up), block.down = up.matrix("feed-forward down", b.down);
        to.blocks.push_back(std::move(block));
    }
    to.norm = up.vector("norm", weights.norm), to.normBias = up.vector("norm", weights.normBias);
    to.output = up.matrix("output matrix", weights.output, true);
    return to;
}

} // namespace orrery::language
