// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor on the host in float64: what references compute with. Row-major.
#pragma once

#include "engine/tensor/shape.h"

#include <functional>
#include <span>
#include <vector>

namespace orrery::tensor {

struct Array {
    Array() = default;
    explicit Array(Shape s, double value = 0) : shape(std::move(s)), values(std::size_t(shape.count()), value) {}
    Array(Shape s, std::vector<double> v) : shape(std::move(s)), values(std::move(v)) {}

    double& operator[](std::size_t i) { return values[i]; }
    double operator[](std::size_t i) const { return values[i]; }
    /// By indices, one per axis.
    double& at(std::initializer_list<std::int64_t> index) { return values[place(index)]; }
    double at(std::initializer_list<std::int64_t> index) const { return values[place(index)]; }
    std::size_t size() const { return values.size(); }

    Shape shape;
    std::vector<double> values;

 private:
    std::size_t place(std::initializer_list<std::int64_t> index) const {
        std::size_t at = 0, axis = 0;
        for (const std::int64_t i : index) at = at * std::size_t(shape[axis++]) + std::size_t(i);
        return at;
    }
};

/// The element of a smaller array that broadcasting puts at element i of `shape`.
std::size_t broadcastIndex(const Shape& small, const Shape& shape, std::size_t i);

} // namespace orrery::tensor
