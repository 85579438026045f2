// SPDX-License-Identifier: GPL-3.0-or-later
// GGUF, versions 2 and 3, little endian (ggml/docs/gguf.md): "GGUF", version, numbers of tensors and of keys, the keys
// with typed values, the tensors (name, extents with the fastest first, type, offset), then the data, aligned. Types F32,
// F16, BF16, F64, I8 to I64, Q8_0, Q4_0, Q4_K, Q6_K. Extents are turned round here: tensors() has the slowest first.
#pragma once

#include "engine/model/bytes.h"
#include "engine/model/mapped_file.h"
#include "engine/model/tensor_file.h"

namespace orrery::model {

class GgufFile : public TensorFile {
 public:
    explicit GgufFile(const std::string& path); ///< throws Error

    /// The values of an array: "tokenizer.ggml.tokens", "tokenizer.ggml.scores". Throws Error when there is no such key or it
    /// holds something else. Single values are in metadata().
    std::vector<std::string> texts(const std::string& key) const;
    std::vector<double> numbers(const std::string& key) const; ///< booleans as 0 and 1; 64-bit numbers rounded

 protected:
    std::span<const std::byte> storedBytes(const StoredTensor& tensor) const override;

 private:
    struct Array {
        std::uint32_t type = 0; // of its elements
        std::uint64_t count = 0, offset = 0;
    };
    void readKey(ByteReader& reader);
    void skipArray(ByteReader& reader, unsigned depth, Array& array);
    StoredTensor readTensor(ByteReader& reader);
    const Array& arrayOf(const std::string& key) const;

    MappedFile m_file;
    std::map<std::string, Array> m_arrays;
    std::uint64_t m_alignment = 32; // bytes
};

bool looksLikeGguf(std::span<const std::byte> start);

} // namespace orrery::model
