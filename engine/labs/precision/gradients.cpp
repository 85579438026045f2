// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/gradients.h"

#include "engine/labs/precision/number.h"
#include "engine/tensor/gradient_sample.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::precision {

namespace {

using lab::Check;
using Verdict = lab::Check::Verdict;
using tensor::PrecisionStats;

constexpr const char* fates[] = {"lost", "subnormal", "normal", "overflow"};

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g %%", 100 * share);
    return text;
}

} // namespace

double Gradients::scale() const { return std::ldexp(1.0, m_request.log2Scale); }

void Gradients::configure(const GradientsRequest& request) {
    const bool first = m_pieces.empty(), reseeded = first || request.seed != m_request.seed;
    if (!reseeded && request.format == m_request.format && request.log2Scale == m_request.log2Scale) return;
    m_request = request;
    if (reseeded) m_values.clear(), m_pieces.assign(1, {});
    m_stats.assign(1, {});
    for (auto& samples : m_shares) samples.clear();
    m_position = 0;
}

bool Gradients::advance(gpu::Recorder&, int target, double budgetMs) {
    target = std::clamp(target, 0, pieces);
    if (target > 0 && m_values.empty()) m_values = tensor::ssdLikeGradients(pieces * perPiece, m_request.seed);
    const bool there = lab::slice(budgetMs, 1, [&] {
        const int step = int(m_stats.size());
        if (step > target) return false;
        const std::span<const float> values = std::span(m_values).subspan(std::size_t(step - 1) * perPiece, perPiece);
        PrecisionStats stats = m_stats.back();
        stats += tensor::precisionStats(values, scale(), *m_request.format);
        m_stats.push_back(stats);
        if (int(m_pieces.size()) == step) {
            Piece piece = m_pieces.back();
            for (const float g : values) {
                const int bin = g == 0 ? -1 : (std::ilogb(g) - lowest) / octaves;
                ++(g == 0 ? piece.zero : bin >= 0 && bin < bins ? piece.counts[std::size_t(bin)] : piece.elsewhere);
            }
            m_pieces.push_back(piece);
        }
        addSamples(step);
        return true;
    });
    m_position = std::min(target, int(m_stats.size()) - 1);
    return there;
}

void Gradients::addSamples(int step) {
    const PrecisionStats& s = m_stats[std::size_t(step)];
    const std::uint64_t counts[] = {s.lost, s.subnormal, s.normal, s.overflow};
    for (std::size_t i = 0; i < m_shares.size(); ++i) m_shares[i].push_back({step, clock(step), 100 * s.share(counts[i])});
}

std::vector<lab::Mark> Gradients::marks() const {
    return {{0, "no gradient"}, {pieces, std::to_string(pieces * perPiece) + " gradients"}};
}

std::string Gradients::status() const {
    return std::string(labelOf(*m_request.format)) + " \xC2\xB7 S = 2^" + std::to_string(m_request.log2Scale) +
           " \xC2\xB7 n = " + std::to_string(count());
}

std::span<const lab::Sample> Gradients::series(const std::string& key) const {
    for (std::size_t i = 0; i < m_shares.size(); ++i)
        if (key == fates[i]) return m_shares[i];
    return {};
}

lab::HostArray Gradients::array(gpu::Device&, const std::string& key) {
    if (key == "gradients") return {{count()}, {m_values.begin(), m_values.begin() + std::ptrdiff_t(count())}};
    if (key != "histogram") return {{0}, {}};
    lab::HostArray out{{1 + std::uint64_t(bins), 2}, {}};
    out.values = {-HUGE_VALF, float(m_pieces[std::size_t(m_position)].zero)};
    for (int k = 0; k < bins; ++k) {
        out.values.push_back(float(lowest + octaves * k + m_request.log2Scale));
        out.values.push_back(float(histogram()[std::size_t(k)]));
    }
    return out;
}

std::vector<lab::Fact> Gradients::inspect(int bin) const {
    const Piece& piece = m_pieces[std::size_t(m_position)];
    const std::uint64_t n = bin < 0 ? piece.zero : piece.counts[std::size_t(bin)];
    const double share = count() ? double(n) / double(count()) : 0;
    std::vector<lab::Fact> facts;
    if (bin >= 0) {
        const int from = lowest + octaves * bin;
        const auto range = [](int low) {
            return "2^" + std::to_string(low) + " \xE2\x80\xA6 2^" + std::to_string(low + octaves);
        };
        facts.push_back({"gradient", range(from)});
        facts.push_back({"times S", range(from + m_request.log2Scale)});
    }
    facts.push_back({"counted", std::to_string(n)});
    facts.push_back({"share", percent(share)});
    return facts;
}

double Gradients::expectedShare(double low, double high) const {
    // Uniform over octaves, and within an octave over the fraction: the magnitude itself is uniform there.
    double share = 0;
    for (const tensor::GradientBand& band : tensor::ssdLikeBands())
        for (int octave = band.from; octave < band.to; ++octave) {
            const double from = std::ldexp(scale(), octave), to = 2 * from;
            const double part = (std::min(to, high) - std::max(from, low)) / (to - from);
            share += band.share / (band.to - band.from) * std::clamp(part, 0.0, 1.0);
        }
    return share;
}

Check Gradients::shareCheck(const char* key, const char* label, std::uint64_t counted, double expected) const {
    Check check{.key = key, .label = label, .unit = "%", .because = {}};
    const double n = double(count());
    if (n == 0) {
        check.because = "nothing counted yet";
        return check;
    }
    check.measured = 100 * double(counted) / n, check.expected = 100 * expected;
    // Five standard deviations of a count, and one count where nearly none is expected.
    check.tolerance = 100 * (5 * std::sqrt(expected * (1 - expected) / n) + (expected > 0 ? 1 / n : 0));
    check.verdict = std::abs(check.measured - check.expected) <= check.tolerance ? Verdict::matches : Verdict::disagrees;
    check.because = "five standard deviations for " + std::to_string(count()) + " gradients drawn from the published shares";
    return check;
}

std::vector<Check> Gradients::checks() const {
    const PrecisionStats& s = stats();
    const tensor::Format& f = *m_request.format;
    Check sum{.key = "bins", .label = "all counted", .unit = "", .because = {}};
    sum.measured = double(s.byFate()), sum.expected = double(count());
    sum.verdict = s.byFate() == count() && s.count() == count() ? Verdict::matches : Verdict::disagrees;
    sum.because = "every gradient is in one bin and has one fate";
    const double zeros = 1 - expectedShare(0, HUGE_VAL), half = f.minSubnormal() / 2;
    const double top = f.maxFinite + tensor::spacing(f, f.maxFinite) / 2;
    return {shareCheck("lost", "lost", s.lost, expectedShare(0, half)), shareCheck("zeros", "zero from the start", s.zero, zeros),
            shareCheck("overflow", "overflow", s.overflow, expectedShare(top, HUGE_VAL)), sum};
}

} // namespace orrery::precision
