// SPDX-License-Identifier: GPL-3.0-or-later
// What torch.save writes since PyTorch 1.6: a zip of <name>/data.pkl (see pickle.h), <name>/data/<number> with the raw
// storages, never compressed, and <name>/byteorder in newer ones. A tensor is a window into a storage with its own strides.
#pragma once

#include "engine/model/pickle.h"
#include "engine/model/tensor_file.h"
#include "engine/model/zip.h"

#include <unordered_set>

namespace orrery::model {

/// The tensors of the dictionary in the file, or of its member "state_dict", "model_state_dict" or "model" when it has
/// one; names of nested dictionaries and lists are joined by '.'. Numbers and texts beside them are metadata().
class TorchFile : public TensorFile {
 public:
    explicit TorchFile(const std::string& path); ///< throws Error

 protected:
    std::span<const std::byte> storedBytes(const StoredTensor& tensor) const override;

 private:
    void collect(const Pickle& pickle, const PickleValue& value, const std::string& name, unsigned depth);
    void addTensor(const Pickle& pickle, const PickleValue& value, const std::string& name);

    MappedFile m_file;
    ZipDirectory m_zip;
    std::string m_prefix; // "archive/"
    bool m_bigEndian = false;
    std::unordered_set<const PickleValue*> m_visited;
};

/// True for torch.save before PyTorch 1.6, which openTensorFile refuses with a sentence of its own.
bool looksLikeOldTorch(std::span<const std::byte> start);

/// The entry "<name>/data.pkl", which only a PyTorch zip has; null when there is none.
const ZipEntry* torchPickle(const ZipDirectory& zip);

} // namespace orrery::model
