// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/scenario.h"

#include "engine/assets.h"
#include "engine/error.h"
#include "engine/lab/lab.h"
#include "engine/lab/names.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::lab {

namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr std::uintmax_t largestFile = 16u << 20; // 100,000 brushed points take some 4 MB

/// Reads one JSON object by key; every error names the file and the key.
class Object {
 public:
    Object(const json& object, std::string where) : m_object(object), m_where(std::move(where)) {
        if (!object.is_object()) throw Error(m_where + ": must be a JSON object { … }");
    }

    void allow(const std::vector<std::string>& keys) const {
        for (const auto& [key, value] : m_object.items())
            if (std::find(keys.begin(), keys.end(), key) == keys.end())
                throw Error(m_where + ": the key '" + key + "' is unknown" + suggestion(key, keys));
    }
    bool has(const char* key) const { return m_object.contains(key); }
    const json& at(const char* key) const { return m_object.at(key); }

    std::string text(const char* key) const {
        if (!has(key)) return {};
        if (!at(key).is_string()) wrong(key, "a text");
        return at(key).get<std::string>();
    }
    bool flag(const char* key) const {
        if (!has(key)) return false;
        if (!at(key).is_boolean()) wrong(key, "true or false");
        return at(key).get<bool>();
    }
    double number(const char* key, double fallback, double low, double high) const {
        if (!has(key)) return fallback;
        const double value = at(key).is_number() ? at(key).get<double>() : std::nan("");
        if (!(value >= low && value <= high))
            wrong(key, ("a number in the range " + shortest(low) + " to " + shortest(high)).c_str());
        return value;
    }
    std::uint64_t seed(const char* key, std::uint64_t fallback) const {
        if (!has(key)) return fallback;
        if (!at(key).is_number_unsigned()) wrong(key, "a whole number from 0 to 18446744073709551615");
        return at(key).get<std::uint64_t>();
    }
    [[noreturn]] void wrong(const char* key, const char* wanted) const {
        throw Error(m_where + ": '" + key + "' must be " + wanted);
    }

 private:
    const json& m_object;
    std::string m_where;
};

json parseJson(const std::string& text, const std::string& where) {
    try {
        return lab::parseJson(text);
    } catch (const json::parse_error& error) {
        const std::size_t byte = std::min(error.byte, text.size());
        const auto end = text.begin() + std::ptrdiff_t(byte);
        const auto line = 1 + std::count(text.begin(), end, '\n');
        throw Error(where + ": not valid JSON at line " + std::to_string(line) + " (byte " + std::to_string(byte) +
                    "); mend it there, or save the scenario again");
    } catch (const json::exception&) {
        throw Error(where + ": a number in it is too large");
    } catch (const Error& error) {
        throw Error(where + ": " + error.what() + ", so it is not a scenario");
    }
}

void requireVersion(const Object& top, const std::string& where) {
    if (!top.has("orrery")) throw Error(where + ": not a scenario, for the key 'orrery' with its version is missing");
    const json& version = top.at("orrery");
    if (!version.is_number_integer() || version != Scenario::version)
        throw Error(where + ": scenario version " + version.dump().substr(0, 20) + " is unknown; this program reads version " +
                    std::to_string(Scenario::version) + (version > Scenario::version ? ", a newer one may read it" : ""));
}

CameraState parseCamera(const json& value, const std::string& where) {
    const Object camera(value, where + ": camera");
    camera.allow({"x", "y", "height"});
    const CameraState home;
    return {camera.number("x", home.x, -1e9, 1e9), camera.number("y", home.y, -1e9, 1e9),
            camera.number("height", home.height, 1e-9, 1e9)};
}

std::string readFile(const fs::path& path) {
    std::error_code error;
    if (fs::is_directory(path, error)) throw Error(path.string() + ": is a folder, not a scenario file");
    const std::uintmax_t size = fs::file_size(path, error);
    if (!error && size > largestFile)
        throw Error(path.string() + ": too large for a scenario (" + std::to_string(size >> 20) + " MB; at most " +
                    std::to_string(largestFile >> 20) + " MB); put its points into a CSV file");
    std::ifstream in(path, std::ios::binary);
    if (!in) throw Error(path.string() + ": cannot be read; check that it exists and that you may read it");
    return {std::istreambuf_iterator<char>(in), {}};
}

/// A scenario and its data travel together: file names in it are relative to its folder.
void resolveFiles(Scenario& scenario, const fs::path& folder) {
    for (const Parameter& parameter : scenario.settings.declaration().parameters) {
        if (parameter.type != Type::file) continue;
        const fs::path file = scenario.settings.text(parameter.key);
        if (!file.empty() && file.is_relative())
            scenario.settings.set(parameter.key, (folder / file).lexically_normal().string());
    }
}

std::string assetPath(const std::string& lab, const std::string& name) { return lab + "/scenarios/" + name + ".json"; }

[[noreturn]] void noSuchScenario(const std::string& name, const std::string& lab) {
    std::vector<std::string> names;
    for (const Entry& entry : registry()) {
        if (!lab.empty() && entry.declaration->name != lab) continue;
        for (const std::string& path : assetNames(entry.declaration->name + "/scenarios/"))
            names.push_back(fs::path(path).stem().string());
    }
    throw Error("there is no scenario '" + name + "', neither a file nor a built-in one" + suggestion(name, names));
}

} // namespace

Scenario parseScenario(const std::string& text, const std::string& where) {
    const json parsed = parseJson(text, where);
    const Object top(parsed, where);
    requireVersion(top, where);
    top.allow(
        {"orrery", "lab", "title", "title.zh", "summary", "summary.zh", "seed", "parameters", "progress", "playing", "camera"});
    if (!top.has("lab")) throw Error(where + ": the key 'lab' is missing");
    try {
        Scenario scenario{.name = fs::path(where).stem().string(),
                          .lab = top.text("lab"),
                          .title = top.text("title"),
                          .titleZh = top.text("title.zh"),
                          .summary = top.text("summary"),
                          .summaryZh = top.text("summary.zh"),
                          .seed = top.seed("seed", 1),
                          .settings = Settings(*find(top.text("lab")).declaration),
                          .clockFraction = top.number("progress", 0, 0, 1),
                          .playing = top.flag("playing"),
                          .camera = std::nullopt};
        if (top.has("parameters")) {
            if (!top.at("parameters").is_object()) top.wrong("parameters", "an object { key: value }");
            for (const auto& [key, value] : top.at("parameters").items()) scenario.settings.setJson(key, value);
        }
        if (top.has("camera")) scenario.camera = parseCamera(top.at("camera"), where);
        return scenario;
    } catch (const Error& error) {
        const std::string message = error.what();
        if (message.starts_with(where)) throw;
        throw Error(where + ": " + message);
    }
}

Scenario loadScenario(const std::string& fileOrName, const std::string& lab) {
    std::optional<Scenario> scenario;
    std::error_code error;
    const fs::path path(fileOrName);
    const bool looksLikeFile = path.has_parent_path() || path.extension() == ".json";
    if (looksLikeFile || fs::is_regular_file(path, error)) {
        scenario = parseScenario(readFile(path), path.string());
        resolveFiles(*scenario, fs::absolute(path).parent_path());
    }
    for (const Entry& entry : registry()) {
        if (scenario || (!lab.empty() && entry.declaration->name != lab)) continue;
        const std::string name = assetPath(entry.declaration->name, fileOrName);
        if (const auto text = asset(name)) scenario = parseScenario(std::string(*text), name);
    }
    if (!scenario) noSuchScenario(fileOrName, lab);
    if (!lab.empty() && scenario->lab != lab)
        throw Error(fileOrName + ": is a scenario of the lab '" + scenario->lab + "', not of '" + lab + "'");
    return std::move(*scenario);
}

std::string writeScenario(const Scenario& scenario) {
    nlohmann::ordered_json out;
    out["orrery"] = Scenario::version;
    out["lab"] = scenario.lab;
    const std::pair<const char*, const std::string&> texts[] = {{"title", scenario.title},
                                                                {"title.zh", scenario.titleZh},
                                                                {"summary", scenario.summary},
                                                                {"summary.zh", scenario.summaryZh}};
    for (const auto& [key, text] : texts)
        if (!text.empty()) out[key] = text;
    out["seed"] = scenario.seed;
    out["parameters"] = nlohmann::ordered_json::object();
    for (const Parameter& parameter : scenario.settings.declaration().parameters)
        if (!scenario.settings.isDefault(parameter.key))
            out["parameters"][parameter.key] = toJson(scenario.settings.value(parameter.key));
    out["progress"] = scenario.clockFraction;
    out["playing"] = scenario.playing;
    if (const auto& camera = scenario.camera) out["camera"] = {{"x", camera->x}, {"y", camera->y}, {"height", camera->height}};
    try {
        return out.dump(2) + "\n";
    } catch (const json::exception&) {
        throw Error("the scenario cannot be saved, for a title or a file name in it is not UTF-8; rename the file");
    }
}

std::vector<Scenario> embeddedScenarios(const std::string& lab) {
    std::vector<Scenario> all;
    for (const std::string& name : assetNames(lab + "/scenarios/"))
        if (name.ends_with(".json")) all.push_back(parseScenario(std::string(*asset(name)), name));
    return all;
}

} // namespace orrery::lab
