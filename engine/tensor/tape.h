// SPDX-License-Identifier: GPL-3.0-or-later
// Reverse-mode differentiation: while a tape listens to a Context, each op whose inputs are tracked leaves a note of how to
// send a gradient back. backward() reads the notes in reverse (Wengert list; Griewank & Walther 2008, chapter 3).
#pragma once

#include "engine/tensor/context.h"

#include <unordered_map>
#include <utility>

namespace orrery::tensor {

/// Gradients by the tensor they belong to.
class Gradients {
 public:
    /// An undefined tensor where the loss does not depend on it.
    Tensor of(const Tensor& tensor) const;
    void add(Context& context, const Tensor& tensor, const Tensor& gradient); ///< accumulates in f32
    Tensor take(const Tensor& tensor);

 private:
    std::unordered_map<std::uint64_t, Tensor> m_all;
};

class Tape {
 public:
    /// Listens until it goes; tapes nest (checkpoint), the innermost listens.
    explicit Tape(Context& context);
    ~Tape();
    Tape(const Tape&) = delete;
    Tape& operator=(const Tape&) = delete;

    void watch(const Tensor& leaf);
    bool tracks(const Tensor& tensor) const;

    /// One gradient per input, undefined where none flows or is wanted. `output`'s gradient has output's type and shape.
    using Backward = std::function<std::vector<Tensor>(const Tensor& gradient)>;
    void record(const char* op, std::vector<Tensor> inputs, const Tensor& output, Backward backward);

    /// d loss / d each watched leaf, times `scale` (loss scaling). `loss` is a scalar or has one element; otherwise `seed` is
    /// the gradient of its shape. The tape is empty afterwards.
    Gradients backward(const Tensor& loss, double scale = 1);
    Gradients backward(const Tensor& output, const Tensor& seed);

    /// Called by backward() with each op's output and the gradient that has come for it: what precision views look at.
    std::function<void(const char* op, const Tensor& output, const Tensor& gradient)> onGradient;

    std::size_t notes() const { return m_notes.size(); }

 private:
    struct Note {
        const char* op;
        std::vector<Tensor> inputs;
        Tensor output;
        Backward backward;
    };
    Context& m_context;
    Tape* m_outer;
    std::unordered_map<std::uint64_t, bool> m_tracked; ///< true: a leaf
    std::vector<Note> m_notes;
};

/// While it lives, no tape listens.
class Unrecorded {
 public:
    explicit Unrecorded(Context& context) : m_context(context), m_tape(std::exchange(context.tape, nullptr)) {}
    ~Unrecorded() { m_context.tape = m_tape; }
    Unrecorded(const Unrecorded&) = delete;

 private:
    Context& m_context;
    Tape* m_tape;
};

/// While it lives, no policy casts.
class Unruled {
 public:
    explicit Unruled(Context& context) : m_context(context), m_policy(std::exchange(context.policy, {})) {}
    ~Unruled() { m_context.policy = std::move(m_policy); }
    Unruled(const Unruled&) = delete;

 private:
    Context& m_context;
    Policy m_policy;
};

/// Whether some tape listens to an op with these inputs.
bool tracked(const Context& context, std::initializer_list<Tensor> inputs);

/// A block that keeps none of what it computes inside: it runs once more when its gradient is asked for (Chen et al. 2016,
/// arXiv 1604.06174). `inputs` are all tensors that it reads and that need a gradient, parameters too; the block must give
/// the same values when it runs again.
using Block = std::function<Tensor(Context&, std::span<const Tensor> inputs)>;
Tensor checkpoint(Context& context, const std::vector<Tensor>& inputs, const Block& block);

} // namespace orrery::tensor
