// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/embedding_cache.h"

#include "engine/error.h"
#include "engine/model/safetensors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

namespace orrery::segmentation {

namespace fs = std::filesystem;

std::string EmbeddingKey::text() const {
    std::string digits;
    for (const std::uint64_t word : {picture, weights})
        for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[word >> shift & 15];
    return digits;
}

std::string EmbeddingCache::path(const EmbeddingKey& key) const {
    return (fs::path(m_folder) / (key.text() + ".safetensors")).string();
}

void EmbeddingCache::remember(const EmbeddingKey& key, const Features& features) {
    m_kept.remove_if([&](const auto& each) { return each.first == key; });
    m_kept.emplace_front(key, features);
    while (m_kept.size() > m_inMemory) m_kept.pop_back();
}

std::optional<Features> EmbeddingCache::find(tensor::Context& context, const EmbeddingKey& key) {
    const auto kept = std::ranges::find_if(m_kept, [&](const auto& each) { return each.first == key; });
    if (kept != m_kept.end()) {
        m_kept.splice(m_kept.begin(), m_kept, kept);
        return m_kept.front().second;
    }
    std::error_code error;
    if (m_folder.empty() || !fs::exists(path(key), error)) return {};
    try {
        const model::SafetensorsFile file(path(key));
        Features features;
        for (const auto& [name, to] : {std::pair{"embedding", &features.embedding}, std::pair{"skip", &features.skip},
                                       std::pair{"fine", &features.fine}, std::pair{"colours", &features.colours}}) {
            const model::StoredTensor* stored = file.has(name);
            if (!stored) continue;
            const std::vector<float> values = file.readAll(*stored);
            if (!std::ranges::all_of(values, [](float v) { return std::isfinite(v); })) throw Error("not finite");
            const tensor::Shape shape(std::vector<std::int64_t>(stored->shape.begin(), stored->shape.end()));
            *to = context.upload(shape, std::span<const float>(values));
        }
        if (!features.embedding) throw Error("no embedding");
        fs::last_write_time(path(key), fs::file_time_type::clock::now(), error); // used just now
        remember(key, features);
        return features;
    } catch (const Error&) {
        fs::remove(path(key), error);
        return {};
    }
}

void EmbeddingCache::keep(tensor::Context& context, const EmbeddingKey& key, const Features& features) {
    remember(key, features);
    if (m_folder.empty()) return;
    std::array<std::vector<float>, 4> values;
    std::vector<model::TensorToWrite> all;
    std::size_t i = 0;
    for (const auto& [name, t] : {std::pair{"embedding", &features.embedding}, std::pair{"skip", &features.skip},
                                  std::pair{"fine", &features.fine}, std::pair{"colours", &features.colours}}) {
        if (!*t) continue;
        values[i] = context.read(*t);
        const std::vector<std::int64_t>& sizes = t->shape().sizes();
        all.push_back({name, model::Stored::f32, {sizes.begin(), sizes.end()}, std::as_bytes(std::span(values[i]))});
        ++i;
    }
    try {
        std::error_code error;
        fs::create_directories(m_folder, error);
        model::writeSafetensors(path(key), all);
        trimDisk();
    } catch (const std::exception&) { // a full disk must not cost the answer
    }
}

void EmbeddingCache::trimDisk() const {
    std::vector<std::pair<fs::file_time_type, fs::path>> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(m_folder))
        if (entry.path().extension() == ".safetensors" && entry.path().stem().string().size() == 32)
            files.emplace_back(entry.last_write_time(), entry.path());
    if (files.size() <= m_onDisk) return;
    std::ranges::sort(files);
    for (std::size_t i = 0; i + m_onDisk < files.size(); ++i) fs::remove(files[i].second);
}

} // namespace orrery::segmentation
