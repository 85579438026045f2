// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/numpy_file.h"

#include "engine/error.h"
#include "engine/model/bytes.h"
#include "engine/model/npy.h"

#include <cstring>
#include <filesystem>

namespace orrery::model {

namespace {

Stored storedType(const NpyHeader& header) {
    const unsigned log = header.itemSize == 1 ? 0 : header.itemSize == 2 ? 1 : header.itemSize == 4 ? 2 : 3;
    constexpr Stored whole[] = {Stored::i8, Stored::i16, Stored::i32, Stored::i64};
    constexpr Stored natural[] = {Stored::u8, Stored::u16, Stored::u32, Stored::u64};
    constexpr Stored real[] = {Stored::u8, Stored::f16, Stored::f32, Stored::f64}; // a float has two bytes at least
    return header.kind == 'b' ? Stored::boolean : header.kind == 'i' ? whole[log] : header.kind == 'u' ? natural[log] : real[log];
}

} // namespace

bool looksLikeNpy(std::span<const std::byte> start) {
    return start.size() >= 6 && std::memcmp(start.data(), "\x93NUMPY", 6) == 0;
}

NumpyFile::NumpyFile(const std::string& path) : TensorFile(path, "NumPy"), m_file(path) {
    if (looksLikeNpy(m_file.all())) {
        addArray(std::filesystem::path(path).stem().string(), m_file.all(), m_file.size(), 0, 0);
        return;
    }
    m_zip.emplace(m_file, ".npz file");
    std::uint32_t part = 0;
    for (const ZipEntry& entry : m_zip->entries()) {
        if (!entry.name.ends_with(".npy"))
            throw Error(path + ": entry '" + shown(entry.name) +
                        "' is not an array (.npy), and no data.pkl makes it a PyTorch checkpoint; save it with numpy.savez");
        const std::string name = entry.name.substr(0, entry.name.size() - 4);
        if (entry.isStored()) {
            addArray(name, m_zip->bytes(entry), entry.size, entry.offset, part);
        } else {
            addArray(name, m_zip->unpack(entry, npyStart), entry.size, 0, part);
        }
        ++part;
    }
    if (part == 0) throw Error(path + ": the archive holds no array; save it with numpy.savez");
}

void NumpyFile::addArray(const std::string& name, std::span<const std::byte> start, std::uint64_t size, std::uint64_t offset,
                         std::uint32_t part) {
    const std::string where = m_zip ? path() + ": " + shown(name) + ".npy" : path();
    const std::span<const std::byte> head = start.first(std::min<std::uint64_t>(start.size(), npyStart));
    const NpyHeader header = readNpyHeader(where, {reinterpret_cast<const unsigned char*>(head.data()), head.size()}, size);
    StoredTensor tensor{.name = name, .dtype = storedType(header), .shape = header.shape};
    tensor.offset = offset + header.dataOffset;
    tensor.size = header.count * header.itemSize;
    tensor.bigEndian = header.bigEndian && header.itemSize > 1;
    tensor.part = part;
    if (header.fortranOrder && header.shape.size() > 1 && header.count != 0) {
        std::uint64_t stride = 1;
        for (const std::uint64_t extent : header.shape) tensor.strides.push_back(stride), stride *= extent;
    }
    add(std::move(tensor));
}

std::span<const std::byte> NumpyFile::storedBytes(const StoredTensor& tensor) const {
    m_file.checkSize();
    if (!m_zip || m_zip->entries()[tensor.part].isStored()) return m_file.bytes(tensor.offset, tensor.size);
    const std::lock_guard lock(m_mutex);
    auto found = m_unpacked.find(tensor.part);
    if (found == m_unpacked.end()) found = m_unpacked.emplace(tensor.part, m_zip->unpack(m_zip->entries()[tensor.part])).first;
    return std::span<const std::byte>(found->second).subspan(tensor.offset, tensor.size);
}

} // namespace orrery::model
