// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/bytes.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::model {

namespace {

/// Bytes of the character that `text` begins with; 0 where it is none (RFC 3629) or a control character.
std::size_t characterAt(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
    const unsigned lead = byte(0);
    if (lead < 0x80) return lead >= 0x20 && lead != 0x7f ? 1 : 0;
    const std::size_t length = lead >= 0xc2 && lead < 0xe0   ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    const bool control = lead == 0xc2 && byte(1) < 0xa0, surrogate = lead == 0xed && byte(1) > 0x9f;
    const bool tooLong = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xf0 && byte(1) < 0x90),
               beyond = lead == 0xf4 && byte(1) > 0x8f;
    return control || surrogate || tooLong || beyond ? 0 : length;
}

} // namespace

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 96;
    std::string result;
    for (std::size_t i = 0; i < std::min(longest, text.size());) {
        const std::size_t length = characterAt(text.substr(i));
        result += length > 0 ? text.substr(i, length) : std::string_view("?");
        i += std::max<std::size_t>(1, length);
    }
    while (result.size() > longest) { // the last character reached beyond
        while ((result.back() & 0xc0) == 0x80) result.pop_back();
        result.pop_back();
    }
    if (text.size() > longest) result += "...";
    return result;
}

bool readable(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = characterAt(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

void Source::fail(std::uint64_t at, const std::string& what) const {
    throw Error(path + ": not a readable " + format + " at byte " + std::to_string(at) + ": " + what + "; " + advice);
}

void ByteReader::seek(std::uint64_t at) {
    if (at > m_bytes.size()) fail("the position " + std::to_string(at) + " lies past the end");
    m_at = at;
}

std::span<const std::byte> ByteReader::take(std::uint64_t count, const char* what) {
    if (count > left())
        fail(std::string(what) + " needs " + std::to_string(count) + " bytes, but " + std::to_string(left()) + " are left");
    const auto bytes = m_bytes.subspan(m_at, count);
    m_at += count;
    return bytes;
}

std::string ByteReader::text(std::uint64_t count, const char* what) {
    const auto bytes = take(count, what);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace orrery::model
