// SPDX-License-Identifier: GPL-3.0-or-later
// What the device holds for a model at most: loaded, asked with clicks and with a mask, and with a look inside that waits half-way.
#pragma once

#include "tests/segmentation/models.h"

namespace orrery::segmentation::test {

struct Held {
    std::uint64_t weights = 0, answered = 0, looking = 0;
};
/// A pool gives nothing back, so that what is held at the end is the most at once.
inline Held heldBy(const std::string& file) {
    gpu::Device& device = orrery::test::device();
    const std::uint64_t before = device.memory().used;
    const auto now = [&] { return device.memory().used - before; };
    Held held;
    tensor::Context context(device);
    const ModelPlan plan(file);
    const auto model = Model::load(context, plan);
    held.weights = now();
    const Picture p = picture(160, 120);
    const Fit fit = fitInto(p.width, p.height, model->side());
    Encoding encoding = model->encode(context, p);
    while (!encoding.step(context, 1e3)) continue;
    const Embedded embedded = model->embedded(context, *encoding.features, fit);
    encoding.features.reset();
    const auto ask = [&] {
        Answer answer = model->ask(context, embedded, {{{40, 40, true}}, {}, {}});
        Prompt again{{{40, 40, true}, {90, 60, false}}, {}, {}};
        if (model->prompts().takesMasks()) again.mask.assign(answer.of(0).begin(), answer.of(0).end());
        answer = model->ask(context, embedded, again);
    };
    ask();
    held.answered = now();
    Encoding look = model->encode(context, p); // as Inside does it
    while (look.fraction() < 0.5) look.step(context, 0);
    ask();
    held.looking = now();
    return held;
}

inline bool within(std::uint64_t measured, std::uint64_t planned, std::uint64_t slack = 0) {
    return std::abs(double(measured) - double(planned)) <= 0.1 * double(planned) + double(slack);
}

inline void tell(const Held& held, const MemoryPlan& plan) {
    const auto mebi = [](std::uint64_t bytes) { return double(bytes) / 1048576; };
    qInfo("weights %.3f of %.3f, answered %.3f of %.3f, looking %.3f of %.3f MiB", mebi(held.weights), mebi(plan.weights),
          mebi(held.answered), mebi(plan.total()), mebi(held.looking), mebi(plan.total(true)));
}

} // namespace orrery::segmentation::test
