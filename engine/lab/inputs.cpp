// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/inputs.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/lab/settings.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

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

bool isProse(std::string_view text) {
    std::size_t prose = 0, lines = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string_view line = text.substr(at, end - at);
        at = end + 1;
        std::size_t fields = 0, numbers = 0;
        bool inside = false;
        for (std::size_t i = 0; i < line.size(); ++i) {
            const bool parts = line[i] == ' ' || line[i] == '\t' || line[i] == ',' || line[i] == ';' || line[i] == '\r';
            if (!parts && !inside) {
                ++fields;
                const char sign =
                    line[i] == '-' || line[i] == '+' || line[i] == '.' ? (i + 1 < line.size() ? line[i + 1] : ' ') : line[i];
                numbers += sign >= '0' && sign <= '9';
            }
            inside = !parts;
        }
        if (fields == 0) continue;
        ++lines;
        const bool table = 2 * numbers >= fields || line.find('\t') != std::string_view::npos;
        prose += !table;
    }
    return lines > 0 && 2 * prose > lines;
}

const Input* inputFor(const Declaration& declaration, const std::string& path) {
    const std::string wanted = extension(path);
    std::vector<const Input*> takers;
    for (const Input& input : declaration.inputs)
        if (std::find(input.extensions.begin(), input.extensions.end(), wanted) != input.extensions.end())
            takers.push_back(&input);
    if (takers.size() < 2) return takers.empty() ? nullptr : takers.front();
    std::string begin(1 << 16, '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(begin.data(), std::streamsize(begin.size()));
    begin.resize(std::size_t(in.gcount()));
    const std::size_t lineEnd = begin.find_last_of('\n');
    return isProse(std::string_view(begin).substr(0, lineEnd)) ? takers.back() : takers.front();
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
