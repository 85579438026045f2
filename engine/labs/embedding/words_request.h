// SPDX-License-Identifier: GPL-3.0-or-later
// Which text word vectors are trained on, and how.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/embedding/words_analogy.h"
#include "engine/labs/embedding/words_state.h"

#include <memory>
#include <string>

namespace orrery::embedding {

enum class TextSource { grammar, stories, file };

struct TextRequest {
    TextSource source = TextSource::grammar;
    std::string path{}, version{}; ///< of a file: when it was last written
    CorpusOptions options{};
    std::uint64_t seed = 1; ///< of the grammar's order
    bool operator==(const TextRequest& o) const {
        return source == o.source && path == o.path && version == o.version && options.minCount == o.options.minCount &&
               options.mostWords == o.options.mostWords && options.lowerCase == o.options.lowerCase && seed == o.seed;
    }
};

struct WordsRequest {
    TextRequest text;
    WordSettings settings;
    std::string questions{}, questionsVersion{}; ///< a file of analogies; the grammar has its own
    bool operator==(const WordsRequest&) const = default;
};

/// Throws Error for what can be seen to be wrong without reading the text.
WordsRequest wordsRequestOf(const lab::Settings& settings, std::uint64_t seed);

std::shared_ptr<const Corpus> corpusFor(const TextRequest& text, Progress& progress);
/// Those that the vocabulary can be asked; none of texts that nobody knows any of.
std::vector<Analogy> questionsFor(const WordsRequest& request);

/// Vectors with their words; columns "count" and, of the grammar, "kind".
Table tableOf(const Corpus& corpus, Matrix vectors, const TextRequest& text);
/// Trained to the end.
Table trainedTable(const WordsRequest& request, Progress& progress);

} // namespace orrery::embedding
