// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/text_scan.h"

#include "engine/error.h"
#include "engine/labs/embedding/quick_number.h"
#include "engine/model/bytes.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace orrery::embedding {

std::string_view textOf(const std::string& path, std::span<const std::byte> bytes) {
    std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        throw Error(path + ": text in UTF-16 (byte 0); save it as UTF-8");
    if (const std::size_t zero = text.substr(0, 4096).find('\0'); zero != std::string_view::npos)
        throw Error(path + ": byte " + std::to_string(zero) +
                    " is zero: this is no text, and none of the binary forms that can be read");
    if (const std::string_view start = text.substr(0, 1U << 20); start.find('\n') == start.npos && start.find('\r') != start.npos)
        throw Error(path + ": byte " + std::to_string(start.find('\r')) +
                    ": lines end with a carriage return alone; save it with the line ends of Unix or Windows");
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) throw Error(path + ": the file is empty");
    return text;
}

std::string tooLong(std::string_view line) {
    return "a line of " + std::to_string(line.size()) + " bytes, and at most " + std::to_string(longestLine) +
           " can be read; end each row with a line end";
}

std::string_view nextLine(std::string_view text, std::size_t& at) {
    const auto* const begin = text.data() + at;
    const auto* const end = static_cast<const char*>(std::memchr(begin, '\n', text.size() - at));
    std::string_view line(begin, end ? std::size_t(end - begin) : text.size() - at);
    at += line.size() + (end ? 1 : 0);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

/// Whether a number that not even float64 holds is too large (else it is too small): by the power of ten of its first digit that
/// is not 0.
static bool isHuge(std::string_view text) {
    const std::size_t mark = text.find_first_of("eE");
    const std::string_view mantissa = text.substr(0, mark);
    std::int64_t power = 0;
    if (mark != std::string_view::npos) {
        const char* from = text.data() + mark + 1;
        const bool small = *from == '-';
        if (*from == '+') ++from;
        if (std::from_chars(from, text.data() + text.size(), power).ec == std::errc::result_out_of_range) return !small;
        power = std::clamp<std::int64_t>(power, -(1LL << 40), 1LL << 40); // no text has so many digits before its point
    }
    const std::size_t first = mantissa.find_first_of("123456789"), point = std::min(mantissa.find('.'), mantissa.size());
    return first != std::string_view::npos && std::int64_t(point) - std::int64_t(first) + power > 0;
}

Number parseNumber(const char*& at, const char* end, float& value) {
    if (quickNumber(at, end, value)) return Number::good;
    const char* start = at;
    if (start < end && *start == '+' && start + 1 < end && start[1] != '-') ++start;
    const auto [stop, error] = std::from_chars(start, end, value);
    if (error == std::errc::invalid_argument) return Number::notANumber;
    at = stop;
    if (error == std::errc::result_out_of_range) { // too large, or so small that it rounds to 0
        double wide = 0;
        const auto again = std::from_chars(start, stop, wide);
        const bool huge = again.ec == std::errc::result_out_of_range ? isHuge({start, std::size_t(stop - start)})
                                                                     : std::abs(wide) > double(std::numeric_limits<float>::max());
        if (huge) return Number::tooLarge;
        value = *start == '-' ? -0.0F : 0.0F;
        if (wide != 0) value = float(wide);
    }
    return std::isfinite(value) ? Number::good : Number::infinite;
}

Number parseNumber(std::string_view field, float& value) {
    const char* at = field.data();
    const Number found = parseNumber(at, field.data() + field.size(), value);
    return found == Number::good && at != field.data() + field.size() ? Number::notANumber : found;
}

std::string complaint(Number what, std::string_view field) {
    const std::string shown = "'" + model::shown(field.substr(0, 40)) + "'";
    switch (what) {
        case Number::infinite:
            return shown + " is no finite number; drop the row or put a number there";
        case Number::tooLarge:
            return shown + " is beyond float32";
        default:
            return field.empty() ? "an empty field; put a number there" : shown + " is not a number";
    }
}

static bool isUtf8(std::string_view bytes) {
    for (std::size_t i = 0; i < bytes.size();) {
        const auto lead = std::uint8_t(bytes[i++]);
        if (lead < 0x80) continue;
        const int more = lead >= 0xC2 && lead < 0xE0 ? 1 : (lead & 0xF0) == 0xE0 ? 2 : lead >= 0xF0 && lead < 0xF5 ? 3 : 0;
        if (more == 0 || bytes.size() - i < std::size_t(more)) return false;
        for (int k = 0; k < more; ++k)
            if ((std::uint8_t(bytes[i + std::size_t(k)]) & 0xC0) != 0x80) return false;
        const auto next = std::uint8_t(bytes[i]);
        if ((lead == 0xE0 && next < 0xA0) || (lead == 0xED && next > 0x9F) || (lead == 0xF0 && next < 0x90) ||
            (lead == 0xF4 && next > 0x8F))
            return false;
        i += std::size_t(more);
    }
    return true;
}

std::string wordOf(std::string_view bytes, bool& foreign) {
    static constexpr std::array<std::uint16_t, 32> high = {0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                           0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
                                                           0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                           0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    if (isUtf8(bytes)) return std::string(bytes);
    foreign = true;
    std::string word;
    for (const char c : bytes) {
        std::uint32_t code = std::uint8_t(c);
        if (code >= 0x80 && code < 0xA0) code = high[code - 0x80];
        if (code < 0x80) {
            word += char(code);
        } else if (code < 0x800) {
            word += char(0xC0 | code >> 6);
            word += char(0x80 | (code & 63));
        } else {
            word += char(0xE0 | code >> 12);
            word += char(0x80 | (code >> 6 & 63));
            word += char(0x80 | (code & 63));
        }
    }
    return word;
}

void inPieces(std::string_view text, const std::function<void(std::string_view, std::size_t)>& parse,
              const std::function<void(std::size_t, std::size_t)>& take, std::size_t slots, Progress& progress) {
    constexpr std::size_t pieceSize = 2U << 20;
    std::size_t at = 0;
    while (at < text.size()) {
        std::vector<std::pair<std::size_t, std::string_view>> pieces;
        while (at < text.size() && pieces.size() < slots) {
            std::size_t end = std::min(text.size(), at + pieceSize);
            if (end < text.size()) {
                const std::size_t line = text.find('\n', end);
                end = line == std::string_view::npos ? text.size() : line + 1;
            }
            pieces.emplace_back(at, text.substr(at, end - at));
            at = end;
        }
        std::vector<std::exception_ptr> errors(pieces.size());
        tensor::host::parallel(std::int64_t(pieces.size()), [&](std::int64_t i, int) {
            try {
                parse(pieces[std::size_t(i)].second, std::size_t(i));
            } catch (...) {
                errors[std::size_t(i)] = std::current_exception();
            }
        });
        for (std::size_t i = 0; i < pieces.size(); ++i) {
            if (errors[i]) std::rethrow_exception(errors[i]);
            take(i, pieces[i].first);
        }
        progress.at(double(at) / double(text.size()));
    }
}

} // namespace orrery::embedding
