// SPDX-License-Identifier: GPL-3.0-or-later
// Model files made byte by byte after their specifications, not by our own writers.
#pragma once

#include "engine/error.h"
#include "engine/model/tensor_file.h"
#include "tests/support/error_of.h"

#include <QtTest/QtTest>

#include <zlib.h>

#include <array>
#include <bit>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

namespace orrery::test {

template <class T>
std::string little(T value) {
    const auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value); // tests run on little-endian machines
    return {bytes.data(), bytes.size()};
}
inline std::string u16(std::uint64_t value) { return little(std::uint16_t(value)); }
inline std::string u32(std::uint64_t value) { return little(std::uint32_t(value)); }
inline std::string u64(std::uint64_t value) { return little(std::uint64_t(value)); }

template <class T>
std::string raw(const std::vector<T>& values) {
    std::string bytes;
    for (const T value : values) bytes += little(value);
    return bytes;
}

inline std::string saveFile(const QTemporaryDir& folder, const std::string& name, const std::string& bytes) {
    std::string path = folder.filePath(QString::fromStdString(name)).toStdString();
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
    return path;
}
inline std::string loadFile(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Opens the file and reads all of it; what a hostile file must not survive, or must survive without harm.
inline std::uint64_t readEverything(const std::string& path) {
    const auto file = model::openTensorFile(path);
    std::uint64_t values = 0;
    for (const model::StoredTensor& tensor : file->tensors()) values += file->readAll(tensor, 1U << 24).size();
    return values;
}

/// `header` is padded with nothing: its length is given as it is.
inline std::string safetensors(const std::string& header, const std::string& data) { return u64(header.size()) + header + data; }

struct Packed {
    std::string name, data;
    bool deflated = false;
};

/// A zip with Zip64 records when `zip64`, with data at multiples of 64 bytes when `aligned`, as PyTorch writes it.
inline std::string zipOf(const std::vector<Packed>& entries, bool zip64 = false, bool aligned = false) {
    std::string file, directory;
    for (const Packed& entry : entries) {
        std::string data = entry.data;
        if (entry.deflated) {
            z_stream stream{};
            deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
            data.resize(deflateBound(&stream, uLong(entry.data.size())));
            stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(entry.data.data()));
            stream.avail_in = uInt(entry.data.size());
            stream.next_out = reinterpret_cast<Bytef*>(data.data());
            stream.avail_out = uInt(data.size());
            deflate(&stream, Z_FINISH);
            data.resize(stream.total_out);
            deflateEnd(&stream);
        }
        const auto crc = crc32(0, reinterpret_cast<const Bytef*>(entry.data.data()), uInt(entry.data.size()));
        const std::string method = u16(entry.deflated ? 8 : 0);
        const std::string sizes = zip64 ? u32(0xffffffff) + u32(0xffffffff) : u32(data.size()) + u32(entry.data.size());
        const std::uint64_t at = file.size();
        const std::string wide = zip64 ? u16(1) + u16(24) + u64(entry.data.size()) + u64(data.size()) + u64(at) : "";
        std::string pad;
        if (aligned) {
            const std::size_t begins = at + 30 + entry.name.size() + 4;
            pad = u16(0x4246) + u16((64 - begins % 64) % 64) + std::string((64 - begins % 64) % 64, 'Z');
        }
        file += u32(0x04034b50) + u16(20) + u16(0) + method + u32(0) + u32(crc) + sizes + u16(entry.name.size()) +
                u16(pad.size()) + entry.name + pad + data;
        directory += u32(0x02014b50) + u16(20) + u16(20) + u16(0) + method + u32(0) + u32(crc) + sizes + u16(entry.name.size()) +
                     u16(wide.size()) + u16(0) + u16(0) + u16(0) + u32(0) + u32(zip64 ? 0xffffffff : at) + entry.name + wide;
    }
    const std::uint64_t at = file.size(), count = entries.size();
    file += directory;
    if (zip64) {
        const std::uint64_t record = file.size();
        file += u32(0x06064b50) + u64(44) + u16(45) + u16(45) + u32(0) + u32(0) + u64(count) + u64(count) +
                u64(directory.size()) + u64(at);
        file += u32(0x07064b50) + u32(0) + u64(record) + u32(1);
        return file + u32(0x06054b50) + u16(0) + u16(0) + u16(0xffff) + u16(0xffff) + u32(0xffffffff) + u32(0xffffffff) + u16(0);
    }
    return file + u32(0x06054b50) + u16(0) + u16(0) + u16(count) + u16(count) + u32(directory.size()) + u32(at) + u16(0);
}

} // namespace orrery::test
