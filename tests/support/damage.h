// SPDX-License-Identifier: GPL-3.0-or-later
// One random damage to a file: bits, bytes and numbers that turn over, pieces cut out, doubled or taken from elsewhere, words of
// the format, digits. The same way for the same seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace orrery::test {

class Damage {
 public:
    Damage(std::uint64_t seed, std::vector<std::string> words) : m_random(seed), m_words(std::move(words)) {}
    std::size_t below(std::size_t limit) { return limit ? m_random() % limit : 0; }
    std::size_t times() { return 1 + below(std::size_t(1) << below(4)); } ///< how often to damage one file

    /// `other` is where pieces are taken from.
    void operator()(std::string& bytes, const std::string& other) {
        static const int shifts[] = {0, 1, 3, 5, 6, 7, 8, 15, 16, 31, 32, 40, 61, 62, 63};
        const std::size_t at = below(bytes.size() + 1);
        std::uint64_t number = (1ULL << shifts[below(std::size(shifts))]) - below(2); // where sizes and signs turn over
        if (below(8) == 0) number = UINT64_MAX - (below(2) ? 31 : 0);
        number += (below(4) ? 0 : below(5)) - (below(4) ? 0 : below(5));
        switch (below(11)) {
            case 0:
            case 1:
                if (at < bytes.size()) bytes[at] = char(bytes[at] ^ 1 << below(8));
                return;
            case 2:
                if (at < bytes.size()) bytes[at] = char(m_random());
                return;
            case 3:
            case 4: { // a number of 1, 2, 4 or 8 bytes
                const std::size_t size = std::size_t(1) << below(4);
                for (std::size_t i = 0; at + size <= bytes.size() && i < size; ++i) bytes[at + i] = char(number >> (8 * i));
                return;
            }
            case 5:
                bytes.erase(at, below(std::size_t(1) << below(8)));
                return;
            case 6:
                bytes.insert(at, m_words[below(m_words.size())]);
                return;
            case 7: { // digits become other digits
                const std::size_t digit = bytes.find_first_of("0123456789", at);
                if (digit != std::string::npos)
                    bytes.replace(digit, 1, below(2) ? std::to_string(number) : std::to_string(below(10)));
                return;
            }
            case 8: // a piece again, somewhere else
                bytes.insert(below(bytes.size() + 1), bytes.substr(at, below(64)));
                return;
            case 9:
                if (below(4) == 0) bytes.resize(at);
                return;
            default: // a piece of another file
                bytes.insert(at, other.substr(below(other.size()), below(64)));
        }
    }

 private:
    std::mt19937_64 m_random;
    std::vector<std::string> m_words;
};

} // namespace orrery::test
