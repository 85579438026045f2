// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/source.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/statespace/recording.h"

#include <filesystem>

namespace orrery::statespace {

namespace {

namespace fs = std::filesystem;

std::string versionOf(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) throw Error(path + ": " + error.message());
    return std::to_string(size) + " " + std::to_string(fs::last_write_time(path, error).time_since_epoch().count());
}

Signal silence(const SignalRequest& r) { return {Vector(std::size_t(r.samples)), r.duration / double(r.samples), "s", 0}; }

Signal fromFile(const SignalRequest& r, std::string& remark) {
    const Recording recording = readRecording(r.file);
    const std::string name = fs::path(r.file).filename().string();
    Signal signal = signalOf(recording, r.channel, name);
    check(signal, name);
    remark = lab::join(recording.remarks, " ");
    if (recording.rate == 0) signal.dt = r.duration / double(signal.samples.size()); // a table without times
    if (signal.unit.empty()) signal.unit = "s";
    return r.resample ? resampledTo(signal, r.samples) : signal;
}

Signal made(const SignalRequest& r) {
    const double dt = r.duration / double(r.samples);
    if (r.kind == "sines") {
        std::vector<Sine> parts;
        for (std::size_t row = 0; row < r.parts.rows(); ++row)
            parts.push_back({r.parts.values[3 * row], r.parts.values[3 * row + 1], r.parts.values[3 * row + 2]});
        return sines(parts, r.samples, dt);
    }
    if (r.kind == "chirp") return chirp(r.frequency, r.endFrequency, r.samples, dt);
    if (r.kind == "square") return square(r.frequency, r.samples, dt);
    if (r.kind == "step") return step(r.stepAt * r.duration, r.samples, dt);
    if (r.frequency * r.duration < 1)
        throw Error("noise up to " + lab::shortest(r.frequency) + " Hz does not turn once in " + lab::shortest(r.duration) +
                    " s; raise the frequency or the duration");
    if (2 * r.frequency * dt > 1)
        throw Error("noise up to " + lab::shortest(r.frequency) + " Hz needs more than " +
                    lab::shortest(std::ceil(2 * r.frequency * r.duration)) + " samples in " + lab::shortest(r.duration) + " s");
    return noise(r.frequency, 0.5, r.seed, r.samples, dt);
}

} // namespace

std::shared_ptr<const Source> Sources::of(const SignalRequest& r) {
    const bool file = r.kind == "file" && !r.file.empty();
    const std::string version = file ? versionOf(r.file) : std::string();
    if (m_source && r == m_request && version == m_version) return m_source;
    Source source;
    if (r.kind == "drawn") {
        std::vector<Point> points;
        for (std::size_t row = 0; row < r.points.rows(); ++row)
            points.push_back({r.points.values[2 * row], r.points.values[2 * row + 1]});
        source.signal = points.empty() ? silence(r) : drawn(points, r.samples, r.duration / double(r.samples));
        if (points.empty()) source.missing = "Drag the mouse across the picture: what you draw is remembered while you draw it.";
    } else if (r.kind == "file") {
        if (file)
            source.signal = fromFile(r, source.remark);
        else
            source.signal = silence(r), source.missing = "Drop a WAV or CSV file into the window.";
    } else {
        source.signal = made(r);
    }
    source.signal.unit = "s";
    if (r.stretch > 1) {
        if (std::int64_t(source.signal.samples.size()) * r.stretch > mostSamples)
            throw Error("stretched " + std::to_string(r.stretch) + " times the signal has more than " +
                        std::to_string(mostSamples) + " samples; stretch it less, or take fewer samples");
        source.signal = stretched(source.signal, r.stretch);
    }
    check(source.signal, "the signal");
    if (source.missing.empty()) {
        const std::string own = remark(source.signal);
        source.remark += (source.remark.empty() || own.empty() ? "" : " ") + own;
    }
    m_source = std::make_shared<const Source>(std::move(source));
    m_request = r, m_version = version;
    return m_source;
}

} // namespace orrery::statespace
