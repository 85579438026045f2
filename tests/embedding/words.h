// SPDX-License-Identifier: GPL-3.0-or-later
// Texts and trainings for the tests of words.
#pragma once

#include "engine/labs/embedding/words_analogy.h"
#include "engine/labs/embedding/words_corpus.h"
#include "engine/labs/embedding/words_grammar.h"
#include "engine/labs/embedding/words_state.h"
#include "engine/philox.h"

#include <cmath>

namespace orrery::test {

inline std::shared_ptr<const embedding::Corpus> corpusOf(std::string_view text, const embedding::CorpusOptions& options = {}) {
    embedding::Progress progress;
    return std::make_shared<const embedding::Corpus>(embedding::corpusOf(text, "text", options, progress));
}

inline std::shared_ptr<const embedding::Corpus> grammar(std::uint64_t seed, bool planted = false) {
    return corpusOf(embedding::grammarText({.seed = seed, .planted = planted}));
}

inline std::unique_ptr<embedding::WordTrainer> trainer(const std::shared_ptr<const embedding::Corpus>& corpus,
                                                       const embedding::WordSettings& settings) {
    embedding::Progress progress;
    return embedding::wordTrainer(corpus, settings, progress);
}

inline embedding::WordState trained(const std::shared_ptr<const embedding::Corpus>& corpus,
                                    const embedding::WordSettings& settings) {
    const auto t = trainer(corpus, settings);
    embedding::WordState state = t->begin();
    t->train(state, 0, t->rounds());
    return state;
}

/// For the grammar: what was chosen by the half of its analogies that is not held out.
inline embedding::WordSettings forGrammar(embedding::WordModel model, std::uint64_t seed) {
    embedding::WordSettings settings{.model = model, .dims = 24, .window = 1, .epochs = 20, .seed = seed};
    if (model == embedding::WordModel::cbow) settings.rate = 0.1;
    if (model == embedding::WordModel::glove) settings.rate = 0.05, settings.epochs = 60;
    return settings;
}

inline embedding::AnalogyScore scored(const embedding::Corpus& corpus, const embedding::WordState& state,
                                      const std::vector<embedding::Analogy>& questions,
                                      embedding::AnalogyRule rule = embedding::AnalogyRule::add) {
    const embedding::WordIndex index(corpus.words);
    return embedding::scoreAnalogies(state.vectors(), embedding::AnalogyRows(questions, index), rule);
}

/// `words` words in sentences of ten, some more frequent than others, those of one topic of three together.
inline std::string topics(int words, int length, std::uint64_t seed) {
    std::string text;
    for (int i = 0; i < length; ++i) {
        const Philox4 draw = philox(seed, std::uint32_t(i), 0, 0);
        int word = int(words * std::pow(unitOpen(draw[0]), 1.3));
        if (draw[1] & 1) word = (word / 3 * 3 + i / 40 % 3) % words;
        text += "w" + std::to_string(word) + (i % 10 == 9 ? "\n" : " ");
    }
    return text;
}

} // namespace orrery::test
