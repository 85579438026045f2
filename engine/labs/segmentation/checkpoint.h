// SPDX-License-Identifier: GPL-3.0-or-later
// A file with the weights of a promptable segmenter, under one set of names whoever wrote it: those of Meta's checkpoints.
// Hugging Face's names (models/sam/convert_sam_to_hf.py) are translated. Nothing but names and shapes is looked at here.
#pragma once

#include "engine/model/tensor_file.h"
#include "engine/tensor/shape.h"

#include <map>
#include <memory>
#include <optional>

namespace orrery::segmentation {

/// "builtin:NAME" instead of a path: a model that is part of the program.
inline constexpr const char* builtinPrefix = "builtin:";
std::vector<std::string> builtinModels(); ///< their names, sorted

enum class Naming { meta, huggingFace };

class Checkpoint {
 public:
    /// Throws Error naming file and reason when it is no tensor file, or one of a model that is not supported here.
    explicit Checkpoint(const std::string& path);

    const std::string& path() const { return m_file->path(); }
    const model::TensorFile& file() const { return *m_file; }
    Naming naming() const { return m_naming; }
    bool has(const std::string& name) const { return m_byName.contains(name); }
    /// Throw Error naming the file and the tensor that is missing.
    const model::StoredTensor& find(const std::string& name) const;
    tensor::Shape shape(const std::string& name) const;
    /// One size of a tensor's shape, which must have `rank` axes; else throws Error naming it with its shape.
    std::int64_t size(const std::string& name, std::size_t axis, std::size_t rank) const;
    /// How many of "<before>0<after>", "<before>1<after>", … there are.
    std::int64_t count(const std::string& before, const std::string& after) const;
    /// A whole number beside the tensors: of safetensors' __metadata__ or of a checkpoint's dictionary.
    std::optional<std::int64_t> number(const std::string& key) const;
    [[noreturn]] void fail(const std::string& what) const; ///< Error: "<path>: <what>"
    /// FNV-1a of names, shapes and the first and last bytes of each tensor: the key of cached embeddings.
    std::uint64_t hash() const;

 private:
    std::unique_ptr<model::TensorFile> m_file;
    Naming m_naming = Naming::meta;
    std::map<std::string, const model::StoredTensor*> m_byName;
};

/// Meta's name of a tensor that Hugging Face calls so; `last`: number of the last layer of the small heads, 2 in every release.
std::string metaName(const std::string& huggingFace, int last = 2);

} // namespace orrery::segmentation
