// SPDX-License-Identifier: GPL-3.0-or-later
// Where the points come from: made here, brushed, or read from a file (a large one in slices between frames).
#include "engine/error.h"
#include "engine/lab/points_file.h"
#include "engine/labs/diffusion/lab_impl.h"

#include <algorithm>
#include <filesystem>

namespace orrery::diffusion {

namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t readAtOnce = 1 << 20; ///< bytes
constexpr std::size_t mostAxisComponents = 4096;
constexpr int axisBins = 2048;

std::string versionOf(const std::string& path) {
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) throw Error(path + ": " + error.message());
    const auto time = fs::last_write_time(path, error);
    return std::to_string(size) + " " + std::to_string(time.time_since_epoch().count());
}

/// Data points gathered into bins, each at the mean of what it holds: with bins of a 2048th of the range the curve of a
/// marginal at the narrowest shown width changes by less than half a percent.
Mixture gathered(const Mixture& cloud, int axis) {
    double low = 1e300, high = -1e300;
    const auto along = [axis](const Component& c) { return axis == 0 ? c.x : c.y; };
    for (const Component& c : cloud.components) low = std::min(low, along(c)), high = std::max(high, along(c));
    std::vector<Component> bins(axisBins, {0, 0, 0, 0});
    for (const Component& c : cloud.components) {
        const int bin = std::min(axisBins - 1, int((along(c) - low) / std::max(high - low, 1e-300) * axisBins));
        Component& b = bins[std::size_t(bin)];
        b.x += c.weight * c.x, b.y += c.weight * c.y, b.weight += c.weight;
    }
    std::erase_if(bins, [](const Component& b) { return b.weight == 0; });
    for (Component& b : bins) b.x /= b.weight, b.y /= b.weight;
    return {std::move(bins)};
}

} // namespace

/// The data of a request, standardised. A large file comes later, by a job; until then there is nothing.
std::shared_ptr<const Mixture> LiveLab::load(const DataRequest& data, bool chosenAnew, Frame2& frame) {
    frame = {};
    const bool fromFile = data.shape == "file" && !data.file.empty();
    if (fromFile && !haveFile(data.file, chosenAnew)) return std::make_shared<const Mixture>();
    static const std::vector<double> none;
    Mixture made = mixtureOf(data, fromFile ? m_file.xy : none);
    if (!fromFile) stopReading();
    frame = made.standardise();
    return std::make_shared<const Mixture>(std::move(made));
}

/// True when the file's points are in m_file; else its reading has begun, or was given up and not asked for again.
bool LiveLab::haveFile(const std::string& path, bool chosenAnew) {
    const std::string version = versionOf(path);
    const bool same = m_file.path == path && m_file.version == version;
    if (same && m_file.whole) return true;
    if (same && (reading() || !chosenAnew)) return false;
    if (fs::file_size(path) <= readAtOnce) {
        std::vector<double> xy = lab::readPointsFile(path);
        stopReading();
        m_file = {path, version, std::move(xy), true};
        return true;
    }
    auto file = std::make_shared<lab::PointsFile>(path); // throws when it cannot be opened
    stopReading();
    m_file = {path, version, {}, false};
    const auto finished = [this, file] {
        m_file.xy = file->take();
        m_file.whole = true;
        try {
            Frame2 frame;
            auto mixture = load(m_request.data, false, frame);
            install(m_request, m_seed, std::move(mixture), frame);
        } catch (...) {
            m_file.xy = {};
            m_file.whole = false;
            throw;
        }
    };
    stopTraining(); // one at a time, and what it learned from goes
    m_reading = &m_jobs.add({"Reading " + fs::path(path).filename().string(), "B", double(fs::file_size(path)),
                             [file](double budgetMs) { return file->slice(budgetMs); }, finished});
    return false;
}

bool LiveLab::under(const lab::Job* job) const {
    return std::ranges::any_of(m_jobs.all(), [job](const auto& each) { return each.get() == job && !each->cancelled(); });
}

void LiveLab::stopReading() {
    if (reading()) m_jobs.cancelAll();
    m_reading = nullptr;
}

/// Called when the data has changed.
void LiveLab::gatherAxes() {
    for (int axis = 0; axis < 2; ++axis) {
        m_axes[axis].reset();
        if (m_mixture->components.size() > mostAxisComponents) m_axes[axis] = gathered(*m_mixture, axis);
    }
}

std::string LiveLab::emptyBecause() const {
    const std::string& shape = m_request.data.shape;
    if (shape == "drawn") return "no points yet: brush some into the picture";
    if (shape == "file" && reading()) return "reading the file";
    if (shape == "file" && !m_request.data.file.empty()) return "the file was not read to its end; choose it again";
    if (shape == "file") return "no file yet: choose or drop a CSV or NPY file of points";
    return "no Gaussians yet: add one";
}

} // namespace orrery::diffusion
