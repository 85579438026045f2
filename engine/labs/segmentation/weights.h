// SPDX-License-Identifier: GPL-3.0-or-later
// The tensors of a network on the device, by Meta's names, and how they get there: in pieces, as a job.
#pragma once

#include "engine/labs/segmentation/checkpoint.h"
#include "engine/tensor/context.h"

namespace orrery::segmentation {

/// A tensor that a network takes from the file.
struct Wanted {
    std::string name{};
    tensor::Shape shape{};
    /// A convolution and the batch norm behind it as one: "<name>.c.weight" of that shape and "<name>.bn.*" become
    /// "<name>.weight" and "<name>.bias" (epsilon 1e-5).
    bool folded = false;
    std::uint64_t numbers() const { return std::uint64_t(shape.count()); }
    /// Whether 16 bits do where little memory is wanted: large matrices and kernels, no vectors and no tables of positions.
    bool halves() const;
};

class Weights {
 public:
    const tensor::Tensor& operator[](const std::string& name) const; ///< throws Error naming it
    tensor::Tensor orNone(const std::string& name) const;            ///< undefined when there is none
    bool has(const std::string& name) const { return m_all.contains(name); }
    void set(const std::string& name, tensor::Tensor value) { m_all[name] = std::move(value); }

 private:
    std::map<std::string, tensor::Tensor> m_all;
};

class WeightLoader {
 public:
    /// Checks every name and shape: throws Error naming the first tensor that is missing or has another shape, with both.
    /// `storage` f16: matrices and kernels are kept in 16 bits, vectors and tables of positions stay f32.
    WeightLoader(tensor::Context& context, const Checkpoint& file, std::vector<Wanted> wanted,
                 tensor::DType storage = tensor::DType::f32);

    std::uint64_t total() const { return m_total; } ///< numbers
    bool finished() const { return m_at == m_wanted.size(); }
    /// Reads and uploads about so many numbers; the fraction done. Throws Error naming the tensor whose values are not finite.
    double step(std::uint64_t numbers = 1U << 21);
    Weights take() { return std::move(m_weights); } ///< once finished

 private:
    void fold(const Wanted& wanted);
    void readPart(const Wanted& wanted, std::uint64_t numbers);
    std::vector<float> readWhole(const std::string& name);
    void requireFinite(const std::string& name, std::span<const float> values) const;
    tensor::DType typeOf(const Wanted& wanted) const { return wanted.halves() ? m_storage : tensor::DType::f32; }

    tensor::Context& m_context;
    const Checkpoint& m_file;
    std::vector<Wanted> m_wanted;
    tensor::DType m_storage;
    Weights m_weights;
    std::size_t m_at = 0;
    std::uint64_t m_from = 0, m_done = 0, m_total = 0;
};

} // namespace orrery::segmentation
