// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/matrix.h"

#include "engine/error.h"
#include "engine/model/dequantise.h"

#include <bit>
#include <cstring>
#include <new>
#include <string>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace orrery::language {

namespace {

constexpr std::size_t hugePage = std::size_t(1) << 21;

/// Pages of 2 MB where the system has them: with small ones a large model misses the translation cache at every row.
std::shared_ptr<std::byte[]> zeros(std::size_t bytes) {
    const std::size_t alignment = bytes >= hugePage ? hugePage : 64;
    auto* data = static_cast<std::byte*>(::operator new(bytes, std::align_val_t(alignment)));
#ifdef __linux__
    if (bytes >= hugePage) madvise(data, bytes, MADV_HUGEPAGE);
#endif
    return {data, [alignment](std::byte* p) { ::operator delete(p, std::align_val_t(alignment)); }};
}

} // namespace

Matrix::Matrix(int rows, int columns, WeightType type) : m_rows(rows), m_columns(columns), m_type(type) {
    try {
        m_data = zeros(std::max<std::size_t>(std::size_t(bytes()), 64));
    } catch (const std::bad_alloc&) {
        throw Error("the memory does not hold a matrix of " + std::to_string(bytes() >> 20) +
                    " MB; close something or take a smaller model");
    }
    if (stride() == columns) return; // every number will be written
    const std::size_t pad = std::size_t(stride() - columns) * bytesOf(type);
    for (int r = 0; r < rows; ++r) std::memset(row(r) + std::size_t(columns) * bytesOf(type), 0, pad);
}

void Matrix::rowFloats(int r, std::span<float> out) const {
    const std::byte* from = row(r);
    if (m_type == WeightType::f32) {
        std::memcpy(out.data(), from, out.size() * sizeof(float));
        return;
    }
    for (std::size_t i = 0; i < out.size(); ++i) {
        std::uint16_t bits = 0;
        std::memcpy(&bits, from + 2 * i, 2);
        out[i] = m_type == WeightType::f16 ? model::halfToFloat(bits) : std::bit_cast<float>(std::uint32_t(bits) << 16);
    }
}

std::vector<float> paddedVector(std::vector<float> values) {
    values.resize(std::size_t(padded(int(values.size()))));
    return values;
}

} // namespace orrery::language
