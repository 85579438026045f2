// SPDX-License-Identifier: GPL-3.0-or-later
// Layers with weights. Each adds its parameters under "<name>.weight", "<name>.bias" to a Parameters when it is made, and is
// then a function; names, shapes and first values are those of the PyTorch module of the same name.
#pragma once

#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/parameters.h"

#include <optional>

namespace orrery::tensor {

/// One of a Parameters, by number: convert() may put another tensor in its place.
class Weight {
 public:
    Weight() = default;
    Weight(Parameters& parameters, const std::string& name, const Shape& shape, const Init& init)
        : m_parameters(&parameters), m_number(parameters.all().size()) {
        parameters.add(name, shape, init);
    }
    explicit operator bool() const { return m_parameters != nullptr; }
    const Tensor& operator()() const { return m_parameters->all()[m_number].value; }

 private:
    Parameters* m_parameters = nullptr;
    std::size_t m_number = 0;
};

/// y = x W^T + b; W [out, in], uniform within 1 / sqrt(in).
struct Linear {
    Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, bool bias = true);
    Tensor operator()(Context& context, const Tensor& x, std::optional<Unary> activation = {}) const;

    Weight weight, bias;
};

/// Linear layers with an activation between them; named "<name>.0", "<name>.2", … as in a Sequential with activations.
struct Mlp {
    /// sizes: in, hidden …, out.
    Mlp(Parameters& parameters, const std::string& name, const std::vector<std::int64_t>& sizes, Unary activation);
    Tensor operator()(Context& context, const Tensor& x) const;

    std::vector<Linear> layers;
    Unary activation;
};

} // namespace orrery::tensor
