// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/sums.h"

#include "engine/lab/names.h"
#include "engine/labs/precision/number.h"
#include "engine/philox.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::precision {

namespace {

using tensor::Format;

constexpr std::uint32_t stream = 0x53554D53; // "SUMS"
constexpr int mostSamples = 2048;            ///< of a series; a chart is not wider

double in(const Format& format, double value) { return tensor::decode(format, tensor::encode(format, value)); }

} // namespace

void Sums::configure(const SumsRequest& request) {
    const bool first = m_exact.empty();
    const SumsRequest before = m_request;
    m_request = request;
    const bool same = before.terms == request.terms && before.count == request.count && before.seed == request.seed &&
                      before.start == request.start && before.term == request.term;
    if (first || !same) return restart();
    if (before.format != request.format) chooseSamples();
}

std::size_t Sums::chosen() const {
    return std::size_t(std::find(tensor::formats.begin(), tensor::formats.end(), m_request.format) - tensor::formats.begin());
}

Sums::Pair Sums::term(int n) const {
    if (m_request.terms == Terms::same) return {m_request.term, 1};
    const Philox4 words = philox(m_request.seed, std::uint32_t(n), 0, stream);
    if (m_request.terms == Terms::uniform) return {double(float(unitOpen(words[0]))), 1};
    const std::array<double, 2> normal = normalPair(words);
    return {double(float(normal[0])), double(float(normal[1]))};
}

void Sums::restart() {
    const double start = m_request.terms == Terms::same ? m_request.start : 0;
    m_position = 0;
    m_stride = std::max(1, m_request.count / mostSamples);
    m_exact.assign(1, start), m_magnitude.assign(1, std::abs(start));
    m_running = start, m_compensation = 0;
    for (std::size_t row = 0; row < formats; ++row) {
        const Format& f = *tensor::formats[row];
        const double held = in(f, start), off = std::abs(held - start);
        m_rows[row] = {{held}, {double(float(held))}, {0}, {off}, {off}};
    }
    chooseSamples();
}

void Sums::chooseSamples() {
    m_sum.clear(), m_master.clear(), m_truth.clear();
    for (auto& samples : m_errors) samples.clear();
    for (int n = 0; n <= computed(); ++n) addSamples(n);
}

void Sums::addTerm() {
    const int n = computed() + 1;
    const auto [x, y] = term(n);
    const double exactTerm = x * y;
    // Neumaier's compensated sum, so that the reference is right to the last bits.
    const double next = m_running + exactTerm;
    m_compensation +=
        std::abs(m_running) >= std::abs(exactTerm) ? (m_running - next) + exactTerm : (exactTerm - next) + m_running;
    m_running = next;
    const bool same = m_request.terms == Terms::same;
    m_exact.push_back(same ? std::fma(double(n), m_request.term, m_request.start) : m_running + m_compensation);
    m_magnitude.push_back(m_magnitude.back() + std::abs(exactTerm));
    for (std::size_t i = 0; i < formats; ++i) {
        const Format& f = *tensor::formats[i];
        Row& row = m_rows[i];
        // float64 sums of narrow formats, rounded once more, are the sums rounded once: 53 bits are more than twice theirs.
        const double hx = in(f, x), hy = in(f, y), product = in(f, hx * hy), before = row.sums.back();
        const double after = in(f, before + product), off = std::abs(hx * hy - exactTerm);
        row.sums.push_back(after);
        row.masters.push_back(double(float(row.masters.back() + double(float(hx * hy)))));
        row.swallowed.push_back(row.swallowed.back() + (after == before && product != 0));
        row.inputs.push_back(row.inputs.back() + off);
        row.bound.push_back(row.bound.back() + off + std::abs(product - hx * hy) + tensor::spacing(f, after) / 2);
    }
    addSamples(n);
}

void Sums::addSamples(int n) {
    if (n % m_stride != 0 && n != m_request.count) return;
    const auto put = [n](std::vector<lab::Sample>& to, double value) {
        if (std::isfinite(value)) to.push_back({n, double(n), value});
    };
    put(m_sum, inFormat(chosen(), n));
    put(m_master, inFloat32(chosen(), n));
    put(m_truth, exact(n));
    for (std::size_t row = 0; row < formats; ++row) put(m_errors[row], 100 * error(row, n));
}

double Sums::error(std::size_t row, int n) const {
    const double off = std::abs(inFormat(row, n) - exact(n));
    return off == 0 ? 0 : off / std::max(magnitude(n), 1e-300);
}

bool Sums::advance(gpu::Recorder&, int target, double budgetMs) {
    target = std::clamp(target, 0, steps());
    const bool there = lab::slice(budgetMs, 64, [&] {
        if (computed() >= target) return false;
        addTerm();
        return true;
    });
    m_position = std::min(target, computed());
    return there;
}

std::vector<lab::Mark> Sums::marks() const { return {{0, "no term"}, {steps(), std::to_string(steps()) + " terms"}}; }

std::string Sums::status() const {
    return std::string(labelOf(*m_request.format)) + " \xC2\xB7 n = " + std::to_string(m_position) + "/" +
           std::to_string(steps());
}

std::span<const lab::Sample> Sums::series(const std::string& key) const {
    if (key == "sum") return m_sum;
    if (key == "sum_fp32") return m_master;
    if (key == "sum_exact") return m_truth;
    for (std::size_t row = 0; row < formats; ++row)
        if (key == "error_" + formatKeys()[row]) return m_errors[row];
    return {};
}

/// Row n: the reference, the six sums in their formats, the six in float32.
lab::HostArray Sums::array(gpu::Device&, const std::string& key) {
    if (key != "sums") return {{0}, {}};
    lab::HostArray out{{std::uint64_t(m_position) + 1, 1 + 2 * formats}, {}};
    for (int n = 0; n <= m_position; ++n) {
        out.values.push_back(float(exact(n)));
        for (std::size_t row = 0; row < formats; ++row) out.values.push_back(float(inFormat(row, n)));
        for (std::size_t row = 0; row < formats; ++row) out.values.push_back(float(inFloat32(row, n)));
    }
    return out;
}

std::vector<lab::Fact> Sums::inspect(std::size_t row, int n) const {
    const Format& f = *tensor::formats[row];
    const double held = inFormat(row, n);
    char percent[32], spacing[32];
    std::snprintf(percent, sizeof percent, "%.3g %%", 100 * error(row, n));
    std::snprintf(spacing, sizeof spacing, "%.4g", tensor::spacing(f, held));
    return {{"terms", std::to_string(n)},
            {"sum in the format", lab::shortest(held)},
            {"sum in FP32", lab::shortest(inFloat32(row, n))},
            {"sum in float64", lab::shortest(exact(n))},
            {"error", percent},
            {"spacing at the sum", spacing},
            {"terms swallowed", std::to_string(swallowed(row, n))}};
}

} // namespace orrery::precision
