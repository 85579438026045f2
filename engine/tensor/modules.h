// SPDX-License-Identifier: GPL-3.0-or-later
// Layers with weights. Each adds its parameters under "<name>.weight", "<name>.bias" to a Parameters when it is made, and is
// then a function; names, shapes and first values are those of the PyTorch module of the same name.
#pragma once

#include "engine/tensor/ops/attention.h"
#include "engine/tensor/ops/conv.h"
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
    Tensor orNone() const { return m_parameters ? (*this)() : Tensor{}; }

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

/// [N, in, H, W] to [N, out, ., .]; W [out, in / groups, KH, KW], uniform within 1 / sqrt(in / groups KH KW).
struct Conv2d {
    Conv2d(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, Pair kernel,
           const Conv2dOptions& options = {}, bool bias = true);
    Tensor operator()(Context& context, const Tensor& x) const;

    Weight weight, bias;
    Conv2dOptions options;
};

/// [N, in, H, W] to [N, out, ., .] enlarged; W [in, out, KH, KW], as torch.nn.ConvTranspose2d.
struct ConvTranspose2d {
    ConvTranspose2d(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, Pair kernel,
                    const ConvTranspose2dOptions& options = {}, bool bias = true);
    Tensor operator()(Context& context, const Tensor& x) const;

    Weight weight, bias;
    ConvTranspose2dOptions options;
};

/// Over the last axis of `size` numbers; weights start at 1, biases at 0.
struct LayerNorm {
    LayerNorm(Parameters& parameters, const std::string& name, std::int64_t size, double epsilon = 1e-5);
    Tensor operator()(Context& context, const Tensor& x) const;

    Weight weight, bias;
    double epsilon;
};

struct RmsNorm {
    RmsNorm(Parameters& parameters, const std::string& name, std::int64_t size, double epsilon = 1e-6);
    Tensor operator()(Context& context, const Tensor& x) const;

    Weight weight;
    double epsilon;
};

/// Over groups of the channels of [N, C, …].
struct GroupNorm {
    GroupNorm(Parameters& parameters, const std::string& name, std::int64_t groups, std::int64_t channels, double epsilon = 1e-5);
    Tensor operator()(Context& context, const Tensor& x) const;

    Weight weight, bias;
    std::int64_t groups;
    double epsilon;
};

/// Rows of a table [count, size] by i32 numbers; standard normal.
struct Embedding {
    Embedding(Parameters& parameters, const std::string& name, std::int64_t count, std::int64_t size);
    Tensor operator()(Context& context, const Tensor& numbers) const;

    Weight weight;
};

/// Linear layers with an activation between them; named "<name>.0", "<name>.2", … as in a Sequential with activations.
struct Mlp {
    /// sizes: in, hidden …, out.
    Mlp(Parameters& parameters, const std::string& name, const std::vector<std::int64_t>& sizes, Unary activation);
    Tensor operator()(Context& context, const Tensor& x) const;

    std::vector<Linear> layers;
    Unary activation;
};

/// Multi-head self-attention over [B, T, size]: "<name>.qkv" and "<name>.proj", as in ViT and SAM.
struct SelfAttention {
    SelfAttention(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t heads);
    Tensor operator()(Context& context, const Tensor& x, const AttentionOptions& options = {}) const;

    Linear qkv, projection;
    std::int64_t heads;
};

/// A pre-norm transformer block: x + attention(norm1(x)), then x + mlp(norm2(x)); parameters "norm1", "attn", "norm2",
/// "mlp.lin1", "mlp.lin2" under the name, as in SAM.
struct TransformerBlock {
    TransformerBlock(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t heads, std::int64_t hidden,
                     Unary activation = Unary::gelu);
    Tensor operator()(Context& context, const Tensor& x, const AttentionOptions& options = {}) const;

    LayerNorm norm1;
    SelfAttention attention;
    LayerNorm norm2;
    Linear lin1, lin2;
    Unary activation;
};

} // namespace orrery::tensor
