// SPDX-License-Identifier: GPL-3.0-or-later
// What is made of a text, or of an ARPA file, once and away from the thread that draws: words, counts, laws, and how well each
// smoothing does on lines that were counted and on lines that were not.
#pragma once

#include "engine/lab/background.h"
#include "engine/labs/language/ngram_arpa.h"
#include "engine/labs/language/ngram_corpus.h"
#include "engine/labs/language/ngram_score.h"
#include "engine/labs/language/ngram_zipf.h"
#include "engine/model/mapped_file.h"

#include <atomic>
#include <memory>

namespace orrery::language {

/// Which text, and how it is counted; a change of any of these counts anew.
struct NgramSource {
    std::string source = "stories"; ///< "stories", "sam", "file", "arpa"
    std::string file{};
    Unit unit = Unit::word;
    int order = 3;
    double heldOut = 0.1;
    bool operator==(const NgramSource&) const = default;
};

struct NgramStudy {
    NgramSource source;
    std::string name{};                              ///< of the text, for a person
    std::shared_ptr<const model::MappedFile> file{}; ///< of "file"
    std::string_view text{};                         ///< all of it
    NgramCorpus corpus{};                            ///< of an ARPA file the words alone
    std::shared_ptr<const BackoffModel> arpa{};
    std::vector<Zipf> laws{};     ///< by order - 1
    double seconds = 0;           ///< reading, counting and packing
    std::uint64_t tableBytes = 0; ///< of the tables while it was counted
};

constexpr std::uint64_t longestText = 1'000'000'000; ///< bytes

/// Opens the text: throws Error for what cannot be read at all.
std::shared_ptr<NgramStudy> openStudy(const NgramSource& source);
/// Does the counting. `fraction` grows to 1. Throws Error. Comes back early, with nothing, when told to stop.
void fillStudy(NgramStudy& study, std::atomic<double>& fraction, const lab::Stop& stop);

/// Perplexities under one smoothing.
struct Judgement {
    Smoothing method = Smoothing::kneserNey;
    Perplexity counted{}, heldOut{};
    double seconds = 0; ///< of reading and asking
};
constexpr std::uint64_t judgedTokens = 200'000; ///< at most so many of either kind, from the beginning of the text

/// A row each for MLE, add-k and Kneser-Ney; empty of an ARPA file, and when told to stop.
std::vector<Judgement> judge(const NgramStudy& study, double k, bool closed, const lab::Stop& stop);

} // namespace orrery::language
