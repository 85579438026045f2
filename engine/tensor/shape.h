// SPDX-License-Identifier: GPL-3.0-or-later
// The shape of a tensor: row-major, the last axis contiguous. An empty shape is a scalar.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace orrery::tensor {

class Shape {
 public:
    static constexpr std::size_t mostAxes = 6;

    Shape() = default;
    Shape(std::initializer_list<std::int64_t> sizes) : Shape(std::vector<std::int64_t>(sizes)) {}
    explicit Shape(std::vector<std::int64_t> sizes); ///< throws Error for negative sizes and more than mostAxes

    std::size_t rank() const { return m_sizes.size(); }
    std::int64_t operator[](std::size_t axis) const { return m_sizes[axis]; }
    /// Negative axes count from the end; throws Error naming shape and axis when there is none.
    std::size_t axis(int axis) const;
    std::int64_t at(int which) const { return m_sizes[axis(which)]; }
    std::int64_t count() const; ///< elements; 1 for a scalar
    /// Product of the sizes of axes [from, to).
    std::int64_t product(std::size_t from, std::size_t to) const;
    const std::vector<std::int64_t>& sizes() const { return m_sizes; }
    std::vector<std::int64_t> strides() const; ///< in elements

    Shape with(int which, std::int64_t size) const; ///< the same with another size on one axis
    std::string text() const;                       ///< "[3, 4]"
    bool operator==(const Shape&) const = default;

 private:
    std::vector<std::int64_t> m_sizes;
};

/// NumPy's rule: aligned at the last axis, sizes equal or one of them 1. Throws Error naming `what` and both shapes.
Shape broadcast(const Shape& a, const Shape& b, const char* what);

} // namespace orrery::tensor
