// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/inputs.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/lab/settings.h"

#include <algorithm>
#include <filesystem>

namespace orrery::lab {

namespace {

/// "/" of a folder, and of several files, one a line.
std::string extension(const std::string& path) {
    std::error_code error;
    if (path.find('\n') != std::string::npos || std::filesystem::is_directory(path, error)) return "/";
    std::string text = std::filesystem::path(path).extension().string();
    if (!text.empty()) text.erase(0, 1);
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return text;
}

} // namespace

const Input* inputFor(const Declaration& declaration, const std::string& path) {
    const std::string wanted = extension(path);
    for (const Input& input : declaration.inputs)
        if (std::find(input.extensions.begin(), input.extensions.end(), wanted) != input.extensions.end()) return &input;
    return nullptr;
}

std::vector<std::pair<std::string, Value>> inputValues(const Declaration& declaration, const std::string& path) {
    const Input* input = inputFor(declaration, path);
    if (!input) {
        std::vector<std::string> taken;
        for (const Input& each : declaration.inputs)
            taken.push_back((each.extensions.front() == "/" ? "folders" : join(each.extensions)) + " (" + each.meaning + ")");
        throw Error(path + ": " + declaration.name +
                    (taken.empty() ? " takes no files" : " cannot take such a file; it takes " + join(taken, "; ")));
    }
    std::error_code error;
    const bool list = path.find('\n') != std::string::npos;
    if (!list && !std::filesystem::exists(path, error)) throw Error(path + ": there is no such file");
    Settings trial(declaration);
    std::vector<std::pair<std::string, Value>> values;
    for (const auto& [key, text] : input->sets) {
        trial.setText(key, text);
        values.emplace_back(key, trial.value(key));
    }
    values.emplace_back(input->key, list ? path : std::filesystem::absolute(path).lexically_normal().string());
    return values;
}

} // namespace orrery::lab
