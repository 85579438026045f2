// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/zip.h"

#include "engine/error.h"
#include "engine/model/bytes.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>

namespace orrery::model {

namespace {

constexpr std::uint32_t endMark = 0x06054b50, end64Mark = 0x06064b50, locatorMark = 0x07064b50, directoryMark = 0x02014b50,
                        localMark = 0x04034b50;
constexpr std::uint64_t endSize = 22, longestComment = 65535, locatorSize = 20, directorySize = 46, localSize = 30;
constexpr std::uint64_t largestUnpacked = std::uint64_t(4) << 30;
constexpr const char* advice = "download or save it again";

std::uint32_t word(std::span<const std::byte> bytes, std::uint64_t at) {
    return std::uint32_t(littleEndian(bytes.subspan(at, 4)));
}

/// Sizes and position that did not fit into 32 bits, in this order, only those that did not.
void readZip64(ByteReader extra, ZipEntry& entry) {
    while (extra.left() >= 4) {
        const auto id = extra.number<std::uint16_t>("an extra field");
        const auto size = extra.number<std::uint16_t>("an extra field");
        const std::uint64_t next = extra.at() + size;
        if (id == 1)
            for (std::uint64_t* value : {&entry.size, &entry.packed, &entry.offset})
                if (*value == 0xffffffff) *value = extra.number<std::uint64_t>("a Zip64 field");
        extra.seek(next);
    }
}

} // namespace

bool looksLikeZip(std::span<const std::byte> start) {
    return start.size() >= 4 && (word(start, 0) == localMark || word(start, 0) == endMark);
}

ZipDirectory::ZipDirectory(const MappedFile& file, const char* format) : m_file(file), m_format(format) {
    const Source source{file.path(), format, advice};
    const auto all = file.all();
    if (all.size() < endSize) source.fail(0, "it has only " + std::to_string(all.size()) + " bytes");
    // The end record is the last whose comment reaches exactly to the end of the file.
    std::uint64_t end = all.size() - endSize;
    const std::uint64_t lowest = end - std::min(end, longestComment);
    while (word(all, end) != endMark || littleEndian(all.subspan(end + 20, 2)) != all.size() - end - endSize)
        if (end-- == lowest) source.fail(all.size(), "the zip directory at its end is missing; it is cut off");
    ByteReader reader(source, all);
    reader.seek(end + 4);
    const auto disk = reader.number<std::uint32_t>("the end record"); // of this and of the directory
    reader.take(2, "the end record");
    std::uint64_t count = reader.number<std::uint16_t>("the end record");
    std::uint64_t size = reader.number<std::uint32_t>("the end record"), at = reader.number<std::uint32_t>("the end record");
    std::uint64_t before = end;
    if (end >= locatorSize && word(all, end - locatorSize) == locatorMark) {
        reader.seek(end - locatorSize + 8);
        before = reader.number<std::uint64_t>("the Zip64 locator");
        if (before > end - locatorSize) source.fail(end - locatorSize, "the Zip64 record lies outside");
        reader.seek(before);
        if (reader.number<std::uint32_t>("the Zip64 record") != end64Mark) reader.fail("the Zip64 record is not there");
        reader.take(28, "the Zip64 record");
        count = reader.number<std::uint64_t>("the Zip64 record");
        size = reader.number<std::uint64_t>("the Zip64 record");
        at = reader.number<std::uint64_t>("the Zip64 record");
    } else if (disk != 0 && disk != 0xffffffff) {
        source.fail(end, "archives of several disks cannot be read");
    }
    if (at > before || size > before - at) source.fail(end, "the zip directory lies outside");
    if (count > size / directorySize) source.fail(end, std::to_string(count) + " entries do not fit into the directory");
    readDirectory(at, size, count);
    refuseOverlaps();
}

void ZipDirectory::readDirectory(std::uint64_t at, std::uint64_t size, std::uint64_t count) {
    const Source source{m_file.path(), m_format, advice};
    ByteReader reader(source, m_file.bytes(at, size), at);
    m_entries.reserve(count);
    for (std::uint64_t i = 0; i < count; ++i) {
        if (reader.number<std::uint32_t>("an entry") != directoryMark) reader.fail("entry " + std::to_string(i) + " has no mark");
        reader.take(4, "an entry"); // versions
        const auto flags = reader.number<std::uint16_t>("an entry");
        ZipEntry entry;
        entry.method = reader.number<std::uint16_t>("an entry");
        reader.take(4, "an entry"); // time and date
        entry.crc = reader.number<std::uint32_t>("an entry");
        entry.packed = reader.number<std::uint32_t>("an entry");
        entry.size = reader.number<std::uint32_t>("an entry");
        const auto nameSize = reader.number<std::uint16_t>("an entry");
        const auto extraSize = reader.number<std::uint16_t>("an entry");
        const auto commentSize = reader.number<std::uint16_t>("an entry");
        reader.take(8, "an entry"); // disk, attributes
        entry.offset = reader.number<std::uint32_t>("an entry");
        entry.name = reader.text(nameSize, "the name of an entry");
        const std::uint64_t extraAt = at + reader.at();
        readZip64(ByteReader(source, reader.take(extraSize, "the extra field of an entry"), extraAt), entry);
        reader.take(commentSize, "the comment of an entry");
        if (flags & 1) fail(entry, "is encrypted");
        if (!m_byName.emplace(entry.name, m_entries.size()).second) fail(entry, "is there twice");
        m_entries.push_back(std::move(entry));
    }
    // All data lie before the directory.
    for (ZipEntry& entry : m_entries)
        if (entry.offset > at || localSize > at - entry.offset)
            fail(entry, "points outside, to byte " + std::to_string(entry.offset));
    for (ZipEntry& entry : m_entries) {
        const auto local = m_file.bytes(entry.offset, localSize);
        if (word(local, 0) != localMark) fail(entry, "has no header at byte " + std::to_string(entry.offset));
        const std::uint64_t data =
            entry.offset + localSize + littleEndian(local.subspan(26, 2)) + littleEndian(local.subspan(28, 2));
        if (data > at || entry.packed > at - data)
            fail(entry, "needs " + std::to_string(entry.packed) + " bytes from byte " + std::to_string(data) +
                            " on, but the archive's data end at byte " + std::to_string(at));
        if (entry.isStored() && entry.size != entry.packed) fail(entry, "is stored, yet of two sizes");
        entry.offset = data;
    }
}

void ZipDirectory::refuseOverlaps() const {
    std::vector<const ZipEntry*> sorted;
    for (const ZipEntry& entry : m_entries)
        if (entry.packed != 0) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->offset < b->offset; });
    for (std::size_t i = 1; i < sorted.size(); ++i)
        if (sorted[i]->offset - sorted[i - 1]->offset < sorted[i - 1]->packed)
            fail(*sorted[i], "overlaps with '" + shown(sorted[i - 1]->name) + "'");
}

void ZipDirectory::fail(const ZipEntry& entry, const std::string& what) const {
    Source{m_file.path(), m_format, advice}.fail(entry.offset, "entry '" + shown(entry.name) + "' " + what);
}

const ZipEntry* ZipDirectory::find(const std::string& name) const {
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_entries[found->second];
}

std::span<const std::byte> ZipDirectory::bytes(const ZipEntry& entry) const {
    if (!entry.isStored()) fail(entry, "is compressed (method " + std::to_string(entry.method) + "), which this format never is");
    return m_file.bytes(entry.offset, entry.packed);
}

std::vector<std::byte> ZipDirectory::unpack(const ZipEntry& entry, std::uint64_t most) const {
    m_file.checkSize();
    const auto packed = m_file.bytes(entry.offset, entry.packed);
    const std::uint64_t wanted = std::min(entry.size, most);
    if (wanted > largestUnpacked) fail(entry, "is larger than 4 GiB; save it uncompressed with numpy.savez");
    if (entry.isStored()) return {packed.begin(), packed.begin() + std::ptrdiff_t(wanted)};
    if (entry.method != Z_DEFLATED) fail(entry, "is packed by method " + std::to_string(entry.method) + ", not deflate");

    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Error(m_file.path() + ": zlib cannot start; close other programs");
    // Both sides in pieces: zlib counts in 32 bits, and a directory that lies about the size costs no memory.
    constexpr std::size_t piece = 1 << 20;
    std::vector<std::byte> out;
    std::size_t eaten = 0;
    int state = Z_OK;
    while (state == Z_OK && out.size() < wanted) {
        const std::size_t made = out.size(), in = std::min(piece, packed.size() - eaten);
        out.resize(made + std::min<std::uint64_t>(piece, wanted - made));
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(packed.data() + eaten));
        stream.avail_in = uInt(in);
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + made);
        stream.avail_out = uInt(out.size() - made);
        state = inflate(&stream, Z_NO_FLUSH);
        eaten += in - stream.avail_in;
        out.resize(out.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (out.size() != wanted)
        fail(entry, "unpacks to " + std::to_string(out.size()) + " bytes, but should to " + std::to_string(wanted));
    if (wanted == entry.size) {
        uLong crc = crc32(0, nullptr, 0);
        for (std::size_t at = 0; at < out.size(); at += piece)
            crc = crc32(crc, reinterpret_cast<const Bytef*>(out.data() + at), uInt(std::min(piece, out.size() - at)));
        if (crc != entry.crc) fail(entry, "is damaged: its checksum is wrong");
    }
    return out;
}

} // namespace orrery::model
