// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn, hovered and saved.
#include "engine/labs/diffusion/lab_impl.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::diffusion {

namespace {

std::string words(const char* format, double a, double b = 0) {
    char text[96];
    std::snprintf(text, sizeof text, format, a, b);
    return text;
}

} // namespace

/// The true marginal at the clock's time, widened where it is narrower than anything that can be shown.
LiveLab::Shown LiveLab::shown() const {
    const int step = position();
    const double t = clock(step), alpha = m_request.schedule.alpha(t);
    const double s = m_mixture->empty() ? 1 : m_mixture->narrowest();
    const double floor = narrowestShown * narrowestShown - alpha * alpha * s * s;
    const double variance = std::max(m_request.schedule.variance(t), floor);
    if (!m_walk || t >= trainedFrom) return {step, alpha, variance};
    // A network knows no noise below the least that it has seen, and is compared where it can be.
    return {step, m_request.schedule.alpha(trainedFrom), std::max(variance, m_request.schedule.variance(trainedFrom))};
}

const Marginal& LiveLab::shownMarginal() const {
    const Shown now = shown();
    if (!m_marginal || m_marginalStep != now.step) {
        m_marginal.emplace(*m_mixture, now.alpha, now.variance);
        m_marginalStep = now.step;
    }
    return *m_marginal;
}

double LiveLab::spread() const {
    const Moments law = truth(position());
    return std::sqrt(0.5 * (law.variance[0] + law.variance[1]));
}

gpu::Buffer LiveLab::field(gpu::Recorder& recorder, const FieldGrid& grid) {
    const Shown now = shown();
    const gpu::Buffer made = m_fields.field(list(recorder), Fields::heat, grid, now.alpha, now.variance);
    if (m_walk) m_walk->submit();
    return made;
}

gpu::Buffer LiveLab::arrows(gpu::Recorder& recorder, const FieldGrid& grid, bool difference) {
    const Shown now = shown();
    const gpu::Buffer exact = m_fields.field(list(recorder), Fields::arrows, grid, now.alpha, now.variance);
    if (!m_walk) return exact;
    return m_learnedFields.field(m_learned.live(), exact, LearnedFields::arrows, difference, grid, now.alpha, now.variance);
}

gpu::Buffer LiveLab::difference(gpu::Recorder& recorder, const FieldGrid& grid) {
    if (!m_walk) return {};
    const Shown now = shown();
    const gpu::Buffer exact = m_fields.field(list(recorder), Fields::heat, grid, now.alpha, now.variance);
    return m_learnedFields.field(m_learned.live(), exact, LearnedFields::differences, true, grid, now.alpha, now.variance);
}

double LiveLab::fieldPairs(std::uint64_t cells, bool learned) const {
    const double pairs = double(m_mixture->components.size());
    if (!learned || !m_walk) return double(cells) * pairs;
    constexpr double flopsPerPair = 13 * 4; // products run at several times the speed of a loop with exponentials
    return double(cells) * (pairs + m_walk->net().flopsPerPlace() / flopsPerPair);
}

/// Of a noisy walk only the last stretch is shown, else all paths are one ball of wool; smooth paths are shown from the leg's
/// start.
int LiveLab::trailFirst() const {
    const int last = position(), leg = last > m_journey->turn ? m_journey->turn : 0;
    if (last == 0 || m_journey->steps[std::size_t(last - 1)].noise == 0) return leg;
    const int length = (last > m_journey->turn ? steps() : m_journey->turn) - leg;
    return std::max(0, last - std::max(10, length / 8));
}

double LiveLab::stepPairs() const {
    if (position() == 0 || m_walk) return 0;
    const Step& step = m_journey->steps[std::size_t(position() - 1)];
    return double(m_particles.count()) * double(m_mixture->components.size()) * step.scores();
}

double LiveLab::peakDensity() const {
    if (m_mixture->empty()) return 0;
    if (m_peakStep == position()) return m_peak;
    constexpr std::size_t affordable = 1 << 16; // pairs; beyond it only every so manieth centre is tried
    const std::size_t count = m_mixture->components.size(), tried = std::clamp<std::size_t>(affordable / count, 4, count);
    const double alpha = shown().alpha;
    const Marginal& marginal = shownMarginal();
    m_peak = 0;
    double x = 0, y = 0;
    const auto offer = [&](double atX, double atY) {
        const double density = marginal.density(atX, atY);
        if (density <= m_peak) return false;
        m_peak = density, x = atX, y = atY;
        return true;
    };
    offer(0, 0); // the mean: where components have melted into one hill
    for (std::size_t k = 0; k < std::min(tried, count); ++k) {
        const Component& c = m_mixture->components[k * count / std::min(tried, count)];
        offer(alpha * c.x, alpha * c.y);
    }
    for (int climb = 0; climb < 8; ++climb) { // mean shift: a step of c times the score never overshoots a hill
        const Marginal::Value here = marginal.at(x, y);
        const double c = marginal.width(here.top);
        if (!offer(x + c * here.score[0], y + c * here.score[1])) break;
    }
    m_peakStep = position();
    return m_peak;
}

void LiveLab::requestHistogram(gpu::Recorder& recorder, const double low[2], const double high[2], std::uint32_t bins) {
    m_counts.request(recorder, m_particles.places(), particleCount(), position(), low, high, bins);
}

std::vector<double> LiveLab::marginal(int axis, double low, double step, int count) const {
    const Shown now = shown();
    if (!m_axes[axis]) return shownMarginal().axisDensities(axis, low, step, count);
    return Marginal(*m_axes[axis], now.alpha, now.variance).axisDensities(axis, low, step, count);
}

std::vector<lab::Fact> LiveLab::inspect(double x, double y) const {
    const double unit = m_frame.scale;
    std::vector<lab::Fact> facts{{"place", words("(%.4g, %.4g)", m_frame.centreX + unit * x, m_frame.centreY + unit * y)}};
    if (m_mixture->empty()) return facts;
    const Marginal::Value v = shownMarginal().at(x, y);
    facts.push_back({"density", words("%.4g", std::exp(v.logDensity) / (unit * unit))});
    facts.push_back({"score", words("(%.4g, %.4g)", v.score[0] / unit, v.score[1] / unit)});
    for (lab::Fact& fact : learnedFacts(x, y, v.score)) facts.push_back(std::move(fact));
    const bool points = m_mixture->narrowest() == 0;
    facts.push_back({"pulled most by",
                     (points ? "data point " : "Gaussian ") + std::to_string(v.top + 1) + words(" (%.0f %%)", 100 * v.share)});
    return facts;
}

int LiveLab::nearestTrail(double x, double y, double reach) const {
    const std::span<const float> row = m_measures.row(position());
    int nearest = -1;
    double least = reach;
    for (std::uint32_t i = 0; i < std::min(trailColumns, particleCount()) && 2 * i + 1 < row.size(); ++i) {
        const double d = std::hypot(row[2 * i] - x, row[2 * i + 1] - y);
        if (d <= least) least = d, nearest = int(i);
    }
    return nearest;
}

/// `rows` rows of `columns` places, of `stride` each in the buffer, in data units.
lab::HostArray LiveLab::placesArray(gpu::Device& device, const gpu::Buffer& buffer, std::uint64_t rows, std::uint64_t columns,
                                    std::uint64_t stride) const {
    lab::HostArray out;
    if (rows * columns == 0 || !buffer) return out;
    gpu::Recorder recorder = device.record("diffusion array");
    const gpu::Download download = recorder.download({buffer, 0, 8 * ((rows - 1) * stride + columns)});
    device.wait(device.submit(std::move(recorder)));
    const auto in = download.as<float>();
    out.values.reserve(2 * rows * columns);
    for (std::uint64_t row = 0; row < rows; ++row)
        for (std::uint64_t i = 0; i < columns; ++i) {
            const std::size_t at = 2 * (row * stride + i);
            out.values.push_back(float(m_frame.centreX + m_frame.scale * in[at]));
            out.values.push_back(float(m_frame.centreY + m_frame.scale * in[at + 1]));
        }
    return out;
}

/// Over a square of three spreads each way around the data's mean, row 0 at low y.
lab::HostArray LiveLab::fieldArray(gpu::Device& device, FieldKind kind) {
    const bool score = kind != FieldKind::density;
    if (kind == FieldKind::learned && !m_walk) return {{0, 0, 2}, {}};
    constexpr std::uint32_t cells = 128;
    const double half = 3 * spread();
    const Shown now = shown();
    const FieldGrid grid{-half, -half, half, half, cells, cells};
    gpu::Recorder recorder = device.record("diffusion array");
    gpu::Buffer field = m_fields.field(list(recorder), Fields::own, grid, now.alpha, now.variance);
    if (kind == FieldKind::learned)
        field = m_learnedFields.field(m_learned.live(), field, LearnedFields::own, false, grid, now.alpha, now.variance);
    if (m_walk) m_walk->submit();
    const gpu::Download download = recorder.download({field, 0, 16ull * cells * cells});
    device.wait(device.submit(std::move(recorder)));
    const auto in = download.as<float>();
    lab::HostArray out{{cells, cells}, {}};
    if (score) out.shape.push_back(2);
    for (std::size_t i = 0; i < std::size_t(cells) * cells; ++i) {
        if (!score) {
            out.values.push_back(float(std::exp(double(in[4 * i + 2])) / (m_frame.scale * m_frame.scale)));
            continue;
        }
        for (const std::size_t axis : {0, 1})
            out.values.push_back(float(m_mixture->empty() ? 0 : in[4 * i + axis] / m_frame.scale));
    }
    return out;
}

lab::HostArray LiveLab::array(gpu::Device& device, const std::string& key) {
    if (key == "density") return fieldArray(device, FieldKind::density);
    if (key == "score") return fieldArray(device, FieldKind::score);
    if (key == "learned_score") return fieldArray(device, FieldKind::learned);
    if (key == "data") {
        lab::HostArray out{{m_mixture->components.size(), 2}, {}};
        for (const Component& c : m_mixture->components) {
            out.values.push_back(float(m_frame.centreX + m_frame.scale * c.x));
            out.values.push_back(float(m_frame.centreY + m_frame.scale * c.y));
        }
        return out;
    }
    const std::uint64_t count = particleCount(), tracked = std::min<std::uint64_t>(count, trailColumns);
    const std::uint64_t rows = count > 0 ? std::uint64_t(trailLast()) + 1 : 0;
    lab::HostArray out = key == "trails" ? placesArray(device, trails(), rows, tracked, trailColumns)
                                         : placesArray(device, particles(), count > 0 ? 1 : 0, count, count);
    out.shape = key == "trails" ? std::vector<std::uint64_t>{rows, tracked, 2} : std::vector<std::uint64_t>{count, 2};
    return out;
}

} // namespace orrery::diffusion
