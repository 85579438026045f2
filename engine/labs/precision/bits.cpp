// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/bits.h"

#include "engine/lab/names.h"
#include "engine/philox.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace orrery::precision {

namespace {

using lab::Check;
using Verdict = lab::Check::Verdict;
using tensor::Format;
using tensor::Kind;

constexpr double surely = 14.5;              ///< ln(2 / 1e-6)
constexpr std::uint32_t stream = 0x42495453; // "BITS"

std::string short4(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

} // namespace

const char* toString(Kind kind) {
    switch (kind) {
        case Kind::zero:
            return "zero";
        case Kind::subnormal:
            return "subnormal";
        case Kind::normal:
            return "normal";
        case Kind::infinity:
            return "infinity";
        case Kind::nan:
            return "not a number";
    }
    return "";
}

void Bits::configure(const BitsRequest& request) {
    const bool first = m_away.empty();
    const bool sameNumber = !first && request.format == m_request.format && request.seed == m_request.seed &&
                            request.number.format == m_request.number.format && request.number.code == m_request.number.code &&
                            same(request.number.value, m_request.number.value) &&
                            std::signbit(request.number.value) == std::signbit(m_request.number.value);
    if (sameNumber) return;
    m_request = request;
    m_number = anatomy(*request.format, codeOf(request.number, *request.format));
    m_rounded = roundedIntoAll(request.number.value);
    m_position = 0;
    m_away.assign(1, 0);
    m_mean.clear(), m_nearest.clear(), m_truth.clear();
}

const Rounded& Bits::chosen() const {
    return *std::find_if(m_rounded.begin(), m_rounded.end(), [this](const Rounded& r) { return r.format == m_request.format; });
}

/// From the count of those that went away from zero: no sum that would round by itself.
double Bits::offOf(int n) const {
    const Rounded& r = chosen();
    const double unit = tensor::spacing(format(), wanted()), share = n > 0 ? double(awayOf(n)) / n : 0;
    const double off = (r.toward - wanted()) / unit;
    return share > 0 ? off + share * ((r.away - r.toward) / unit) : off;
}

std::vector<lab::Mark> Bits::marks() const { return {{0, "none drawn"}, {draws, std::to_string(draws) + " drawn"}}; }

std::string Bits::status() const {
    return std::string(labelOf(format())) + " " + hexadecimal(format(), m_number.code) + " \xC2\xB7 " +
           std::to_string(m_position) + "/" + std::to_string(draws);
}

bool Bits::advance(gpu::Recorder&, int target, double budgetMs) {
    target = std::clamp(target, 0, draws);
    const bool there = lab::slice(budgetMs, 64, [&] {
        const int n = int(m_away.size());
        if (n > target) return false;
        const std::uint32_t word = philox(m_request.seed, std::uint32_t(n), 0, stream)[0];
        const double drawn = tensor::decode(format(), tensor::encode(format(), wanted(), tensor::Rounding::stochastic(word)));
        m_away.push_back(m_away.back() + !same(drawn, chosen().toward));
        if (const double off = offOf(n); std::isfinite(off)) {
            m_mean.push_back({n, double(n), off});
            m_nearest.push_back({n, double(n), chosen().ulps});
            m_truth.push_back({n, double(n), 0});
        }
        return true;
    });
    m_position = std::min(target, int(m_away.size()) - 1);
    return there;
}

std::span<const lab::Sample> Bits::series(const std::string& key) const {
    if (key == "mean") return m_mean;
    if (key == "nearest") return m_nearest;
    if (key == "mean_theory") return m_truth;
    return {};
}

lab::HostArray Bits::array(gpu::Device&, const std::string& key) {
    if (key == "bits") {
        lab::HostArray out{{std::uint64_t(format().bits())}, {}};
        for (int bit = format().bits() - 1; bit >= 0; --bit) out.values.push_back(float(m_number.code >> bit & 1));
        return out;
    }
    if (key != "rounded") return {{0}, {}};
    lab::HostArray out{{m_rounded.size(), 5}, {}};
    for (const Rounded& r : m_rounded)
        for (const double v : {r.value, r.absolute, r.relative, r.ulps, r.up}) out.values.push_back(float(v));
    return out;
}

std::vector<lab::Fact> Bits::inspectBit(int bit) const {
    const Format& f = format();
    const Field field = fieldOf(f, bit);
    std::vector<lab::Fact> facts{{"bit", std::to_string(bit)}};
    const auto power = [](int exponent) { return "2^" + std::to_string(exponent); };
    if (field == Field::exponent) facts.push_back({"counts in the exponent", power(bit - f.mantissaBits)});
    if (field == Field::fraction) facts.push_back({"counts in the fraction", power(bit - f.mantissaBits)});
    if (field == Field::fraction && std::isfinite(m_number.value))
        facts.push_back({"worth now", power(m_number.exponent() + bit - f.mantissaBits)});
    facts.push_back({"flipped", textOf(f, m_number.code ^ (std::uint64_t{1} << bit))});
    return facts;
}

std::vector<lab::Fact> Bits::inspectNumber(const Format& format, double value) {
    const Anatomy a = anatomy(format, tensor::encode(format, value));
    std::vector<lab::Fact> facts{{"number", lab::shortest(a.value)},
                                 {"code", hexadecimal(format, a.code)},
                                 {"kind", toString(a.kind)},
                                 {"spacing", short4(a.spacing)}};
    return facts;
}

std::vector<lab::Fact> Bits::inspectRounding(std::size_t row) const {
    const Rounded& r = m_rounded[row];
    std::vector<lab::Fact> facts{{"written", lab::shortest(wanted())},     {"held", lab::shortest(r.value)},
                                 {"code", hexadecimal(*r.format, r.code)}, {"error", short4(r.absolute)},
                                 {"relative", short4(r.relative)},         {"in spacings", short4(r.ulps)}};
    if (!same(r.toward, r.away)) {
        facts.push_back({"toward zero", lab::shortest(r.toward) + "  " + short4(100 * (1 - r.up)) + " %"});
        facts.push_back({"away from zero", lab::shortest(r.away) + "  " + short4(100 * r.up) + " %"});
    }
    return facts;
}

Check Bits::checkValue() const {
    Check check{.key = "value", .label = "value of the bits", .unit = "", .because = {}};
    check.measured = m_number.value;
    const bool finite = m_number.kind != Kind::infinity && m_number.kind != Kind::nan;
    check.expected = finite ? byDefinition(m_number) : m_number.value;
    check.verdict = same(check.measured, check.expected) ? Verdict::matches : Verdict::disagrees;
    check.because = finite ? "the definition, sign, exponent and fraction put together in float64; it must be exact"
                           : "all ones in the exponent stand for no number";
    return check;
}

Check Bits::checkSpacing() const {
    Check check{.key = "spacing", .label = "spacing", .unit = "", .because = {}};
    const Anatomy& a = m_number;
    const double next = a.negative ? a.next.below : a.next.above;
    if (!std::isfinite(next)) {
        check.because = "beyond this number there is none to measure to";
        return check;
    }
    check.measured = std::abs(next - a.value);
    check.expected = std::ldexp(1.0, a.exponent() - a.format->mantissaBits);
    check.verdict = check.measured == check.expected ? Verdict::matches : Verdict::disagrees;
    check.because = "the next number less this one, beside 2 to the exponent less the number of fraction bits; it must be exact";
    return check;
}

/// The draws are a coin with probability p between two neighbours: their mean's deviation is known.
Check Bits::checkMean() const {
    Check check{.key = "mean", .label = "mean of random roundings", .unit = "ulp", .because = {}};
    const Rounded& r = chosen();
    if (m_position == 0 || !std::isfinite(r.away) || !std::isfinite(offOf(m_position))) {
        check.because = m_position == 0 ? "none drawn yet" : "one of the two neighbours is no number";
        return check;
    }
    check.measured = offOf(m_position);
    // Bernstein's inequality, which also holds where p is tiny; and the words of 32 bits.
    const double n = m_position, spread = r.up * (1 - r.up);
    check.tolerance = std::sqrt(2 * surely * spread / n) + 2 * surely / (3 * n) * (spread > 0) + 0x1p-32;
    check.verdict = std::abs(check.measured) <= check.tolerance ? Verdict::matches : Verdict::disagrees;
    check.because = "Bernstein's bound for " + std::to_string(m_position) + " draws, wrong once in a million";
    return check;
}

std::vector<Check> Bits::checks() const { return {checkValue(), checkSpacing(), checkMean()}; }

} // namespace orrery::precision
