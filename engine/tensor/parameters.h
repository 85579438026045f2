// SPDX-License-Identifier: GPL-3.0-or-later
// The named weights of a network, in the order in which they were added. Names are those of the public checkpoints
// ("layers.0.weight"), so that loading is by name.
#pragma once

#include "engine/tensor/context.h"

#include <string>
#include <vector>

namespace orrery::model {
class TensorFile;
}

namespace orrery::tensor {

struct Parameter {
    std::string name;
    Tensor value;
};

/// How a new weight is filled. Draws are Philox of (seed, element, number of the parameter): the same on every machine.
struct Init {
    enum class Kind { zeros, ones, uniform, normal };
    Kind kind = Kind::zeros;
    double size = 0; ///< uniform in [-size, size], or the standard deviation

    static Init zeros() { return {}; }
    static Init ones() { return {Kind::ones}; }
    static Init uniform(double bound) { return {Kind::uniform, bound}; }
    static Init normal(double deviation) { return {Kind::normal, deviation}; }
};

class Parameters {
 public:
    explicit Parameters(Context& context, std::uint64_t seed = 0) : m_context(&context), m_seed(seed) {}

    /// Throws Error when there is one of that name.
    Tensor add(const std::string& name, const Shape& shape, const Init& init);
    const std::vector<Parameter>& all() const { return m_all; }
    const Tensor& operator[](const std::string& name) const; ///< throws Error naming it
    std::int64_t count() const;                              ///< numbers in all

    /// Values from a file, by name behind `prefix`: all of ParameterLoader (parameter_loader.h) at once.
    void load(const model::TensorFile& file, const std::string& prefix = "");
    /// As safetensors in f32 (see model::writeSafetensors).
    void save(const std::string& path, const std::map<std::string, std::string>& metadata = {}) const;
    /// Every value into another type, in place of the old: whoever holds a tensor of before holds an old one.
    void convert(DType type);

    /// The tensors' values on the host and back: snapshots, comparing two runs.
    std::vector<std::vector<float>> values() const;
    void assign(const std::vector<std::vector<float>>& values);

 private:
    Context* m_context;
    std::uint64_t m_seed;
    std::vector<Parameter> m_all;
};

} // namespace orrery::tensor
