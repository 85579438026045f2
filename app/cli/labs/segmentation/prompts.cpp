// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/labs/segmentation/prompts.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/segmentation/album.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace orrery::cli {

namespace fs = std::filesystem;

namespace {

std::vector<double> numbersIn(const std::string& text) {
    std::vector<double> numbers;
    const char *at = text.data(), *end = text.data() + text.size();
    while (true) {
        double value = 0;
        const auto [next, error] = std::from_chars(at, end, value);
        if (error != std::errc() || !std::isfinite(value)) return {};
        numbers.push_back(value);
        if (next == end) return numbers;
        if (*next != ',') return {};
        at = next + 1;
    }
}

ObjectPrompt objectOf(const nlohmann::json& row) {
    ObjectPrompt object;
    object.label = row.value("label", std::string());
    for (const auto& [key, value] : row.items())
        if (key != "image" && key != "label" && key != "points" && key != "box")
            throw Error("'" + key + "' is not known" + lab::suggestion(key, {"image", "label", "points", "box"}));
    if (row.contains("points"))
        for (const auto& point : row.at("points")) {
            const auto numbers = point.get<std::vector<double>>();
            if (numbers.size() < 2 || numbers.size() > 3) throw Error("a point is [x, y], [x, y, 1] or [x, y, 0]");
            object.prompt.clicks.push_back({numbers[0], numbers[1], numbers.size() < 3 || numbers[2] != 0});
        }
    if (row.contains("box")) {
        const auto numbers = row.at("box").get<std::vector<double>>();
        if (numbers.size() != 4) throw Error("a box is [x0, y0, x1, y1]");
        object.prompt.box = segmentation::Box{numbers[0], numbers[1], numbers[2], numbers[3]};
    }
    if (object.prompt.empty()) throw Error("it has neither points nor a box");
    return object;
}

} // namespace

std::vector<std::string> picturesOf(const std::vector<std::string>& given) {
    std::vector<std::string> all;
    std::error_code error;
    for (const std::string& path : given) {
        if (!fs::is_directory(path, error)) {
            if (!fs::exists(path, error)) throw Error(path + ": there is no such file");
            all.push_back(path);
            continue;
        }
        const std::vector<std::string> inside = segmentation::picturesIn(path);
        all.insert(all.end(), inside.begin(), inside.end());
    }
    return all;
}

segmentation::Click clickOf(const std::string& text) {
    const std::vector<double> n = numbersIn(text);
    const bool labelled = n.size() == 3 && (n[2] == 0 || n[2] == 1);
    if (n.size() != 2 && !labelled) throw Error("'" + text + "' is no point; write x,y or x,y,0 for what does not belong to it");
    return {n[0], n[1], n.size() == 2 || n[2] == 1};
}

segmentation::Box boxOf(const std::string& text) {
    const std::vector<double> n = numbersIn(text);
    if (n.size() != 4) throw Error("'" + text + "' is no box; write x0,y0,x1,y1");
    return {n[0], n[1], n[2], n[3]};
}

std::map<std::string, std::vector<ObjectPrompt>> promptsFrom(const std::string& path, const std::vector<std::string>& pictures) {
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(path + ": cannot be read; check that it exists and that you may read it");
    std::map<std::string, std::vector<ObjectPrompt>> all;
    std::size_t number = 0;
    try {
        for (const auto& row : lab::parseJson({std::istreambuf_iterator<char>(in), {}})) {
            ++number;
            if (!row.contains("image") && pictures.size() > 1)
                throw Error("with several pictures each entry names its \"image\"");
            const std::string image =
                row.contains("image") ? row.at("image").get<std::string>() : fs::path(pictures.front()).filename().string();
            const bool known = std::ranges::any_of(pictures, [&](const auto& p) { return fs::path(p).filename() == image; });
            if (!known) throw Error("the picture '" + image + "' is not among those given");
            all[image].push_back(objectOf(row));
        }
    } catch (const nlohmann::json::exception& error) {
        throw Error(path + ": entry " + std::to_string(number) + " cannot be read (" + error.what() + ")");
    } catch (const Error& error) {
        throw Error(path + ": entry " + std::to_string(number) + ": " + error.what());
    }
    if (all.empty()) throw Error(path + ": no entry says what to cut out");
    return all;
}

} // namespace orrery::cli
