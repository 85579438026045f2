// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's .npz (a zip of <name>.npy, numpy.savez or savez_compressed) and a single .npy, as tensors. Booleans, whole numbers
// and floats of 2 to 8 bytes, either byte order, C and Fortran order.
#pragma once

#include "engine/model/tensor_file.h"
#include "engine/model/zip.h"

#include <mutex>
#include <optional>

namespace orrery::model {

/// In a .npz a tensor is named after its entry, without ".npy"; in a .npy after the file. A compressed array is unpacked
/// whole when it is first read, and kept.
class NumpyFile : public TensorFile {
 public:
    explicit NumpyFile(const std::string& path); ///< throws Error

 protected:
    std::span<const std::byte> storedBytes(const StoredTensor& tensor) const override;

 private:
    void addArray(const std::string& name, std::span<const std::byte> start, std::uint64_t size, std::uint64_t offset,
                  std::uint32_t part);

    MappedFile m_file;
    std::optional<ZipDirectory> m_zip;                                            // none for a .npy
    mutable std::mutex m_mutex;                                                   // of m_unpacked
    mutable std::unordered_map<std::uint32_t, std::vector<std::byte>> m_unpacked; // by number of the entry
};

bool looksLikeNpy(std::span<const std::byte> start);

} // namespace orrery::model
