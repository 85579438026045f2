// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/mapped_file.h"

#include "engine/error.h"

#include <filesystem>
#include <fstream>

#if defined(__unix__) || defined(__APPLE__)
#define ORRERY_POSIX_MAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace orrery::model {

MappedFile::MappedFile(const std::string& path) : m_path(path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    if (std::filesystem::is_directory(status)) throw Error(path + ": is a folder, not a file; name a file in it");
    const Error unreadable(path + ": cannot be read; check that it exists and that you may read it");
    // A pipe or a device has no size to check offsets against, and opening one may block for ever.
    if (!std::filesystem::exists(status)) throw unreadable;
    if (!std::filesystem::is_regular_file(status)) throw Error(path + ": is not a regular file; save its content as one");
#ifdef ORRERY_POSIX_MAP
    m_handle = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (m_handle < 0) throw unreadable;
    struct stat info {};
    const bool known = fstat(m_handle, &info) == 0 && info.st_size >= 0;
    m_size = known ? std::uint64_t(info.st_size) : 0;
    if (known && m_size == 0) return; // an empty file cannot be mapped
    void* const data = known ? mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, m_handle, 0) : MAP_FAILED;
    if (data == MAP_FAILED) {
        close(m_handle);
        throw Error(path + ": its " + std::to_string(m_size) + " bytes cannot be mapped into memory; close other programs");
    }
    m_data = static_cast<const std::byte*>(data);
#else
    m_size = std::filesystem::file_size(path, error);
    std::ifstream in(path, std::ios::binary);
    if (error || !in) throw unreadable;
    m_copy.resize(m_size);
    in.read(reinterpret_cast<char*>(m_copy.data()), std::streamsize(m_size));
    if (std::uint64_t(in.gcount()) != m_size) throw unreadable;
    m_data = m_copy.data();
#endif
}

MappedFile::MappedFile(std::string name, std::span<const std::byte> content)
    : m_path(std::move(name)), m_data(content.data()), m_size(content.size()) {}

MappedFile::~MappedFile() {
#ifdef ORRERY_POSIX_MAP
    if (m_data && m_handle >= 0) munmap(const_cast<std::byte*>(m_data), m_size);
    if (m_handle >= 0) close(m_handle);
#endif
}

std::span<const std::byte> MappedFile::bytes(std::uint64_t offset, std::uint64_t size) const {
    if (offset > m_size || size > m_size - offset)
        throw Error(m_path + ": ends at byte " + std::to_string(m_size) + ", but " + std::to_string(size) + " bytes from byte " +
                    std::to_string(offset) + " on are wanted; download or copy it again");
    return all().subspan(offset, size);
}

void MappedFile::checkSize() const {
#ifdef ORRERY_POSIX_MAP
    if (m_handle < 0) return;
    struct stat info {};
    if (fstat(m_handle, &info) != 0 || info.st_size < 0 || std::uint64_t(info.st_size) < m_size)
        throw Error(m_path + ": has become shorter than its " + std::to_string(m_size) +
                    " bytes while it was open; leave it unchanged meanwhile and open it again");
#endif
}

} // namespace orrery::model
