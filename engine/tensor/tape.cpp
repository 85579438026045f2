// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/tape.h"

#include "engine/error.h"
#include "engine/tensor/ops/cast.h"
#include "engine/tensor/ops/elementwise.h"

#include <algorithm>

namespace orrery::tensor {

Tensor Gradients::of(const Tensor& tensor) const {
    const auto found = m_all.find(tensor.id());
    return found == m_all.end() ? Tensor{} : found->second;
}

Tensor Gradients::take(const Tensor& tensor) {
    const auto found = m_all.find(tensor.id());
    if (found == m_all.end()) return {};
    Tensor gradient = std::move(found->second);
    m_all.erase(found);
    return gradient;
}

void Gradients::add(Context& context, const Tensor& tensor, const Tensor& gradient) {
    if (!gradient) return;
    if (gradient.shape() != tensor.shape())
        throw Error("a gradient of shape " + gradient.shape().text() + " came for a tensor of shape " + tensor.shape().text());
    Tensor& held = m_all[tensor.id()];
    held = held ? tensor::add(context, cast(context, held, DType::f32), cast(context, gradient, DType::f32)) : gradient;
}

Tape::Tape(Context& context) : m_context(context), m_outer(std::exchange(context.tape, this)) {}
Tape::~Tape() { m_context.tape = m_outer; }

void Tape::watch(const Tensor& leaf) { m_tracked[leaf.id()] = true; }
bool Tape::tracks(const Tensor& tensor) const { return tensor && m_tracked.contains(tensor.id()); }

void Tape::record(const char* op, std::vector<Tensor> inputs, const Tensor& output, Backward backward) {
    if (std::none_of(inputs.begin(), inputs.end(), [this](const Tensor& input) { return tracks(input); })) return;
    m_tracked.emplace(output.id(), false);
    m_notes.push_back({op, std::move(inputs), output, std::move(backward)});
}

Gradients Tape::backward(const Tensor& loss, double scale) {
    if (loss.count() != 1) throw Error("a gradient is of one number; the loss has the shape " + loss.shape().text());
    return backward(loss, m_context.full(loss.shape(), scale, loss.type()));
}

Gradients Tape::backward(const Tensor& output, const Tensor& seed) {
    const Unrecorded quiet(m_context);
    const Unruled plain(m_context); // gradients run in the type of what they belong to
    Gradients gradients;
    gradients.add(m_context, output, seed);
    while (!m_notes.empty()) {
        const Note note = std::move(m_notes.back());
        m_notes.pop_back();
        const Tensor gradient = m_tracked[note.output.id()] ? gradients.of(note.output) : gradients.take(note.output);
        if (!gradient) continue; // the loss does not depend on it
        const Tensor arriving = cast(m_context, gradient, note.output.type());
        if (onGradient) onGradient(note.op, note.output, arriving);
        const std::vector<Tensor> back = note.backward(arriving);
        if (back.size() != note.inputs.size())
            throw Error(std::string("the backward of ") + note.op + " gave " + std::to_string(back.size()) + " gradients for " +
                        std::to_string(note.inputs.size()) + " inputs");
        for (std::size_t i = 0; i < back.size(); ++i)
            if (tracks(note.inputs[i])) gradients.add(m_context, note.inputs[i], back[i]);
    }
    std::erase_if(m_tracked, [](const auto& entry) { return !entry.second; });
    return gradients;
}

bool tracked(const Context& context, std::initializer_list<Tensor> inputs) {
    return context.tape &&
           std::any_of(inputs.begin(), inputs.end(), [&](const Tensor& input) { return context.tape->tracks(input); });
}

Tensor checkpoint(Context& context, const std::vector<Tensor>& inputs, const Block& block) {
    Tape* const outer = context.tape;
    const Policy policy = context.policy;
    Tensor output;
    {
        const Unrecorded quiet(context);
        output = block(context, inputs);
    }
    if (!outer) return output;
    outer->record("checkpoint", inputs, output, [&context, inputs, block, policy](const Tensor& gradient) {
        Tape again(context);
        const Unruled plain(context);
        context.policy = policy;
        for (const Tensor& input : inputs) again.watch(input);
        const Tensor output = block(context, inputs);
        const Gradients gradients = again.backward(output, gradient);
        std::vector<Tensor> back;
        for (const Tensor& input : inputs) back.push_back(gradients.of(input));
        return back;
    });
    return output;
}

} // namespace orrery::tensor
