// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/bytes.h"

#include "engine/error.h"

namespace orrery::model {

std::string shown(std::string_view text) {
    constexpr std::size_t longest = 96;
    std::string result(text.substr(0, longest));
    for (char& c : result)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
    if (text.size() > longest) {
        while (!result.empty() && (result.back() & 0xc0) == 0x80) result.pop_back(); // not in the middle of a character
        if (!result.empty() && (result.back() & 0x80)) result.pop_back();
        result += "...";
    }
    return result;
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
