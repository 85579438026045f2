// SPDX-License-Identifier: GPL-3.0-or-later
// FNV-1a (Fowler, Noll and Vo; draft-eastlake-fnv): short names for contents. Kept in files: a change makes old ones unknown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace orrery {

/// Of 32 or 64 bits.
template <class Word>
class Fnv {
 public:
    /// A byte; or a number at once, which is quicker and another hash than that of its bytes.
    void unit(Word unit) { m_value = (m_value ^ unit) * prime; }
    void bytes(std::span<const std::byte> bytes) {
        for (const std::byte byte : bytes) unit(Word(byte));
    }
    void text(std::string_view text) { bytes(std::as_bytes(std::span(text))); }
    /// Its eight bytes, the lowest first.
    void number(std::uint64_t number) {
        for (int shift = 0; shift < 64; shift += 8) unit(Word(std::uint8_t(number >> shift)));
    }
    Word value() const { return m_value; }

 private:
    static_assert(sizeof(Word) == 4 || sizeof(Word) == 8);
    static constexpr Word prime = sizeof(Word) == 8 ? Word(1099511628211ULL) : Word(16777619U);
    Word m_value = sizeof(Word) == 8 ? Word(14695981039346656037ULL) : Word(2166136261U);
};

} // namespace orrery
