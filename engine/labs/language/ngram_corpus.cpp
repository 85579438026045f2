// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_corpus.h"

#include "engine/error.h"

#include <cmath>

namespace orrery::language {

bool heldOutLine(std::uint64_t line, double share) {
    return std::floor(double(line + 1) * share + 1e-9) > std::floor(double(line) * share + 1e-9);
}

CorpusReader::CorpusReader(std::string name, std::string_view text, Unit unit, int order, double heldOut)
    : m_name(std::move(name)), m_reader(m_name, text, unit), m_counter(order, Vocabulary().symbols()), m_share(heldOut) {
    m_corpus.unit = unit;
    m_corpus.bytes = text.size();
    if (unit != Unit::byte) return;
    for (int byte = 0; byte < 256; ++byte) { // all of them, seen or not
        const char one = char(byte);
        m_bytes[byte] = m_corpus.vocabulary.add({&one, 1});
    }
    m_counter.widen(m_corpus.vocabulary.size());
}

void CorpusReader::beginLine() {
    m_inLine = true;
    m_skipping = heldOutLine(m_corpus.lines, m_share);
    if (!m_skipping) m_counter.begin();
}

void CorpusReader::flush() {
    m_counter.widen(m_corpus.vocabulary.size());
    m_counter.add(m_waiting);
    m_waiting.clear();
}

void CorpusReader::read(std::uint64_t bytes) {
    Vocabulary& vocabulary = m_corpus.vocabulary;
    m_reader.read(
        bytes,
        [&](std::string_view text) {
            if (!m_inLine) beginLine();
            if (m_skipping) return;
            if (m_corpus.unit == Unit::byte) {
                m_waiting.push_back(m_bytes[static_cast<unsigned char>(text[0])]);
            } else {
                const Token token = vocabulary.add(text);
                m_waiting.push_back(token < Vocabulary::first ? Vocabulary::unknown : token); // "<s>" in a text is no mark
            }
        },
        [&](std::uint64_t from, std::uint64_t to) {
            if (m_skipping) {
                m_corpus.heldOut.emplace_back(from, to);
            } else {
                flush();
                m_counter.end();
            }
            ++m_corpus.lines;
            m_inLine = false;
        });
    if (m_inLine && !m_skipping) flush();
}

NgramCorpus CorpusReader::finish() {
    if (m_counter.tokens() == 0)
        throw Error(
            m_name + ": " +
            (m_corpus.lines == 0 ? "has blanks only; there is nothing to count" : "no line is left to count; hold out less"));
    m_corpus.broken = m_reader.broken();
    m_corpus.counts = m_counter.finish();
    return std::move(m_corpus);
}

} // namespace orrery::language
