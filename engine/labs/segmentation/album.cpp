// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/album.h"

#include "engine/error.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace orrery::segmentation {

namespace fs = std::filesystem;

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

bool before(const std::string& a, const std::string& b) {
    std::size_t i = 0, j = 0;
    while (i < a.size() && j < b.size()) {
        if (!digit(a[i]) || !digit(b[j])) {
            if (a[i] != b[j]) return a[i] < b[j];
            ++i, ++j;
            continue;
        }
        const auto number = [](const std::string& text, std::size_t& at) { // without leading zeros
            while (at + 1 < text.size() && text[at] == '0' && digit(text[at + 1])) ++at;
            const std::size_t from = at;
            while (at < text.size() && digit(text[at])) ++at;
            return text.substr(from, at - from);
        };
        const std::string left = number(a, i), right = number(b, j);
        if (left != right) return left.size() != right.size() ? left.size() < right.size() : left < right;
    }
    if (a.size() - i != b.size() - j) return a.size() - i < b.size() - j;
    return a < b;
}

} // namespace

bool isPictureFile(const std::string& path) {
    std::string ending = fs::path(path).extension().string();
    for (char& c : ending)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return ending == ".png" || ending == ".jpg" || ending == ".jpeg" || ending == ".bmp";
}

std::vector<std::string> picturesIn(const std::string& folderOrList) {
    if (folderOrList.find('\n') != std::string::npos) {
        std::vector<std::string> files;
        std::istringstream lines(folderOrList);
        for (std::string line; std::getline(lines, line);)
            if (!line.empty()) files.push_back(line);
        return files;
    }
    std::error_code error;
    if (fs::is_regular_file(folderOrList, error)) return {folderOrList};
    fs::directory_iterator folder(folderOrList, error);
    if (error) throw Error(folderOrList + ": the folder cannot be read (" + error.message() + ")");
    std::vector<std::string> files;
    for (const fs::directory_iterator end; folder != end; folder.increment(error)) {
        if (error) throw Error(folderOrList + ": the folder cannot be read to its end (" + error.message() + ")");
        if (isPictureFile(folder->path().string()) && folder->is_regular_file(error)) files.push_back(folder->path().string());
    }
    if (files.empty()) throw Error(folderOrList + ": there is no PNG, JPEG or BMP in the folder");
    std::ranges::sort(files, before);
    return files;
}

} // namespace orrery::segmentation
