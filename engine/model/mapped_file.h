// SPDX-License-Identifier: GPL-3.0-or-later
// A file as bytes, mapped into memory for reading, so that a checkpoint larger than the memory can be opened and only
// what is touched is read. All that depends on the operating system is in mapped_file.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery::model {

class MappedFile {
 public:
    explicit MappedFile(const std::string& path); ///< throws Error
    /// Bytes that are in memory already and outlive this object (an asset of the program), under a name for errors.
    MappedFile(std::string name, std::span<const std::byte> content);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    const std::string& path() const { return m_path; }
    std::uint64_t size() const { return m_size; } ///< bytes, when it was opened

    /// Throws Error when the range does not lie in the file. Valid as long as this object.
    std::span<const std::byte> bytes(std::uint64_t offset, std::uint64_t size) const;
    std::span<const std::byte> all() const { return {m_data, std::size_t(m_size)}; }

    /// Throws Error when the file has become shorter: touching a mapped page that is gone would end the program.
    void checkSize() const;

 private:
    std::string m_path;
    const std::byte* m_data = nullptr;
    std::uint64_t m_size = 0;
    int m_handle = -1;             // kept open for checkSize; -1 of bytes that were given
    std::vector<std::byte> m_copy; // where nothing can be mapped
};

} // namespace orrery::model
