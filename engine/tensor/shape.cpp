// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/shape.h"

#include "engine/error.h"

#include <algorithm>
#include <functional>
#include <numeric>

namespace orrery::tensor {

Shape::Shape(std::vector<std::int64_t> sizes) : m_sizes(std::move(sizes)) {
    if (m_sizes.size() > mostAxes) throw Error("the shape " + text() + " has more than " + std::to_string(mostAxes) + " axes");
    for (const std::int64_t size : m_sizes)
        if (size < 0) throw Error("the shape " + text() + " has a negative size");
}

std::size_t Shape::axis(int axis) const {
    const int rank = int(m_sizes.size()), counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) throw Error("the shape " + text() + " has no axis " + std::to_string(axis));
    return std::size_t(counted);
}

std::int64_t Shape::count() const { return product(0, m_sizes.size()); }

std::int64_t Shape::product(std::size_t from, std::size_t to) const {
    const auto begin = m_sizes.begin();
    return std::accumulate(begin + std::ptrdiff_t(from), begin + std::ptrdiff_t(to), std::int64_t{1}, std::multiplies<>());
}

std::vector<std::int64_t> Shape::strides() const {
    std::vector<std::int64_t> strides(m_sizes.size());
    std::int64_t step = 1;
    for (std::size_t i = m_sizes.size(); i-- > 0; step *= m_sizes[i]) strides[i] = step;
    return strides;
}

Shape Shape::with(int which, std::int64_t size) const {
    std::vector<std::int64_t> sizes = m_sizes;
    sizes[axis(which)] = size;
    return Shape(std::move(sizes));
}

std::string Shape::text() const {
    std::string all = "[";
    for (std::size_t i = 0; i < m_sizes.size(); ++i) all += (i ? ", " : "") + std::to_string(m_sizes[i]);
    return all + "]";
}

Shape broadcast(const Shape& a, const Shape& b, const char* what) {
    std::vector<std::int64_t> sizes(std::max(a.rank(), b.rank()));
    for (std::size_t i = 1; i <= sizes.size(); ++i) {
        const std::int64_t p = i <= a.rank() ? a[a.rank() - i] : 1, q = i <= b.rank() ? b[b.rank() - i] : 1;
        if (p != q && p != 1 && q != 1)
            throw Error(std::string(what) + ": the shapes " + a.text() + " and " + b.text() + " do not fit together");
        sizes[sizes.size() - i] = p == 1 ? q : p;
    }
    return Shape(std::move(sizes));
}

} // namespace orrery::tensor
