// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tensor_file.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <array>

namespace orrery::model {

namespace {
constexpr std::size_t mostDimensions = 64; // as PyTorch's
constexpr std::size_t longestName = 4096;
} // namespace

std::string StoredTensor::shapeText() const {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

const StoredTensor* TensorFile::has(const std::string& name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_tensors[found->second];
}

const StoredTensor& TensorFile::find(const std::string& name) const {
    if (const StoredTensor* tensor = has(name)) return *tensor;
    std::vector<std::string> known;
    for (const StoredTensor& tensor : m_tensors)
        if (tensor.name.size() < 512) known.push_back(shown(tensor.name));
    const std::string hint = lab::suggestion(name, known);
    throw Error(m_path + ": has no tensor '" + shown(name) + "'" +
                (hint.empty() ? "; it has " + std::to_string(m_tensors.size()) + " others, is it another model's?" : hint));
}

void TensorFile::fail(const StoredTensor& tensor, const std::string& what) const {
    throw Error(m_path + ": tensor '" + shown(tensor.name) + "' (" + layoutOf(tensor.dtype).name + " " + tensor.shapeText() +
                ", byte " + std::to_string(tensor.offset) + "): " + what);
}

void TensorFile::add(StoredTensor tensor) {
    const StoredLayout& layout = layoutOf(tensor.dtype);
    if (tensor.name.size() > longestName) fail(tensor, "its name is longer than 4096 bytes; save the file again");
    if (tensor.shape.size() > mostDimensions) {
        const std::string dimensions = std::to_string(tensor.shape.size());
        tensor.shape.clear();
        fail(tensor, dimensions + " dimensions are more than 64; save the file again");
    }
    // Extents of zero are left out, so that the strides of an empty tensor cannot overflow either.
    std::uint64_t most = 8;
    for (const std::uint64_t extent : tensor.shape)
        if (!multiply(most, std::max<std::uint64_t>(extent, 1), most))
            fail(tensor, "is larger than any file; save the file again");
    tensor.count = std::find(tensor.shape.begin(), tensor.shape.end(), 0U) == tensor.shape.end() ? most / 8 : 0;
    if (tensor.strides.empty()) {
        if (tensor.count % layout.blockElements != 0)
            fail(tensor, "cannot be cut into blocks of " + std::to_string(layout.blockElements) + "; save the file again");
        // Cannot overflow: a block has at most 8 bytes per element.
        const std::uint64_t needed = tensor.count / layout.blockElements * layout.blockBytes;
        if (needed != tensor.size)
            fail(tensor, "its shape needs " + std::to_string(needed) + " bytes, but it has " + std::to_string(tensor.size) +
                             "; save or download the file again");
    }
    if (!m_byName.emplace(tensor.name, m_tensors.size()).second)
        fail(tensor, "is there twice; save the file again with each name once");
    m_tensors.push_back(std::move(tensor));
}

void TensorFile::refuseOverlaps() const {
    std::vector<const StoredTensor*> sorted;
    for (const StoredTensor& tensor : m_tensors)
        if (tensor.size != 0) sorted.push_back(&tensor);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
    for (std::size_t i = 1; i < sorted.size(); ++i)
        if (sorted[i]->offset - sorted[i - 1]->offset < sorted[i - 1]->size)
            fail(*sorted[i], "overlaps with '" + shown(sorted[i - 1]->name) + "'; save the file again");
}

std::span<const std::byte> TensorFile::bytes(const StoredTensor& tensor) const { return storedBytes(tensor); }

std::vector<float> TensorFile::readAll(const StoredTensor& tensor, std::uint64_t mostElements) const {
    if (tensor.count > mostElements)
        fail(tensor, "has more than the " + std::to_string(mostElements) + " values that fit here; read it in parts");
    std::vector<float> values(tensor.count);
    readFloats(tensor, 0, values);
    return values;
}

void TensorFile::readFloats(const StoredTensor& tensor, std::uint64_t first, std::span<float> out) const {
    if (first > tensor.count || out.size() > tensor.count - first)
        fail(tensor, "read beyond its last value, number " + std::to_string(tensor.count));
    if (out.empty()) return;
    const std::span<const std::byte> bytes = storedBytes(tensor);
    if (!tensor.strides.empty()) return readStrided(tensor, bytes, first, out);

    const StoredLayout& layout = layoutOf(tensor.dtype);
    std::array<float, 256> block;
    std::uint64_t at = first / layout.blockElements;
    std::size_t skip = first % layout.blockElements;
    while (!out.empty()) {
        const std::size_t whole = skip ? 0 : out.size() / layout.blockElements;
        if (whole != 0) {
            const std::size_t values = whole * layout.blockElements;
            dequantise(tensor.dtype, bytes.subspan(at * layout.blockBytes, whole * layout.blockBytes), out.first(values),
                       tensor.bigEndian);
            out = out.subspan(values), at += whole;
        } else { // the ends, where only a part of a block is wanted
            const std::span<float> decoded = std::span(block).first(layout.blockElements);
            dequantise(tensor.dtype, bytes.subspan(at * layout.blockBytes, layout.blockBytes), decoded, tensor.bigEndian);
            const std::size_t values = std::min(out.size(), decoded.size() - skip);
            std::copy_n(decoded.begin() + std::ptrdiff_t(skip), values, out.begin());
            out = out.subspan(values), ++at, skip = 0;
        }
    }
}

void TensorFile::readStrided(const StoredTensor& tensor, std::span<const std::byte> bytes, std::uint64_t first,
                             std::span<float> out) const {
    const unsigned itemSize = layoutOf(tensor.dtype).blockBytes;
    const std::size_t dimensions = tensor.shape.size();
    std::vector<std::uint64_t> index(dimensions);
    std::uint64_t element = 0;
    for (std::size_t d = dimensions; d-- > 0;) {
        index[d] = first % tensor.shape[d];
        first /= tensor.shape[d];
        element += index[d] * tensor.strides[d];
    }
    for (float& value : out) {
        dequantise(tensor.dtype, bytes.subspan(element * itemSize, itemSize), {&value, 1}, tensor.bigEndian);
        for (std::size_t d = dimensions; d-- > 0;) { // the next index, as an odometer counts
            element += tensor.strides[d];
            if (++index[d] < tensor.shape[d]) break;
            element -= tensor.strides[d] * tensor.shape[d];
            index[d] = 0;
        }
    }
}

} // namespace orrery::model
