// SPDX-License-Identifier: GPL-3.0-or-later
// Reading little-endian bytes that nobody vouches for: every step is checked against the end, and errors name the byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace orrery::model {

/// The value of `bytes.size()` (at most 8) bytes, least significant first.
inline std::uint64_t littleEndian(std::span<const std::byte> bytes) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) value |= std::uint64_t(bytes[i]) << (8 * i);
    return value;
}

/// For an error: text from a file with what is not printable ASCII or UTF-8 as '?', cut after 96 bytes.
std::string shown(std::string_view text);
/// Nothing in it but printable characters: UTF-8 without control characters.
bool readable(std::string_view text);

/// a * b, or false when that needs more than 64 bits.
inline bool multiply(std::uint64_t a, std::uint64_t b, std::uint64_t& product) {
    if (a != 0 && b > UINT64_MAX / a) return false;
    product = a * b;
    return true;
}

/// Whose bytes they are, for the text of errors.
struct Source {
    std::string path;   ///< "/tmp/a.pt", or with an entry "/tmp/a.pt: archive/data.pkl"
    const char* format; ///< "GGUF file"
    const char* advice; ///< what to do when it is damaged: "download it again"

    /// Throws Error: "PATH: not a readable FORMAT at byte AT: WHAT; ADVICE".
    [[noreturn]] void fail(std::uint64_t at, const std::string& what) const;
};

/// A cursor. Whatever goes past the end throws Error through the source.
class ByteReader {
 public:
    /// `base` is added to the position in errors. Source and bytes must outlive the reader.
    ByteReader(const Source& source, std::span<const std::byte> bytes, std::uint64_t base = 0)
        : m_source(source), m_bytes(bytes), m_base(base) {}

    std::uint64_t at() const { return m_at; }
    std::uint64_t left() const { return m_bytes.size() - m_at; }
    void seek(std::uint64_t at); ///< from the beginning of the bytes

    std::span<const std::byte> take(std::uint64_t count, const char* what);
    std::string text(std::uint64_t count, const char* what);

    template <class T> // a whole number of 1 to 8 bytes, signed or not
    T number(const char* what) {
        static_assert(std::is_integral_v<T>);
        return T(littleEndian(take(sizeof(T), what)));
    }

    [[noreturn]] void fail(const std::string& what) const { m_source.fail(m_base + m_at, what); }

 private:
    const Source& m_source;
    std::span<const std::byte> m_bytes;
    std::uint64_t m_base;
    std::uint64_t m_at = 0;
};

} // namespace orrery::model
