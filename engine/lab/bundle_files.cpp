// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/bundle_files.h"

#include "engine/error.h"

#include <algorithm>
#include <random>

namespace orrery::lab {

namespace {

namespace fs = std::filesystem;

constexpr const char* unfinished = ".bundle.part";

/// A folder beside the place where the files shall be, so that they need only be renamed; gone at the end.
class Staging {
 public:
    explicit Staging(const fs::path& folder) : m_path(folder / (std::to_string(std::random_device{}()) + unfinished)) {
        std::error_code error;
        fs::create_directories(folder, error);
        if (!fs::create_directory(m_path, error) || error)
            throw Error(folder.string() + ": cannot be written to; choose a folder that exists and that you may write to");
    }
    ~Staging() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    BundleFiles files() const { return {m_path, "bundle"}; }

 private:
    fs::path m_path;
};

/// "street-jpg-neck" of "street.jpg, neck": letters and digits that every file system takes.
std::string stemOf(const std::string& title) {
    std::string stem;
    for (const char c : title.substr(0, 64)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (plain)
            stem += c;
        else if (!stem.empty() && stem.back() != '-')
            stem += '-';
    }
    while (!stem.empty() && stem.back() == '-') stem.pop_back();
    return stem.empty() ? "rows" : stem;
}

std::string hexOf(std::uint64_t value) {
    std::string text;
    for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[value >> shift & 15];
    return text;
}

/// What lies there longest goes, but for the newest; so does what a program that was ended has left half done.
void tidy(const fs::path& folder, const fs::path& newest) {
    struct Kept {
        fs::file_time_type time;
        BundleFiles files;
    };
    std::vector<Kept> all;
    std::error_code error;
    const auto now = fs::file_time_type::clock::now();
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
        const fs::path& path = entry.path();
        const auto time = entry.last_write_time(error);
        if (path.string().ends_with(unfinished) && now - time > std::chrono::hours(24)) fs::remove_all(path, error);
        if (path.extension() == ".npy" && path != newest) all.push_back({time, {folder, path.stem().string()}});
    }
    std::sort(all.begin(), all.end(), [](const Kept& a, const Kept& b) { return a.time > b.time; });
    std::size_t count = 1;
    std::uint64_t bytes = BundleFiles(folder, newest.stem().string()).bytes();
    for (const Kept& kept : all) {
        bytes += kept.files.bytes();
        if (++count > mostBundles || bytes > mostBundleBytes) kept.files.remove();
    }
}

} // namespace

void BundleFiles::moveTo(const BundleFiles& other) const {
    std::error_code error;
    other.remove(); // its .npy first: no file of the old set stands beside one of the new
    for (const auto& [from, to] : {std::pair(labels(), other.labels()), {sheet(), other.sheet()}, {values(), other.values()}}) {
        if (!fs::exists(from, error)) continue;
        fs::rename(from, to, error);
        if (error) throw Error(to.string() + ": cannot be written; check that the folder may be written to and has room");
    }
}

void BundleFiles::remove() const {
    std::error_code ignored;
    for (const fs::path& each : {values(), labels(), sheet()}) fs::remove(each, ignored);
}

std::uint64_t BundleFiles::bytes() const {
    std::uint64_t sum = 0;
    for (const fs::path& each : {values(), labels(), sheet()}) {
        std::error_code error;
        const std::uintmax_t size = fs::file_size(each, error);
        if (!error) sum += size;
    }
    return sum;
}

void writeBundle(const Bundle& bundle, const std::string& path, const BundleProgress& progress) {
    const fs::path target(path);
    std::error_code error;
    if (target.extension() != ".npy") throw Error(path + ": a bundle's rows are a .npy; give it that ending");
    if (fs::is_directory(target, error)) throw Error(path + ": is a folder, not a file");
    const fs::path folder = target.parent_path().empty() ? fs::path(".") : target.parent_path();
    if (!fs::is_directory(folder, error)) throw Error(path + ": there is no such folder");
    const Staging staging(folder);
    writeBundleFiles(bundle, staging.files(), progress);
    staging.files().moveTo({folder, target.stem().string()});
}

std::string keepBundle(const Bundle& bundle, const std::string& folder, const BundleProgress& progress) {
    const Staging staging(folder);
    const std::uint64_t hash = writeBundleFiles(bundle, staging.files(), progress);
    const BundleFiles place(folder, stemOf(bundle.title) + "-" + hexOf(hash));
    std::error_code error;
    if (fs::exists(place.values(), error) && place.bytes() == staging.files().bytes())
        fs::last_write_time(place.values(), fs::file_time_type::clock::now(), error); // wanted again: it stays longer
    else
        staging.files().moveTo(place);
    tidy(folder, place.values());
    return place.values().string();
}

} // namespace orrery::lab
