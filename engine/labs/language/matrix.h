// SPDX-License-Identifier: GPL-3.0-or-later
// A matrix of weights on the host as the products read it: rows = outputs, in the number format of its file, each row begun at
// a multiple of 16 numbers and filled up with zeros, so that a kernel never meets a rest. A shared handle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace orrery::language {

inline constexpr int lanes = 16; ///< numbers that a kernel takes at once
inline int padded(int count) { return (count + lanes - 1) / lanes * lanes; }

enum class WeightType : std::uint8_t { f32, f16, bf16 };
inline std::uint64_t bytesOf(WeightType type) { return type == WeightType::f32 ? 4 : 2; }

class Matrix {
 public:
    Matrix() = default;
    Matrix(int rows, int columns,
           WeightType type); ///< content undefined, but for the filling; throws Error when it does not fit into memory
    explicit operator bool() const { return m_data != nullptr; }

    int rows() const { return m_rows; }
    int columns() const { return m_columns; }
    int stride() const { return padded(m_columns); } ///< numbers from row to row
    WeightType type() const { return m_type; }
    std::uint64_t bytes() const { return std::uint64_t(m_rows) * std::uint64_t(stride()) * bytesOf(m_type); }
    std::byte* row(int r) { return m_data.get() + std::size_t(r) * std::size_t(stride()) * bytesOf(m_type); }
    const std::byte* row(int r) const { return const_cast<Matrix*>(this)->row(r); }
    /// One row as floats, exactly; `out` takes columns().
    void rowFloats(int r, std::span<float> out) const;

 private:
    int m_rows = 0, m_columns = 0;
    WeightType m_type = WeightType::f32;
    std::shared_ptr<std::byte[]> m_data{};
};

/// A vector filled up with zeros to a multiple of 16.
std::vector<float> paddedVector(std::vector<float> values);

} // namespace orrery::language
