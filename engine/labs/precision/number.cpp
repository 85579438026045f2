// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/number.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <string_view>

namespace orrery::precision {

using tensor::Format;

namespace {

constexpr const char* labels[] = {"FP64", "FP32", "FP16", "BF16", "E4M3", "E5M2"};
constexpr int deepest = 40; ///< brackets within brackets

std::size_t indexOf(const Format& format) {
    for (std::size_t i = 0; i < tensor::formats.size(); ++i)
        if (tensor::formats[i] == &format) return i;
    throw Error("a format that is not in the table");
}

/// Typographic signs as ASCII, without blanks.
std::string plain(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string_view rest = std::string_view(text).substr(i);
        if (rest.starts_with("\xC3\x97") || rest.starts_with("\xC2\xB7"))
            out += '*', i += 1;
        else if (rest.starts_with("\xE2\x88\x92"))
            out += '-', i += 2;
        else if (text[i] != ' ')
            out += char(std::tolower(static_cast<unsigned char>(text[i])));
    }
    return out;
}

/// Sums of products of powers, by descent.
class Reader {
 public:
    explicit Reader(const std::string& text) : m_text(plain(text)) {}

    double all() {
        const double value = sum(0);
        if (m_at != m_text.size()) fail();
        return value;
    }

 private:
    bool take(char c) {
        if (m_at >= m_text.size() || m_text[m_at] != c) return false;
        ++m_at;
        return true;
    }
    [[noreturn]] void fail() const {
        const std::string rest = m_text.substr(m_at, 20);
        throw Error("'" + m_text.substr(0, 60) + "' is not a number" +
                    (rest.empty() ? ": something is missing at its end"
                     : m_at == 0  ? ""
                                  : ": '" + rest + "' was not expected") +
                    "; write 0.1, 2^-12, 1 + 2^-11, 1/3, inf, nan or a code like fp16:0x3C01");
    }
    double sum(int depth) {
        double value = product(depth);
        for (;;) {
            if (take('+'))
                value += product(depth);
            else if (take('-'))
                value -= product(depth);
            else
                return value;
        }
    }
    double product(int depth) {
        double value = power(depth);
        for (;;) {
            if (take('*'))
                value *= power(depth);
            else if (take('/'))
                value /= power(depth);
            else
                return value;
        }
    }
    double power(int depth) {
        if (depth > deepest) fail();
        if (take('-')) return -power(depth + 1);
        if (take('+')) return power(depth + 1);
        const double base = atom(depth);
        if (!take('^')) return base;
        const double exponent = power(depth + 1);
        const bool whole = exponent == std::floor(exponent) && std::abs(exponent) < 1e5;
        return base == 2 && whole ? std::ldexp(1.0, int(exponent)) : std::pow(base, exponent);
    }
    double atom(int depth) {
        if (take('(')) {
            const double value = sum(depth + 1);
            if (!take(')')) fail();
            return value;
        }
        const std::string_view rest = std::string_view(m_text).substr(m_at);
        for (const auto& [word, value] :
             {std::pair<std::string_view, double>{"infinity", HUGE_VAL}, {"inf", HUGE_VAL}, {"nan", nan}})
            if (rest.starts_with(word)) return m_at += word.size(), value;
        if (rest.empty() || !(std::isdigit(static_cast<unsigned char>(rest[0])) || rest[0] == '.')) fail();
        const bool hex = rest.starts_with("0x");
        const char *first = rest.data() + (hex ? 2 : 0), *last = rest.data() + rest.size();
        double value = 0;
        const auto [end, error] = std::from_chars(first, last, value, hex ? std::chars_format::hex : std::chars_format::general);
        if (error == std::errc::result_out_of_range)
            throw Error("'" + m_text.substr(0, 60) + "' is beyond what float64 holds; write inf, or a smaller number");
        if (error != std::errc() || end == first) fail();
        m_at += std::size_t(end - rest.data());
        return value;
    }

    static constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    std::string m_text;
    std::size_t m_at = 0;
};

Written readCode(const Format& format, const std::string& text, const std::string& digits) {
    std::uint64_t code = 0;
    const bool hex = digits.starts_with("0x");
    const char *first = digits.data() + (hex ? 2 : 0), *last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(first, last, code, 16);
    if (error != std::errc() || end != last || first == last || (format.bits() < 64 && code >> format.bits() != 0))
        throw Error("'" + text.substr(0, 60) + "' is no code of " + labelOf(format) + ", which has " +
                    std::to_string(format.bits() / 4) + " hexadecimal digits");
    return {tensor::decode(format, code), &format, code};
}

} // namespace

const std::vector<std::string>& formatKeys() {
    static const std::vector<std::string> keys{"fp64", "fp32", "fp16", "bf16", "e4m3", "e5m2"};
    return keys;
}

const Format& formatOf(const std::string& key) {
    for (std::size_t i = 0; i < formatKeys().size(); ++i)
        if (formatKeys()[i] == key) return *tensor::formats[i];
    throw Error("there is no number format '" + key + "'" + lab::suggestion(key, formatKeys()));
}

const char* labelOf(const Format& format) { return labels[indexOf(format)]; }

Written read(const std::string& text) {
    const std::string bare = plain(text);
    if (const std::size_t colon = bare.find(':'); colon != std::string::npos)
        return readCode(formatOf(bare.substr(0, colon)), text, bare.substr(colon + 1));
    return {Reader(text).all()};
}

std::uint64_t codeOf(const Written& written, const Format& format) {
    return written.format == &format ? written.code : tensor::encode(format, written.value);
}

std::string textOf(const Format& format, std::uint64_t code) {
    const double value = tensor::decode(format, code);
    if (value == 0 && std::signbit(value)) return "-0";
    if (!std::isnan(value)) return lab::shortest(value);
    const double quiet = std::numeric_limits<double>::quiet_NaN();
    if (code == tensor::encode(format, quiet)) return "nan";
    return formatKeys()[indexOf(format)] + ":" + hexadecimal(format, code);
}

std::string hexadecimal(const Format& format, std::uint64_t code) {
    char text[24];
    std::snprintf(text, sizeof text, "0x%0*llX", format.bits() / 4, static_cast<unsigned long long>(code));
    return text;
}

} // namespace orrery::precision
