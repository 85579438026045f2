// SPDX-License-Identifier: GPL-3.0-or-later
// GGUF files made byte by byte.
#pragma once

#include "tests/model/support.h"

#include <optional>

namespace orrery::test::gguf {

inline std::string text(const std::string& value) { return u64(value.size()) + value; }
inline std::string key(const std::string& name, std::uint32_t type, const std::string& value) {
    return text(name) + u32(type) + value;
}

struct Tensor {
    std::string name;
    std::vector<std::uint64_t> extents; // fastest first
    std::uint32_t type;
    std::string data;
    std::optional<std::uint64_t> offset{}; // the right one when empty
};

inline std::string file(const std::vector<std::string>& keys, const std::vector<Tensor>& tensors, unsigned version = 3,
                        std::size_t alignment = 32) {
    std::string bytes = "GGUF" + u32(version) + u64(tensors.size()) + u64(keys.size()), data;
    for (const std::string& one : keys) bytes += one;
    for (const Tensor& tensor : tensors) {
        data.append((alignment - data.size() % alignment) % alignment, '\0');
        bytes += text(tensor.name) + u32(tensor.extents.size());
        for (const std::uint64_t extent : tensor.extents) bytes += u64(extent);
        bytes += u32(tensor.type) + u64(tensor.offset.value_or(data.size()));
        data += tensor.data;
    }
    bytes.append((alignment - bytes.size() % alignment) % alignment, '\0');
    return bytes + data;
}

/// Every kind of key, an alignment of 64, and three plain tensors.
inline std::string sample(unsigned version) {
    const std::vector<std::string> keys = {
        key("general.architecture", 8, text("toy")),
        key("toy.i8", 1, std::string(1, '\xff')),
        key("toy.yes", 7, std::string(1, '\1')),
        key("toy.u64", 10, u64(UINT64_MAX)),
        key("general.alignment", 4, u32(64)),
        key("toy.i64", 11, u64(1ULL << 63)),
        key("toy.f32", 6, little(1.5F)),
        key("toy.f64", 12, little(0.1)),
        key("toy.i16", 3, u16(0xffff)),
        key("toy.tokens", 9, u32(8) + u64(3) + text("a") + text("") + text("bc")),
        key("toy.scores", 9, u32(6) + u64(2) + little(0.5F) + little(-1.0F)),
        key("toy.types", 9, u32(5) + u64(2) + u32(0xffffffff) + u32(2)),
        key("toy.nested", 9, u32(9) + u64(2) + u32(0) + u64(1) + "x" + u32(8) + u64(1) + text("y")),
    };
    return file(
        keys,
        {{"a", {3, 2}, 0, raw<float>({0, 1, 2, 3, 4, 5})}, {"b", {2}, 1, u16(0x3c00) + u16(0xc000)}, {"scalar", {}, 24, "\7"}},
        version, 64);
}

} // namespace orrery::test::gguf
