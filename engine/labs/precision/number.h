// SPDX-License-Identifier: GPL-3.0-or-later
// Numbers as a person writes them, and formats by their keys.
#pragma once

#include "engine/tensor/formats.h"

#include <string>
#include <vector>

namespace orrery::precision {

/// Keys of tensor::formats, in its order: fp64, fp32, fp16, bf16, e4m3, e5m2.
const std::vector<std::string>& formatKeys();
const tensor::Format& formatOf(const std::string& key); ///< throws Error
const char* labelOf(const tensor::Format& format);      ///< "FP16"

/// What was written: a number, or one code of one format (which alone tells NaNs apart).
struct Written {
    double value = 0;
    const tensor::Format* format = nullptr; ///< of the code, or null
    std::uint64_t code = 0;
};

/// "0.1", "-1.5e-8", "2^-12", "1 + 2^-11", "1/3", "(2 - 2^-10) * 2^15", "inf", "-nan", "fp16:0x3C01". Computed in float64;
/// a power of two is exact; blanks count for nothing ("20 000"). Throws Error that says where it stops to make sense.
Written read(const std::string& text);

/// The code of what was written; a number is rounded to nearest even.
std::uint64_t codeOf(const Written& written, const tensor::Format& format);

/// The shortest text that reads back to this code.
std::string textOf(const tensor::Format& format, std::uint64_t code);

/// "0x2E66": all digits of the format.
std::string hexadecimal(const tensor::Format& format, std::uint64_t code);

} // namespace orrery::precision
