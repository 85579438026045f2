// SPDX-License-Identifier: GPL-3.0-or-later
// The zip archives of PyTorch and NumPy (PKWARE APPNOTE.TXT 6.3.3, with Zip64). Only the central directory is believed; of
// a local header, only how long it is. Entries are checked to lie in the file, apart from each other.
#pragma once

#include "engine/model/mapped_file.h"

#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace orrery::model {

struct ZipEntry {
    std::string name; ///< never used as a path
    std::uint16_t method = 0;
    std::uint64_t offset = 0; ///< byte of the file where its data begin
    std::uint64_t packed = 0; ///< bytes in the file
    std::uint64_t size = 0;   ///< bytes that come out
    std::uint32_t crc = 0;

    bool isStored() const { return method == 0; }
};

class ZipDirectory {
 public:
    /// Throws Error. `format` is what the file is called in errors: "PyTorch checkpoint". The file must outlive this.
    ZipDirectory(const MappedFile& file, const char* format);

    const std::vector<ZipEntry>& entries() const { return m_entries; }
    const ZipEntry* find(const std::string& name) const; ///< null when there is none

    /// Of a stored entry; throws Error for a compressed one.
    std::span<const std::byte> bytes(const ZipEntry& entry) const;

    /// The first `most` bytes (or all, then with the checksum verified) of a stored or deflated entry. Throws Error when it
    /// does not come out as the directory says, or would be larger than 4 GiB.
    std::vector<std::byte> unpack(const ZipEntry& entry, std::uint64_t most = UINT64_MAX) const;

 private:
    [[noreturn]] void fail(const ZipEntry& entry, const std::string& what) const;
    void readDirectory(std::uint64_t at, std::uint64_t size, std::uint64_t count);
    void refuseOverlaps() const;

    const MappedFile& m_file;
    const char* m_format;
    std::vector<ZipEntry> m_entries;
    std::unordered_map<std::string, std::size_t> m_byName;
};

bool looksLikeZip(std::span<const std::byte> start);

} // namespace orrery::model
