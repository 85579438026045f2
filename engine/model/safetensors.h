// SPDX-License-Identifier: GPL-3.0-or-later
// safetensors (github.com/huggingface/safetensors, "Format"): the length N of the header as 8 little-endian bytes, N bytes
// of JSON {name: {"dtype", "shape", "data_offsets": [begin, end)}} and "__metadata__" (text by text), then the data, to
// which the offsets are relative: row-major, little endian.
#pragma once

#include "engine/model/mapped_file.h"
#include "engine/model/tensor_file.h"

namespace orrery::model {

class SafetensorsFile : public TensorFile {
 public:
    explicit SafetensorsFile(const std::string& path);                            ///< throws Error
    SafetensorsFile(const std::string& name, std::span<const std::byte> content); ///< see MappedFile

 protected:
    std::span<const std::byte> storedBytes(const StoredTensor& tensor) const override;

 private:
    void list();

    MappedFile m_file;
};

/// True when the first bytes can only be those of a safetensors file.
bool looksLikeSafetensors(std::span<const std::byte> start);

struct TensorToWrite {
    std::string name;
    Stored dtype = Stored::f32; ///< not a quantised one
    std::vector<std::uint64_t> shape;
    std::span<const std::byte> bytes; ///< row-major, little endian
};

/// In the given order, with the data at a multiple of 8 bytes. Written beside and then renamed, so that a file which was
/// there before (and may be mapped) is whole until the new one is. Throws Error naming the file.
void writeSafetensors(const std::string& path, std::span<const TensorToWrite> tensors,
                      const std::map<std::string, std::string>& metadata = {});

} // namespace orrery::model
