// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/replace_file.h"

#include "engine/error.h"

#include <filesystem>
#include <fstream>
#include <random>

namespace orrery {

void replaceFile(const std::string& path, const std::function<void(std::ostream&)>& write) {
    std::error_code error;
    const bool there = std::filesystem::exists(path, error);
    const bool inPlace = there && !std::filesystem::is_regular_file(path, error);
    const std::string target = there ? std::filesystem::canonical(path, error).string() : path; // a link stays a link
    // Two programs that write the same file at once must not share the one beside it.
    const std::string written = inPlace ? target : target + '.' + std::to_string(std::random_device{}()) + ".part";
    try {
        std::ofstream out(written, std::ios::binary | std::ios::trunc);
        write(out);
        out.close();
        if (out && !inPlace) std::filesystem::rename(written, target, error);
        if (!out || error) throw Error(path + ": cannot be written; check that the folder may be written to and has room");
    } catch (...) {
        if (!inPlace) std::filesystem::remove(written, error);
        throw;
    }
}

} // namespace orrery
