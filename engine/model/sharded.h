// SPDX-License-Identifier: GPL-3.0-or-later
// A model in several safetensors files, as Hugging Face saves large ones: model.safetensors.index.json, {"metadata",
// "weight_map": {tensor: file}}, beside model-00001-of-00003.safetensors and so on.
#pragma once

#include "engine/model/safetensors.h"

namespace orrery::model {

/// The tensors that the index names, shard after shard. An index must not lead out of its folder: a shard's name with '/',
/// '\', ':' or ".." is refused.
class ShardedFile : public TensorFile {
 public:
    explicit ShardedFile(const std::string& indexPath); ///< throws Error

 protected:
    std::span<const std::byte> storedBytes(const StoredTensor& tensor) const override;

 private:
    std::vector<std::unique_ptr<SafetensorsFile>> m_shards;
};

/// Into `folder` (which exists), a new shard when the next tensor would bring one beyond `mostBytes`. Returns the path of
/// the index, which is written last. Throws Error naming the file.
std::string writeSharded(const std::string& folder, std::span<const TensorToWrite> tensors, std::uint64_t mostBytes,
                         const std::map<std::string, std::string>& metadata = {});

} // namespace orrery::model
