// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/model.h"

#include "engine/error.h"
#include "engine/labs/segmentation/tiny_clicked.h"
#include "engine/tensor/ops/elementwise.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/pool.h"

#include <algorithm>

namespace orrery::segmentation {

using namespace tensor;

ModelPlan::ModelPlan(const std::string& path, DType storage)
    : m_file(std::make_shared<Checkpoint>(path)), m_encoder(planEncoder(*m_file)), m_storage(storage) {
    m_prompt = promptShape(*m_file, m_encoder->channels());
    m_decoder = decoderShape(*m_file, m_file->number("decoder_heads").value_or(m_encoder->decoderHeads()));
    if (m_decoder.width != m_encoder->channels())
        m_file->fail("its encoder gives " + std::to_string(m_encoder->channels()) + " channels, its mask decoder takes " +
                     std::to_string(m_decoder.width) + " ('mask_decoder.iou_token.weight')");
}

std::vector<Wanted> ModelPlan::wanted() const {
    std::vector<Wanted> all = m_encoder->wanted();
    for (const auto& more : {promptWanted(m_prompt), decoderWanted(m_decoder)}) all.insert(all.end(), more.begin(), more.end());
    return all;
}

std::uint64_t ModelPlan::parameters() const {
    std::uint64_t sum = 0;
    for (const Wanted& each : wanted()) sum += each.numbers() + (each.folded ? 4 * std::uint64_t(each.shape[0]) : 0);
    return sum;
}

MemoryPlan ModelPlan::memory() const {
    const auto floats = [](std::int64_t count) { return pooledBytes(4 * std::uint64_t(count)); };
    MemoryPlan plan;
    for (const Wanted& each : wanted()) {
        const bool halved = m_storage == DType::f16 && each.halves();
        plan.weights += pooledBytes(each.numbers() * (halved ? 2 : 4)) + (each.folded ? floats(each.shape[0]) : 0);
    }
    const std::int64_t N = m_encoder->grid() * m_encoder->grid(), C = m_decoder.width, I = m_decoder.inner;
    // An answer: the image as it goes through the layers, its projections, and the upscaled image on the way to the masks.
    const std::uint64_t answer = 4 * floats(N * C) + 6 * floats(N * I) + 3 * floats(4 * N * m_decoder.up1) +
                                 2 * floats(16 * N * m_decoder.up2) + 3 * floats(16 * N * m_decoder.masks);
    plan.working = std::max(m_encoder->workingBytes(), answer); // what encoding leaves free is taken again
    plan.picture = 3 * floats(N * C) + 3 * floats(N * I);       // with the places of the grid
    if (m_decoder.clicked > 0) { // TinyPrompt's encoder leaves buffers of other sizes than an answer takes; it hands on more
        plan.working = m_encoder->workingBytes() + answer;
        plan.picture += floats(4 * N * m_decoder.up1) + floats(16 * N * m_decoder.up2) + floats(48 * N);
        // A look that waits keeps what its encoding will hand on; SAM's keeps buffers that the encoding before has left free.
        plan.look = floats(16 * N * m_decoder.up2) + floats(48 * N);
    }
    return plan;
}

Model::Model(Context& context, const ModelPlan& plan, const Weights& weights)
    : m_side(plan.encoder().side()),
      m_encoder(plan.encoder().make(context, weights)),
      m_prompts(context, plan.prompt(), weights, m_side, plan.encoder().grid()),
      m_decoder(context, plan.decoder(), weights, m_prompts.grid(), plan.encoder().grid()) {}

std::unique_ptr<Model> Model::load(Context& context, const ModelPlan& plan) {
    WeightLoader loader(context, plan.file(), plan.wanted(), plan.storage());
    while (!loader.finished()) loader.step();
    return std::make_unique<Model>(context, plan, loader.take());
}

Encoding Model::encode(Context& context, const Picture& picture, const Watch& watch) const {
    const Fit fit = fitInto(picture.width, picture.height, m_side);
    const std::vector<float> pixels = normalised(resizeBilinear(picture, fit.newWidth, fit.newHeight), fit);
    const Tensor image = context.upload({1, 3, m_side, m_side}, std::span<const float>(pixels));
    if (watch) watch("input", image);
    return m_encoder->begin(context, image, watch);
}

Embedded Model::embedded(Context& context, const Features& features, const Fit& fit) const {
    if (m_prompts.takesClicks()) return {fit, features, {}, context.read(features.embedding), context.read(features.colours)};
    return {fit, features, m_decoder.prepare(context, add(context, features.embedding, m_prompts.noMask())), {}, {}};
}

std::vector<Answer> Model::answers(Context& context, const Embedded& picture, const Prepared& prepared,
                                   std::span<const Prompt> prompts, const Watch& watch, const Detail& detail) const {
    std::vector<float> tokens;
    std::size_t points = 0;
    for (const Prompt& prompt : prompts) {
        const std::vector<PromptPoint> places = pointsOf(prompt, picture.fit);
        if (&prompt != prompts.data() && places.size() != points)
            throw Error("prompts that are asked together need as many points each");
        points = places.size();
        const std::vector<float> more = m_prompts.tokens(places);
        tokens.insert(tokens.end(), more.begin(), more.end());
    }
    const auto B = std::int64_t(prompts.size());
    const Tensor sparse = context.upload({B, std::int64_t(points), m_decoder.shape().width}, std::span<const float>(tokens));
    if (watch) watch("sparse", sparse);
    const Decoded decoded = m_decoder.decode(context, prepared, sparse, watch, detail);
    const std::vector<float> logits = context.read(decoded.masks), iou = context.read(decoded.iou);
    const std::int64_t side = maskSide(), masks = m_decoder.shape().masks;
    std::vector<Answer> all;
    for (std::int64_t b = 0; b < B; ++b) {
        Answer answer{side, masks, {}, {}, {}, 0};
        answer.logits.assign(logits.begin() + b * masks * side * side, logits.begin() + (b + 1) * masks * side * side);
        answer.iou.assign(iou.begin() + b * masks, iou.begin() + (b + 1) * masks);
        for (std::size_t m = 0; m < std::size_t(masks); ++m)
            answer.stability.push_back(stability(answer.of(m), side, picture.fit));
        answer.chosen = chosenMask(points, answer.iou);
        all.push_back(std::move(answer));
    }
    return all;
}

Answer Model::askTiny(Context& context, const Embedded& picture, const Prompt& prompt, const Watch& watch) const {
    const Features& f = picture.features;
    const std::vector<PromptPoint> points = pointsOf(prompt, picture.fit);
    const ClickedView view{m_side, picture.colours, picture.cells, m_decoder.shape().width};
    const std::vector<float> map = clickedMap(view, points, prompt.mask), cosines = clickedAffinity(view, points);
    Tensor dense = add(context, m_prompts.dense(context, map), m_prompts.affinity(context, cosines));
    if (prompt.mask.empty()) dense = add(context, dense, m_prompts.noMask());
    if (watch) watch("dense", dense);
    const Tensor planes = context.upload({clickedChannels, maskSide() * maskSide()}, std::span<const float>(map));
    const Tensor clicked = reshape(context, transpose(context, planes), {1, maskSide() * maskSide(), clickedChannels});
    const Prepared prepared = m_decoder.prepare(context, add(context, f.embedding, dense));
    Answer answer = std::move(answers(context, picture, prepared, {&prompt, 1}, watch, {f.skip, f.fine, clicked}).front());
    if (!prompt.mask.empty()) answer.chosen = 0; // with a mask nothing is left open, and only mask 0 was trained so
    return answer;
}

Answer Model::ask(Context& context, const Embedded& picture, const Prompt& prompt, const Watch& watch) const {
    if (m_prompts.takesClicks()) {
        // TinyPrompt learnt each click but the first together with its answer to those before; without it, it is lost. What is
        // missing is asked for here.
        if (!prompt.mask.empty() || prompt.clicks.size() + (prompt.box ? 1 : 0) < 2)
            return askTiny(context, picture, prompt, watch);
        Prompt now = prompt, before{{prompt.clicks.begin(), prompt.clicks.end() - 1}, prompt.box, {}};
        const Answer former = ask(context, picture, before);
        now.mask.assign(former.of(former.chosen).begin(), former.of(former.chosen).end());
        return askTiny(context, picture, now, watch);
    }
    if (prompt.mask.empty()) return std::move(answers(context, picture, picture.prepared, {&prompt, 1}, watch).front());
    if (!m_prompts.takesMasks()) throw Error("this model takes no mask as a prompt; use clicks or a box");
    const Tensor dense = m_prompts.dense(context, prompt.mask);
    if (watch) watch("dense", dense);
    const Prepared prepared = m_decoder.prepare(context, add(context, picture.features.embedding, dense));
    return std::move(answers(context, picture, prepared, {&prompt, 1}, watch).front());
}

std::vector<Answer> Model::askAll(Context& context, const Embedded& picture, std::span<const Prompt> prompts) const {
    for (const Prompt& prompt : prompts)
        if (!prompt.mask.empty()) throw Error("prompts with a mask are asked one by one");
    if (m_prompts.takesClicks()) { // each has a dense map of its own
        std::vector<Answer> all;
        for (const Prompt& prompt : prompts) all.push_back(ask(context, picture, prompt));
        return all;
    }
    return prompts.empty() ? std::vector<Answer>{} : answers(context, picture, picture.prepared, prompts, {});
}

} // namespace orrery::segmentation
