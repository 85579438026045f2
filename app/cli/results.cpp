// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/results.h"

#include "engine/error.h"
#include "engine/lab/documents.h"
#include "engine/lab/names.h"
#include "engine/model/npy.h"
#include "engine/replace_file.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <limits>
#include <set>

namespace orrery::cli {

namespace {

namespace fs = std::filesystem;
using json = nlohmann::ordered_json;

std::string reason(const std::error_code& error) { return error ? ": " + error.message() : std::string(); }

void writeText(const fs::path& file, const std::string& text) {
    replaceFile(file.string(), [&](std::ostream& out) { out << text; });
}

/// Axes along which series are sampled: that of the lab's clock, "", and others.
std::set<std::string> axesOf(const lab::Declaration& lab) {
    std::set<std::string> axes;
    for (const lab::Series& series : lab.series) axes.insert(series.axis);
    return axes;
}

/// "series.csv", "series_training_step.csv"
std::string tableName(std::string axis) {
    std::ranges::replace(axis, ' ', '_');
    return axis.empty() ? "series.csv" : "series_" + axis + ".csv";
}

/// One row per step at which any series of that axis has a value; cells without one stay empty.
std::string seriesTable(const lab::Session& session, const std::string& axis) {
    struct Row {
        double clock = 0;
        std::vector<std::string> cells;
    };
    std::vector<lab::Series> declared = session.declaration().series;
    std::erase_if(declared, [&](const lab::Series& each) { return each.axis != axis; });
    std::map<int, Row> rows;
    std::string text = axis.empty() ? "step,clock" : "step,axis";
    for (std::size_t i = 0; i < declared.size(); ++i) {
        text += "," + declared[i].key;
        for (const lab::Sample& sample : session.lab().series(declared[i].key)) {
            Row& row = rows[sample.step];
            row.clock = sample.clock;
            row.cells.resize(declared.size());
            row.cells[i] = lab::shortest(sample.value);
        }
    }
    text += "\n";
    for (const auto& [step, row] : rows)
        text += std::to_string(step) + "," + lab::shortest(row.clock) + "," + lab::join(row.cells, ",") + "\n";
    return text;
}

/// The value where the run stands, or the last one before.
const lab::Sample* finalSample(std::span<const lab::Sample> samples, int position) {
    const lab::Sample* last = nullptr;
    for (const lab::Sample& sample : samples)
        if (sample.step <= position && (!last || sample.step >= last->step)) last = &sample;
    return last;
}

json parametersJson(const lab::Session& session) {
    json out = json::object();
    for (const lab::Parameter& parameter : session.declaration().parameters) {
        json& entry = out[parameter.key];
        entry["value"] = json(lab::toJson(session.settings().value(parameter.key)));
        entry["unit"] = parameter.unit;
        entry["acts"] = session.settings().acts(parameter);
    }
    return out;
}

json seriesJson(const lab::Session& session) {
    json out = json::object();
    for (const lab::Series& series : session.declaration().series) {
        const int upTo = series.axis.empty() ? session.lab().position() : std::numeric_limits<int>::max();
        const lab::Sample* last = finalSample(session.lab().series(series.key), upTo);
        json& entry = out[series.key];
        entry["final"] = last ? json(last->value) : json(nullptr);
        entry["step"] = last ? json(last->step) : json(nullptr);
        entry["unit"] = series.unit;
        entry["meaning"] = series.meaning;
    }
    return out;
}

json checksJson(const lab::Session& session) {
    json out = json::array();
    for (const lab::Check& check : session.lab().checks())
        out.push_back({{"key", check.key},
                       {"label", check.label},
                       {"measured", check.measured},
                       {"expected", check.expected},
                       {"tolerance", check.tolerance},
                       {"unit", check.unit},
                       {"verdict", toString(check.verdict)},
                       {"because", check.because}});
    return out;
}

json deviceJson(const gpu::Device& device) {
    const gpu::DeviceInfo& info = device.info();
    return {{"name", info.name},
            {"kind", gpu::toString(info.kind)},
            {"driver", info.driver},
            {"vulkan", info.version()},
            {"why", device.whyChosen()},
            {"reads", device.readPath() == gpu::ReadPath::texel ? "texel" : "storage"},
            {"memory_used_bytes", device.memory().used}};
}

} // namespace

const char* toString(lab::Check::Verdict verdict) {
    static constexpr const char* names[] = {"pending", "matches", "explained", "disagrees"};
    return names[int(verdict)];
}

void requireWritable(const fs::path& file) {
    std::error_code ignored;
    if (fs::is_directory(file, ignored)) throw Error(file.string() + ": is a folder, not a file");
    const bool there = fs::exists(file, ignored);
    const bool writable = std::ofstream(file, std::ios::app).is_open();
    if (!there) fs::remove(file, ignored);
    if (!writable) throw Error(file.string() + ": cannot be written; choose a folder that exists and that you may write to");
}

void prepareFolder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!fs::is_directory(folder)) throw Error(folder.string() + ": this folder cannot be made" + reason(error));
    const fs::path summary = folder / "summary.json";
    fs::remove(summary, error);
    requireWritable(summary);
}

std::vector<std::string> writeResults(const fs::path& folder, gpu::Device& device, lab::Session& session) {
    std::vector<std::string> names;
    for (const lab::Array& array : session.declaration().arrays) {
        const lab::HostArray values = session.lab().array(device, array.key);
        names.push_back(array.key + ".npy");
        model::writeNpy((folder / names.back()).string(), values.shape, values.values);
    }
    for (const std::string& axis : axesOf(session.declaration())) {
        names.push_back(tableName(axis));
        writeText(folder / names.back(), seriesTable(session, axis));
    }
    if (const auto* lab = dynamic_cast<const lab::Documents*>(&session.lab()))
        for (const lab::Document& document : lab->documents()) {
            names.push_back(document.name);
            writeText(folder / document.name, document.text);
        }
    return names;
}

void writeSummary(const fs::path& folder, const gpu::Device& device, const lab::Session& session, const std::string& scenario,
                  const RunTimings& timings, const std::vector<lab::Offer>& sent) {
    const lab::Lab& lab = session.lab();
    json out;
    out["orrery"] = ORRERY_VERSION;
    out["lab"] = session.declaration().name;
    out["scenario"] = scenario;
    out["seed"] = session.seed();
    out["step"] = lab.position();
    out["steps"] = lab.steps();
    out["clock"] = {{"name", session.declaration().clock.name}, {"value", lab.clock(lab.position())}};
    out["status"] = lab.status();
    out["parameters"] = parametersJson(session);
    out["series"] = seriesJson(session);
    out["checks"] = checksJson(session);
    for (const lab::Array& array : session.declaration().arrays)
        out["arrays"][array.key] = {{"file", array.key + ".npy"},
                                    {"shape", array.shape},
                                    {"dtype", array.dtype},
                                    {"unit", array.unit},
                                    {"meaning", array.meaning}};
    for (const lab::Offer& each : sent)
        out["sent"][each.output] = {{"file", each.output + ".npy"}, {"rows", each.rows}, {"dims", each.dims}};
    out["device"] = deviceJson(device);
    out["timings"] = {{"set_up_seconds", timings.setUp}, {"run_seconds", timings.run}, {"results_seconds", timings.results}};
    out["timings"]["kernel_milliseconds"] = timings.kernels;
    writeText(folder / "summary.json", out.dump(2, ' ', false, json::error_handler_t::replace) + "\n");
}

} // namespace orrery::cli
