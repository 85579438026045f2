// SPDX-License-Identifier: GPL-3.0-or-later
// A file of named tensors, whatever its format: safetensors (one file or shards), a PyTorch checkpoint, GGUF, NumPy.
// Opening reads the list of tensors and checks every size and position against the file; values are read when asked for,
// in parts of any size, so that a large checkpoint can be streamed with progress. Errors are one line: file, byte or
// tensor, what is wrong, what to do. No file is trusted, and nothing in one is ever run.
#pragma once

#include "engine/model/dequantise.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace orrery::model {

struct StoredTensor {
    std::string name{};
    Stored dtype = Stored::f32;
    std::vector<std::uint64_t> shape{};   ///< slowest first; empty: a scalar
    std::uint64_t count = 1;              ///< product of the shape
    std::uint64_t offset = 0;             ///< its first byte in its file (of a compressed entry: in what comes out)
    std::uint64_t size = 0;               ///< bytes from there on
    std::vector<std::uint64_t> strides{}; ///< in elements, one per dimension; empty: row-major
    bool bigEndian = false;
    std::uint32_t part = 0; ///< number of the shard or of the zip entry; for the reader alone

    std::string shapeText() const; ///< "[3, 2]"
};

class TensorFile {
 public:
    virtual ~TensorFile() = default;
    TensorFile(const TensorFile&) = delete;
    TensorFile& operator=(const TensorFile&) = delete;

    const std::string& path() const { return m_path; }
    const std::string& format() const { return m_format; }                 ///< "safetensors", "GGUF", ...
    const std::vector<StoredTensor>& tensors() const { return m_tensors; } ///< in the order of the file
    const StoredTensor* has(const std::string& name) const;                ///< null when there is none
    const StoredTensor& find(const std::string& name) const;               ///< throws Error that suggests the nearest name

    /// What the file says about itself, as text; of GGUF arrays only "[151936 strings]" (see gguf.h).
    const std::map<std::string, std::string>& metadata() const { return m_metadata; }

    /// `out.size()` values from number `firstElement` on (not beyond count), in row-major order, as float32 (exactness:
    /// dequantise.h). The tensor is one of tensors(). May be called from several threads.
    void readFloats(const StoredTensor& tensor, std::uint64_t firstElement, std::span<float> out) const;

    /// All values; checks against `mostElements` before it allocates.
    std::vector<float> readAll(const StoredTensor& tensor, std::uint64_t mostElements = std::uint64_t(1) << 32) const;

    /// The `size` bytes as they are stored, for handing on without conversion; valid as long as this object. With strides
    /// they are the bytes from the first to the last value, not a row-major tensor.
    std::span<const std::byte> bytes(const StoredTensor& tensor) const;

 protected:
    TensorFile(std::string path, std::string format) : m_path(std::move(path)), m_format(std::move(format)) {}

    /// Fills in count and checks it: throws Error on a second tensor of that name, a shape too large, a size that is not
    /// that of the shape. With strides, offset and size must already enclose every value.
    void add(StoredTensor tensor);
    /// Throws Error when two of the tensors share bytes; for formats that do not allow it.
    void refuseOverlaps() const;
    [[noreturn]] void fail(const StoredTensor& tensor, const std::string& what) const;

    virtual std::span<const std::byte> storedBytes(const StoredTensor& tensor) const = 0;

    std::map<std::string, std::string> m_metadata;

 private:
    void readStrided(const StoredTensor& tensor, std::span<const std::byte> bytes, std::uint64_t first,
                     std::span<float> out) const;

    std::string m_path;
    std::string m_format;
    std::vector<StoredTensor> m_tensors;
    std::unordered_map<std::string, std::size_t> m_byName;
};

/// Recognises the format by content, not by extension. `path` may also be a model.safetensors.index.json, or a folder that
/// holds one or a model.safetensors. Throws Error naming what can be read when it is none of these.
std::unique_ptr<TensorFile> openTensorFile(const std::string& path);

} // namespace orrery::model
