// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/dequantise.h"

#include "engine/error.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>

namespace orrery::model {

namespace {

unsigned byteAt(const std::byte* bytes, unsigned i) { return std::to_integer<unsigned>(bytes[i]); }
float halfAt(const std::byte* bytes) { return halfToFloat(std::uint16_t(byteAt(bytes, 0) | byteAt(bytes, 1) << 8)); }

void decodeQ80(const std::byte* block, float* out) {
    const float d = halfAt(block);
    for (unsigned i = 0; i < 32; ++i) out[i] = d * float(std::int8_t(byteAt(block, 2 + i)));
}

void decodeQ40(const std::byte* block, float* out) {
    const float d = halfAt(block);
    for (unsigned i = 0; i < 16; ++i) {
        const unsigned pair = byteAt(block, 2 + i);
        out[i] = d * float(int(pair & 15) - 8);
        out[i + 16] = d * float(int(pair >> 4) - 8);
    }
}

/// Scale and minimum of the 32 values number `part` (0 to 7). The low 6 bits of bytes 0-3 are the scales and of bytes 4-7
/// the minima of parts 0-3; parts 4-7 have their low 4 bits in bytes 8-11 and their high 2 in the top of bytes 0-7.
std::array<unsigned, 2> scaleAndMinimum(const std::byte* packed, unsigned part) {
    if (part < 4) return {byteAt(packed, part) & 63, byteAt(packed, part + 4) & 63};
    const unsigned low = byteAt(packed, part + 4);
    return {(low & 15) | (byteAt(packed, part - 4) >> 6) << 4, low >> 4 | (byteAt(packed, part) >> 6) << 4};
}

void decodeQ4K(const std::byte* block, float* out) {
    const float d = halfAt(block), dmin = halfAt(block + 2);
    for (unsigned part = 0; part < 8; ++part) { // 32 bytes hold two parts: low halves the even one, high halves the odd one
        const auto [scale, minimum] = scaleAndMinimum(block + 4, part);
        const float step = d * float(scale), lowest = dmin * float(minimum);
        const std::byte* quants = block + 16 + 32 * (part / 2);
        for (unsigned i = 0; i < 32; ++i) *out++ = step * float(byteAt(quants, i) >> 4 * (part % 2) & 15) - lowest;
    }
}

void decodeQ6K(const std::byte* block, float* out) {
    const float d = halfAt(block + 208);
    for (unsigned i = 0; i < 256; ++i) { // each half of 128 values has 64 bytes of low bits, 32 of high bits, 8 scales
        const unsigned half = i / 128, quarter = i / 32 % 4, lane = i % 32;
        const unsigned low = byteAt(block, 64 * half + 32 * (quarter % 2) + lane) >> 4 * (quarter / 2) & 15;
        const unsigned high = byteAt(block, 128 + 32 * half + lane) >> 2 * quarter & 3;
        const float step = d * float(std::int8_t(byteAt(block, 192 + i / 16)));
        out[i] = step * float(int(low | high << 4) - 32);
    }
}

float decodePlain(Stored type, std::uint64_t bits) {
    switch (type) {
        case Stored::f32:
            return std::bit_cast<float>(std::uint32_t(bits));
        case Stored::f16:
            return halfToFloat(std::uint16_t(bits));
        case Stored::bf16:
            return std::bit_cast<float>(std::uint32_t(bits) << 16);
        case Stored::f64:
            return float(std::bit_cast<double>(bits));
        case Stored::i64:
            return float(std::int64_t(bits));
        case Stored::i32:
            return float(std::int32_t(bits));
        case Stored::i16:
            return float(std::int16_t(bits));
        case Stored::i8:
            return float(std::int8_t(bits));
        case Stored::boolean:
            return bits != 0 ? 1.0F : 0.0F;
        default:
            return float(bits);
    }
}

} // namespace

const StoredLayout& layoutOf(Stored type) {
    static constexpr StoredLayout layouts[] = {
        {"F32", 1, 4},  {"F16", 1, 2},    {"BF16", 1, 2},   {"F64", 1, 8},      {"I64", 1, 8},     {"I32", 1, 4},
        {"I16", 1, 2},  {"I8", 1, 1},     {"U64", 1, 8},    {"U32", 1, 4},      {"U16", 1, 2},     {"U8", 1, 1},
        {"BOOL", 1, 1}, {"Q8_0", 32, 34}, {"Q4_0", 32, 18}, {"Q4_K", 256, 144}, {"Q6_K", 256, 210}};
    return layouts[std::size_t(type)];
}

float halfToFloat(std::uint16_t half) {
    const std::uint32_t sign = std::uint32_t(half & 0x8000U) << 16, magnitude = half & 0x7fffU;
    if (magnitude >= 0x7c00) return std::bit_cast<float>(sign | 0x7f800000U | (magnitude & 0x3ffU) << 13);
    if (magnitude >= 0x0400) return std::bit_cast<float>(sign | ((magnitude << 13) + (112U << 23))); // bias 15 to bias 127
    const float value = float(magnitude) * 0x1p-24F;                                                 // subnormal or zero
    return sign ? -value : value;
}

void dequantise(Stored type, std::span<const std::byte> bytes, std::span<float> values, bool bigEndian) {
    const StoredLayout& layout = layoutOf(type);
    const std::size_t blocks = values.size() / layout.blockElements;
    if (blocks * layout.blockElements != values.size() || bytes.size() / layout.blockBytes != blocks ||
        bytes.size() % layout.blockBytes != 0)
        throw Error(std::string(layout.name) + ": " + std::to_string(bytes.size()) + " bytes are not the blocks of " +
                    std::to_string(values.size()) + " values");
    if (type == Stored::f32 && !bigEndian && std::endian::native == std::endian::little) {
        if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
        return;
    }
    for (std::size_t i = 0; i < blocks; ++i) {
        const std::byte* block = bytes.data() + i * layout.blockBytes;
        float* out = values.data() + i * layout.blockElements;
        if (type == Stored::q8_0) {
            decodeQ80(block, out);
        } else if (type == Stored::q4_0) {
            decodeQ40(block, out);
        } else if (type == Stored::q4_k) {
            decodeQ4K(block, out);
        } else if (type == Stored::q6_k) {
            decodeQ6K(block, out);
        } else if (bigEndian) {
            std::array<std::byte, 8> swapped{};
            std::reverse_copy(block, block + layout.blockBytes, swapped.begin());
            *out = decodePlain(type, littleEndian(std::span(swapped).first(layout.blockBytes)));
        } else {
            *out = decodePlain(type, littleEndian({block, layout.blockBytes}));
        }
    }
}

} // namespace orrery::model
