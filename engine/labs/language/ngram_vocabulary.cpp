// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_vocabulary.h"

#include "engine/error.h"

#include <cstring>

namespace orrery::language {

namespace {

std::uint32_t hashOf(std::string_view word) {
    std::uint64_t hash = word.size() * 0x9e3779b97f4a7c15ull;
    while (word.size() >= 8) {
        std::uint64_t part;
        std::memcpy(&part, word.data(), 8);
        hash = (hash ^ part) * 0xff51afd7ed558ccdull;
        hash ^= hash >> 32;
        word.remove_prefix(8);
    }
    std::uint64_t rest = 0;
    if (!word.empty()) std::memcpy(&rest, word.data(), word.size());
    hash = (hash ^ rest) * 0xc4ceb9fe1a85ec53ull;
    return std::uint32_t(hash >> 32);
}

} // namespace

Vocabulary::Vocabulary() : m_table(1 << 10, noToken) {
    for (const char* word : {"<unk>", "<s>", "</s>"}) add(word);
}

/// Where the word is, or the free place where it belongs.
std::uint64_t Vocabulary::place(std::string_view word, std::uint32_t hash) const {
    const std::uint64_t mask = m_table.size() - 1;
    std::uint64_t at = hash & mask;
    while (m_table[at] != noToken) {
        const Word& there = m_words[std::size_t(m_table[at])];
        if (there.hash == hash && std::string_view(m_text).substr(there.at, there.length) == word) break;
        at = (at + 1) & mask;
    }
    return at;
}

Token Vocabulary::find(std::string_view word) const { return m_table[place(word, hashOf(word))]; }

Token Vocabulary::add(std::string_view word) {
    const std::uint32_t hash = hashOf(word);
    std::uint64_t at = place(word, hash);
    if (m_table[at] != noToken) return m_table[at];
    if (word.size() > UINT32_MAX || size() == INT32_MAX - 1) throw Error("more words, or a longer one, than can be numbered");
    if (m_words.size() >= m_table.size() / 3 * 2) {
        std::vector<Token> larger(m_table.size() * 2, noToken);
        m_table.swap(larger);
        for (Token token = 0; token < size(); ++token) m_table[place(text(token), m_words[std::size_t(token)].hash)] = token;
        at = place(word, hash);
    }
    const Token token = size();
    m_words.push_back({m_text.size(), std::uint32_t(word.size()), hash});
    m_text += word;
    return m_table[at] = token;
}

std::uint64_t Vocabulary::bytes() const {
    return m_text.capacity() + m_words.capacity() * sizeof(Word) + m_table.size() * sizeof(Token);
}

} // namespace orrery::language
