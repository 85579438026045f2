// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/source.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <filesystem>

namespace orrery::statespace {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t bytesAtOnce = 256 << 10; ///< read within a frame: some milliseconds
constexpr std::size_t resampledAtOnce = 100'000; ///< samples

std::string versionOf(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) throw Error(path + ": " + error.message());
    return std::to_string(size) + " " + std::to_string(fs::last_write_time(path, error).time_since_epoch().count());
}

Signal silence(const SignalRequest& r) { return {Vector(std::size_t(r.samples)), r.duration / double(r.samples), "s", 0}; }

Signal fromFile(const SignalRequest& r, const Recording& recording, std::string& remark) {
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

bool fromAFile(const SignalRequest& r) { return r.kind == "file" && !r.file.empty(); }

} // namespace

Source Sources::make(const SignalRequest& r, const Recording* recording) {
    Source source;
    if (r.kind == "drawn") {
        std::vector<Point> points;
        for (std::size_t row = 0; row < r.points.rows(); ++row)
            points.push_back({r.points.values[2 * row], r.points.values[2 * row + 1]});
        source.signal = points.empty() ? silence(r) : drawn(points, r.samples, r.duration / double(r.samples));
        if (points.empty()) source.missing = "Drag the mouse across the picture: what you draw is remembered while you draw it.";
    } else if (r.kind == "file") {
        if (recording)
            source.signal = fromFile(r, *recording, source.remark);
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
    return source;
}

std::shared_ptr<const Source> Sources::silent(const SignalRequest& r, std::string because) {
    Source source;
    source.signal = silence(r);
    source.missing = std::move(because);
    return std::make_shared<const Source>(std::move(source));
}

std::shared_ptr<const Recording> Sources::kept(const std::string& path, const std::string& version) const {
    return m_kept.recording && m_kept.path == path && m_kept.version == version ? m_kept.recording : nullptr;
}

std::shared_ptr<const Source> Sources::of(const SignalRequest& r) {
    const std::string version = fromAFile(r) ? versionOf(r.file) : std::string();
    if (m_source && r == m_request && version == m_version) return m_source;
    std::shared_ptr<const Recording> recording;
    if (fromAFile(r)) {
        recording = kept(r.file, version);
        if (!recording) recording = std::make_shared<const Recording>(readRecording(r.file));
    }
    m_source = std::make_shared<const Source>(make(r, recording.get()));
    m_request = r, m_version = version;
    if (recording) m_kept = {r.file, version, recording};
    return m_source;
}

bool Sources::slow(const SignalRequest& r) const {
    if (!fromAFile(r)) return false;
    const std::string version = versionOf(r.file);
    if (m_source && r == m_request && version == m_version) return false;
    const auto recording = kept(r.file, version);
    if (!recording) return fs::file_size(r.file) > bytesAtOnce;
    const std::size_t samples = recording->channels.at(0).size();
    return r.resample && std::max(samples, std::size_t(r.samples)) > resampledAtOnce;
}

void Sources::begin(const SignalRequest& r, lab::Jobs& jobs, std::function<void()> ready) {
    auto reading = std::make_shared<Reading>();
    const std::string version = versionOf(r.file);
    reading->request = r;
    reading->kept = {r.file, version, kept(r.file, version)};
    m_reading = reading;
    m_background.start([reading](const lab::Stop& stop) {
        if (!reading->kept.recording)
            reading->kept.recording = std::make_shared<const Recording>(readRecording(reading->kept.path, [&](double fraction) {
                reading->fraction = 0.9 * fraction;
                return !stop;
            }));
        if (stop) return;
        reading->source = make(reading->request, reading->kept.recording.get());
    });
    jobs.add({"Reading " + fs::path(r.file).filename().string(), "B", double(fs::file_size(r.file)),
              [this, reading](double budgetMs) {
                  if (reading != m_reading) return 1.0; // another has taken its place
                  try {
                      if (!m_background.finished(std::min(budgetMs, 4.0))) return std::min(0.99, reading->fraction.load());
                  } catch (...) {
                      m_reading.reset();
                      throw;
                  }
                  m_source = std::make_shared<const Source>(std::move(reading->source));
                  m_request = reading->request, m_version = reading->kept.version, m_kept = reading->kept;
                  m_reading.reset();
                  return 1.0;
              },
              [this, reading, ready = std::move(ready)] {
                  if (!m_reading && m_request == reading->request) ready();
              }});
}

void Sources::stop() {
    m_background.cancel();
    m_reading.reset();
}

} // namespace orrery::statespace
