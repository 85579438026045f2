// SPDX-License-Identifier: GPL-3.0-or-later
// Random texts for tokenizers, and small tokenizers in the public formats (tests/reference/language/tokenizers.py).
#pragma once

#include "engine/model/tokenizer/tokenizer.h"
#include "engine/model/tokenizer/utf8.h"

#include <QChar>

#include <random>
#include <string>

namespace orrery::test {

inline const std::string tokenizerData = ORRERY_TEST_DATA "/model/data/tokenizer/";

class RandomText {
 public:
    explicit RandomText(unsigned seed) : m_random(seed) {}
    std::size_t below(std::size_t limit) { return m_random() % limit; }

    /// Words, numbers, contractions, blanks and line ends of all kinds, and characters from everywhere.
    std::string operator()(std::size_t parts) {
        static const char* const usual[] = {"the",    "Moon",   "'s", "'LL",    "'re",    "'\u017f", "1781", "3",     " ",
                                            "  ",     "\t",     "\n", "\r\n",   "\n\n",   "...",     "!?",   "(x)",   "\u00a0",
                                            "\u2003", "\u0085", "\v", "\u3000", "\u00e9", "e\u0301", "'",    "\u212a"};
        std::string text;
        for (std::size_t i = 0; i < parts; ++i) {
            if (below(3) > 0)
                text += usual[below(std::size(usual))];
            else
                model::utf8Append(text, character());
        }
        return text;
    }

    /// Of Unicode 13, which all libraries know.
    char32_t character() {
        static const char32_t blocks[][2] = {{0, 0x7f},        {0x80, 0x24f},      {0x250, 0x7ff},
                                             {0x800, 0x1fff},  {0x2000, 0x2bff},   {0x3000, 0xd7ff},
                                             {0xe000, 0xffff}, {0x10000, 0x1ffff}, {0x20000, 0x10ffff}};
        while (true) {
            const auto& block = blocks[below(std::size(blocks))];
            const char32_t c = block[0] + char32_t(below(block[1] - block[0] + 1));
            if (c < 0x80 ||
                (QChar::unicodeVersion(c) != QChar::Unicode_Unassigned && QChar::unicodeVersion(c) <= QChar::Unicode_13_0))
                return c;
        }
    }

    std::string bytes(std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i) text += char(below(256));
        return text;
    }

 private:
    std::mt19937 m_random;
};

} // namespace orrery::test
