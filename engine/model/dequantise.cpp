// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/dequantise.h"

#include "engine/error.h"

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
    for (unsigned run = 0; run < 16; ++run) { // 16 values with one scale; half the block has 64 low bytes and 32 high ones
        const unsigned half = run / 8, quarter = run / 2 % 4, lane = run % 2 * 16;
        const std::byte* low = block + 64 * half + 32 * (quarter % 2) + lane;
        const std::byte* high = block + 128 + 32 * half + lane;
        const unsigned lowShift = 4 * (quarter / 2), highShift = 2 * quarter;
        const float step = d * float(std::int8_t(byteAt(block, 192 + run)));
        for (unsigned i = 0; i < 16; ++i) {
            const unsigned quant = (byteAt(low, i) >> lowShift & 15) | (byteAt(high, i) >> highShift & 3) << 4;
            *out++ = step * float(int(quant) - 32);
        }
    }
}

/// `convert` of the bits of each value, a whole number of type Bits. One loop per type: there are billions of them.
template <class Bits, class Convert>
void decodeEach(std::span<const std::byte> bytes, std::span<float> values, bool bigEndian, Convert convert) {
    const std::byte* item = bytes.data();
    for (float& value : values) {
        Bits bits = 0;
        for (unsigned i = 0; i < sizeof(Bits); ++i)
            bits = Bits(bits | Bits(item[i]) << 8 * (bigEndian ? sizeof(Bits) - 1 - i : i));
        value = convert(bits);
        item += sizeof(Bits);
    }
}

void decodeBlocks(std::span<const std::byte> bytes, std::span<float> values, const StoredLayout& layout,
                  void (*decode)(const std::byte*, float*)) {
    const std::byte* block = bytes.data();
    for (std::size_t i = 0; i < values.size(); i += layout.blockElements, block += layout.blockBytes) decode(block, &values[i]);
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
    const auto each = [&]<class Bits>(Bits, auto convert) { decodeEach<Bits>(bytes, values, bigEndian, convert); };
    switch (type) {
        case Stored::f32:
            if (bigEndian || std::endian::native != std::endian::little)
                return each(std::uint32_t(), [](auto bits) { return std::bit_cast<float>(bits); });
            if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
            return;
        case Stored::f16:
            return each(std::uint16_t(), halfToFloat);
        case Stored::bf16:
            return each(std::uint16_t(), [](auto bits) { return std::bit_cast<float>(std::uint32_t(bits) << 16); });
        case Stored::f64:
            return each(std::uint64_t(), [](auto bits) { return float(std::bit_cast<double>(bits)); });
        case Stored::i64:
            return each(std::uint64_t(), [](auto bits) { return float(std::int64_t(bits)); });
        case Stored::i32:
            return each(std::uint32_t(), [](auto bits) { return float(std::int32_t(bits)); });
        case Stored::i16:
            return each(std::uint16_t(), [](auto bits) { return float(std::int16_t(bits)); });
        case Stored::i8:
            return each(std::uint8_t(), [](auto bits) { return float(std::int8_t(bits)); });
        case Stored::u64:
            return each(std::uint64_t(), [](auto bits) { return float(bits); });
        case Stored::u32:
            return each(std::uint32_t(), [](auto bits) { return float(bits); });
        case Stored::u16:
            return each(std::uint16_t(), [](auto bits) { return float(bits); });
        case Stored::u8:
            return each(std::uint8_t(), [](auto bits) { return float(bits); });
        case Stored::boolean:
            return each(std::uint8_t(), [](auto bits) { return bits != 0 ? 1.0F : 0.0F; });
        case Stored::q8_0:
            return decodeBlocks(bytes, values, layout, decodeQ80);
        case Stored::q4_0:
            return decodeBlocks(bytes, values, layout, decodeQ40);
        case Stored::q4_k:
            return decodeBlocks(bytes, values, layout, decodeQ4K);
        case Stored::q6_k:
            return decodeBlocks(bytes, values, layout, decodeQ6K);
    }
}

} // namespace orrery::model
