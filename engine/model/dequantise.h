// SPDX-License-Identifier: GPL-3.0-or-later
// How numbers lie in model files, and their exact values as float32. The quantised blocks are those of GGML
// (ggml/src/ggml-common.h and ggml-quants.c, fields in this order, all little endian, d and dmin float16):
//   Q8_0  32 values,  34 bytes  d, 32 x int8:                  d q
//   Q4_0  32 values,  18 bytes  d, 16 bytes:                   d (q - 8); byte j holds value j (low 4 bits) and j + 16
//   Q4_K  256 values, 144 bytes d, dmin, 12 bytes, 128 bytes:  d s q - dmin m, with 6-bit s and m for each 32 values
//   Q6_K  256 values, 210 bytes 128 bytes, 64 bytes, 16 x int8 s, d:  d s (q - 32), with one s for each 16 values
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace orrery::model {

enum class Stored : std::uint8_t {
    f32,
    f16,
    bf16,
    f64,
    i64,
    i32,
    i16,
    i8,
    u64,
    u32,
    u16,
    u8,
    boolean,
    q8_0,
    q4_0,
    q4_k,
    q6_k // clang-format off
}; // clang-format on

struct StoredLayout {
    const char* name;       ///< "F16", "Q4_K", as safetensors and GGML write them
    unsigned blockElements; ///< values in a block; 1 for plain numbers
    unsigned blockBytes;
};
const StoredLayout& layoutOf(Stored type);

/// IEEE binary16 to binary32: exact, subnormals included; a NaN keeps its sign and payload.
float halfToFloat(std::uint16_t bits);

/// Whole blocks: `values.size()` is a multiple of the block's elements and `bytes` has exactly that many blocks, else
/// Error. F64 and whole numbers beyond 2^24 are rounded to the nearest float; all else is exact, but for the one
/// rounding of the last product (Q6_K) or difference (Q4_K).
void dequantise(Stored type, std::span<const std::byte> bytes, std::span<float> values, bool bigEndian = false);

} // namespace orrery::model
