// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/desk.h"

#include "engine/cache_folder.h"
#include "engine/error.h"
#include "engine/tensor/ops/layout.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

namespace orrery::segmentation {

namespace {

constexpr std::uint64_t piece = 1U << 18; ///< numbers read at a time: a megabyte
constexpr std::size_t mostInMemory = 8, mostOnDisk = 64;

std::string cacheFolder() {
    const std::string user = userCacheFolder();
    return user.empty() ? user : (std::filesystem::path(user) / "embeddings").string();
}

} // namespace

Desk::Desk(gpu::Device& device) : m_context(device), m_cache(cacheFolder(), mostInMemory, mostOnDisk) {}

void Desk::setPicture(Picture picture, const std::string& name, lab::Jobs& jobs) {
    m_picture = std::move(picture), m_pictureName = name;
    m_key.picture = hashOf(m_picture);
    m_embedded.reset(), m_encoding.reset();
    ++m_revision;
    if (m_model) encode(jobs);
}

void Desk::setModel(std::shared_ptr<const ModelPlan> plan, lab::Jobs& jobs) {
    m_embedded.reset(), m_encoding.reset(), m_ahead = {}, m_aheadPath.clear(), m_model.reset();
    m_plan = std::move(plan);
    m_warm = false;
    ++m_revision;
    if (m_plan) load(jobs);
}

void Desk::resume(lab::Jobs& jobs) {
    if (!m_plan || m_embedded || !jobs.empty()) return;
    m_model ? encode(jobs) : load(jobs);
}

void Desk::load(lab::Jobs& jobs) {
    m_key.weights = weightsKey();
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
        m_model->useGlobal(m_global);
        encode(jobs);
    };
    jobs.add({"Loading " + m_plan->name(), "numbers", double(loader->total()), slice, finished});
}

void Desk::adopt(const Features& features) {
    m_embedded = m_model->embedded(m_context, features, m_fit);
    m_context.finish();
    if (!std::exchange(m_warm, true)) // kernels are compiled now, and not when a person waits for the first mask
        m_model->ask(m_context, *m_embedded, {{{double(m_fit.width) / 2, double(m_fit.height) / 2, true}}, {}, {}});
    ++m_revision;
}

void Desk::encode(lab::Jobs& jobs) {
    m_fit = fitInto(m_picture.width, m_picture.height, m_model->side());
    m_encoding.reset();
    if (const auto kept = m_cache.find(m_context, m_key)) {
        m_fromCache = true;
        return adopt(*kept);
    }
    m_fromCache = false;
    const bool begun = m_ahead.encoding && m_ahead.key == m_key; // ahead of time, and perhaps in part
    m_encoding = begun ? std::exchange(m_ahead.encoding, {}) : m_model->encode(m_context, m_picture);
    const auto slice = [this](double budgetMs) {
        m_encoding->step(m_context, budgetMs);
        return m_encoding->done() ? 1 : std::min(m_encoding->fraction(), 0.999);
    };
    const auto finished = [this] {
        m_cache.keep(m_context, m_key, *m_encoding->features);
        adopt(*m_encoding->features);
    };
    jobs.add({"Encoding " + m_pictureName, "GFLOP", m_encoding->flops() * 1e-9, slice, finished});
}

/// Rounded weights embed differently, and so does a network without its GCN block.
std::uint64_t Desk::weightsKey() const {
    return m_plan->file().hash() + (m_plan->storage() == tensor::DType::f16) + (m_global ? 0 : 2);
}

void Desk::useGlobal(bool on, lab::Jobs& jobs) {
    if (std::exchange(m_global, on) == on || !m_model || !m_model->useGlobal(on)) return;
    m_key.weights = weightsKey();
    m_embedded.reset(), m_encoding.reset(), m_ahead = {}, m_aheadPath.clear();
    ++m_revision;
    encode(jobs);
}

void Desk::encodeAhead(const std::string& path, lab::Jobs& jobs) {
    if (!m_embedded || !jobs.empty() || path == m_aheadPath) return;
    m_aheadPath = path;
    m_ahead = {};
    m_ahead.reading = std::async(std::launch::async, [path]() -> std::optional<Read> { // large ones take longer than a frame
        try {
            Read read{loadPicture(path), 0};
            read.hash = hashOf(read.picture);
            return read;
        } catch (const Error&) { // told when it is opened
            return {};
        }
    });
    const auto slice = [this](double budgetMs) {
        if (m_ahead.reading.valid()) {
            if (m_ahead.reading.wait_for(std::chrono::duration<double, std::milli>(budgetMs)) != std::future_status::ready)
                return 0.0;
            const std::optional<Read> read = m_ahead.reading.get();
            if (!read) return 1.0;
            m_ahead.key = {read->hash, m_key.weights};
            if (m_cache.find(m_context, m_ahead.key)) return 1.0;
            m_ahead.encoding = m_model->encode(m_context, read->picture);
            return 0.001;
        }
        if (!m_ahead.encoding) return 1.0; // taken over: its picture has come
        m_ahead.encoding->step(m_context, budgetMs);
        return m_ahead.encoding->done() ? 1 : std::clamp(m_ahead.encoding->fraction(), 0.001, 0.999);
    };
    const auto finished = [this] {
        if (m_ahead.encoding) m_cache.keep(m_context, m_ahead.key, *m_ahead.encoding->features);
        m_ahead.encoding.reset();
    };
    jobs.add({"Encoding ahead: " + std::filesystem::path(path).filename().string(), "pictures", 1, slice, finished});
}

lab::HostArray Desk::patches() {
    lab::HostArray patches{{0}, {}};
    if (!m_model || m_picture.width == 0) return patches;
    const Watch watch = [&](const std::string& stage, const tensor::Tensor& value) {
        if (stage != "patch_embed" && stage != "stem") return;
        const bool tokens = value.shape()[1] == value.shape()[2]; // [1, grid, grid, width] of a ViT, [1, width, H, W] else
        const tensor::Tensor rows = tokens ? value : tensor::permute(m_context, value, {0, 2, 3, 1});
        const auto width = std::uint64_t(rows.shape()[3]);
        patches = {{std::uint64_t(rows.count()) / width, width}, m_context.read(rows)};
    };
    Encoding encoding = m_model->encode(m_context, m_picture, watch);
    while (patches.values.empty() && !encoding.step(m_context, 0)) continue; // its first pieces
    return patches;
}

} // namespace orrery::segmentation
