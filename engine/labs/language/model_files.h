// SPDX-License-Identifier: GPL-3.0-or-later
// A language model as it lies on a disk or in the program: a folder with config.json and model.safetensors (or its index and
// shards), one .safetensors file with config.json beside it, a .gguf file, or "builtin:NAME". Names, transposed Conv1D
// matrices (GPT-2 in safetensors) and permuted query and key rows (Llama in GGUF) are brought to one layout here.
#pragma once

#include "engine/labs/language/model_weights.h"
#include "engine/model/tensor_file.h"

#include <memory>
#include <optional>

namespace orrery::language {

inline constexpr const char* builtinPrefix = "builtin:";
std::vector<std::string> builtinModels(); ///< names of the models that are part of the program, sorted

/// What a matrix of a file is like.
struct MatrixForm {
    int rows = 0, columns = 0;
    bool transposed = false; ///< stored as [columns, rows]: Conv1D
    int pairedHeads = 0;     ///< > 0: rows of that many heads, in which GGUF has put rotation partners side by side
};

/// Reads named tensors of one file and checks them against the shape that the configuration asks for: every error names the
/// file and the tensor.
class TensorReader {
 public:
    explicit TensorReader(const model::TensorFile& file) : m_file(&file) {}
    const model::TensorFile& file() const { return *m_file; }
    bool has(const std::string& name) const { return m_file->has(name) != nullptr; }
    /// F32, F16 and BF16 stay as they are stored; all else becomes F32.
    Matrix matrix(const std::string& name, const MatrixForm& form) const;
    /// Several of the same width one above the other; f32 where their types differ.
    Matrix stacked(std::span<const std::pair<std::string, MatrixForm>> parts) const;
    std::vector<float> vector(const std::string& name, int size) const;                  ///< padded
    std::vector<float> joined(std::span<const std::pair<std::string, int>> parts) const; ///< padded
    [[noreturn]] void fail(const std::string& what) const;

 private:
    const model::StoredTensor& checked(const std::string& name, std::span<const std::uint64_t> shape) const;
    void fill(Matrix& to, int firstRow, const std::string& name, const MatrixForm& form) const;

    const model::TensorFile* m_file;
};

/// One decoder layer with Hugging Face's names behind `prefix` ("model.layers.3."): Llama, Qwen2 and what is built of them.
BlockWeights readLlamaBlock(const TensorReader& reader, const ModelConfig& config, const std::string& prefix);

class ModelFiles {
 public:
    /// Throws Error naming the file and reason: no such model, one that is not built here, a field or tensor that is missing.
    explicit ModelFiles(const std::string& path);

    const std::string& path() const { return m_path; } ///< as it was asked for
    const ModelConfig& config() const { return m_config; }
    const model::TensorFile& tensors() const { return *m_tensors; }
    bool gguf() const { return m_tensors->format() == "GGUF"; }
    /// A file beside the tensors ("tokenizer.json"), wherever the model lies; none: there is no such file.
    std::optional<std::string> besides(const std::string& name) const;

    ModelWeights load(const LoadProgress& progress = {}) const;

 private:
    std::string m_path, m_folder; ///< where the tensors lie; of a built-in model below assets/
    bool m_builtin = false;
    ModelConfig m_config;
    std::unique_ptr<model::TensorFile> m_tensors;
};

/// A safetensors file beside the model ("medusa.safetensors"), or a path, or "builtin:NAME/medusa.safetensors".
std::unique_ptr<model::TensorFile> openHeads(const std::string& path);

} // namespace orrery::language
