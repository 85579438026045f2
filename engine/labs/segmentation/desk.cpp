// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/desk.h"

#include <algorithm>
#include <chrono>

namespace orrery::segmentation {

namespace {

constexpr std::uint64_t piece = 1U << 18; ///< numbers read at a time: a megabyte
constexpr std::size_t mostPatches = 4;

} // namespace

void Desk::setPicture(Picture picture, const std::string& name, lab::Jobs& jobs) {
    m_picture = std::move(picture), m_pictureName = name;
    m_key.picture = hashOf(m_picture);
    m_embedded.reset(), m_encoding.reset();
    ++m_revision;
    if (m_model) encode(jobs);
}

void Desk::setModel(std::shared_ptr<const ModelPlan> plan, lab::Jobs& jobs) {
    m_embedded.reset(), m_encoding.reset(), m_model.reset();
    m_plan = std::move(plan);
    m_patches = {{0}, {}};
    ++m_revision;
    if (m_plan) load(jobs);
}

void Desk::resume(lab::Jobs& jobs) {
    if (!m_plan || m_embedded || !jobs.empty()) return;
    m_model ? encode(jobs) : load(jobs);
}

void Desk::load(lab::Jobs& jobs) {
    m_key.weights = m_plan->file().hash();
    const auto loader = std::make_shared<WeightLoader>(m_context, m_plan->file(), m_plan->wanted(), m_plan->storage());
    const auto slice = [this, loader, plan = m_plan](double budgetMs) {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point start = Clock::now();
        double done = 0;
        do {
            done = loader->step(piece);
        } while (!loader->finished() && std::chrono::duration<double, std::milli>(Clock::now() - start).count() < budgetMs);
        return done;
    };
    const auto finished = [this, loader, &jobs] {
        m_model = std::make_unique<Model>(m_context, *m_plan, loader->take());
        encode(jobs);
    };
    jobs.add({"Loading " + m_plan->name(), "numbers", double(loader->total()), slice, finished});
}

void Desk::adopt(const Features& features) {
    m_embedded = m_model->embedded(m_context, features, m_fit);
    m_context.finish();
    ++m_revision;
}

void Desk::encode(lab::Jobs& jobs) {
    m_fit = fitInto(m_picture.width, m_picture.height, m_model->side());
    m_encoding.reset();
    if (const auto kept = m_cache.find(m_context, m_key)) {
        m_fromCache = true;
        const auto patches = std::ranges::find_if(m_keptPatches, [&](const auto& each) { return each.first == m_key; });
        m_patches = patches != m_keptPatches.end() ? patches->second : lab::HostArray{{0}, {}};
        return adopt(*kept);
    }
    m_fromCache = false;
    const Watch watch = [this](const std::string& stage, const tensor::Tensor& value) {
        if (stage != "patch_embed" || value.shape().rank() != 4) return;
        const auto width = std::uint64_t(value.shape()[3]);
        m_patches = {{std::uint64_t(value.count()) / width, width}, m_context.read(value)};
    };
    m_patches = {{0}, {}};
    m_encoding = m_model->encode(m_context, m_picture, watch);
    const auto slice = [this](double budgetMs) {
        m_encoding->step(m_context, budgetMs);
        return m_encoding->done() ? 1 : std::min(m_encoding->fraction(), 0.999);
    };
    const auto finished = [this] {
        m_cache.keep(m_context, m_key, *m_encoding->features);
        m_keptPatches.emplace_front(m_key, m_patches);
        if (m_keptPatches.size() > mostPatches) m_keptPatches.pop_back();
        adopt(*m_encoding->features);
    };
    jobs.add({"Encoding " + m_pictureName, "GFLOP", m_encoding->flops() * 1e-9, slice, finished});
}

} // namespace orrery::segmentation
