// SPDX-License-Identifier: GPL-3.0-or-later
// Encoded pictures, kept: the newest in memory, all of them as files where a folder is given. A key is the picture's hash and
// the model's, so that neither a changed picture nor other weights ever meet a wrong embedding.
#pragma once

#include "engine/labs/segmentation/model.h"

#include <list>

namespace orrery::segmentation {

struct EmbeddingKey {
    std::uint64_t picture = 0, weights = 0;
    bool operator==(const EmbeddingKey&) const = default;
    std::string text() const; ///< 32 hexadecimal digits
};

class EmbeddingCache {
 public:
    /// `folder` empty: memory only. `inMemory`, `onDisk`: how many; the least recently used go first.
    explicit EmbeddingCache(std::string folder = {}, std::size_t inMemory = 8, std::size_t onDisk = 256)
        : m_folder(std::move(folder)), m_inMemory(inMemory), m_onDisk(onDisk) {}

    /// From memory, else from the disk; a file that cannot be read counts as none and is removed.
    std::optional<Features> find(tensor::Context& context, const EmbeddingKey& key);
    /// A disk that cannot be written to leaves the memory alone.
    void keep(tensor::Context& context, const EmbeddingKey& key, const Features& features);
    void clear() { m_kept.clear(); }
    std::size_t count() const { return m_kept.size(); }

 private:
    std::string path(const EmbeddingKey& key) const;
    void remember(const EmbeddingKey& key, const Features& features);
    void trimDisk() const;

    std::string m_folder;
    std::size_t m_inMemory, m_onDisk;
    std::list<std::pair<EmbeddingKey, Features>> m_kept; ///< newest first
};

} // namespace orrery::segmentation
