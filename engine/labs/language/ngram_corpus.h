// SPDX-License-Identifier: GPL-3.0-or-later
// A text read into a vocabulary and counts, with some of its lines held out to be judged by. Read in slices.
#pragma once

#include "engine/labs/language/ngram_counter.h"
#include "engine/labs/language/ngram_counts.h"
#include "engine/labs/language/ngram_text.h"
#include "engine/labs/language/ngram_vocabulary.h"

#include <memory>
#include <utility>

namespace orrery::language {

struct NgramCorpus {
    Unit unit = Unit::word;
    Vocabulary vocabulary{};
    std::shared_ptr<const NgramCounts> counts{};
    std::uint64_t bytes = 0, lines = 0, broken = 0;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> heldOut{}; ///< from, to in the text, of lines that were not counted
};

class CorpusReader {
 public:
    /// `text` must outlive this. `heldOut`: the share of the lines, 0 to 0.9, spread evenly. Throws Error.
    CorpusReader(std::string name, std::string_view text, Unit unit, int order, double heldOut);

    double fraction() const { return double(m_reader.at()) / double(m_reader.size()); }
    std::uint64_t at() const { return m_reader.at(); }
    bool done() const { return m_reader.done(); }
    void read(std::uint64_t bytes);
    std::uint64_t memory() const { return m_counter.bytes(); } ///< of the tables that are being filled
    /// Once it is done: sorted and packed. Throws Error where every line was held out.
    NgramCorpus finish();

 private:
    void flush();
    void beginLine();

    std::string m_name;
    TextReader m_reader;
    NgramCorpus m_corpus;
    NgramCounter m_counter;
    std::vector<Token> m_waiting; // of the line that is read, not yet counted
    Token m_bytes[256];
    double m_share;
    bool m_inLine = false, m_skipping = false;
};

/// Whether the line with this number, from 0 on, is held out.
bool heldOutLine(std::uint64_t line, double share);

} // namespace orrery::language
