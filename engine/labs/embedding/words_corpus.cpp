// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_corpus.h"

#include "engine/error.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/model/mapped_file.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace orrery::embedding {

namespace {

/// A piece of the text, with a vocabulary of its own: pieces are read side by side.
struct Piece {
    WordNumbers numbers;
    std::vector<std::string> words;
    std::vector<std::int64_t> counts;
    std::vector<std::int32_t> tokens;
    std::vector<std::size_t> ends;
    bool foreign = false;
    std::int64_t overlong = 0;

    void read(std::string_view text, bool lowerCase) {
        *this = {};
        tokens.reserve(text.size() / 5);
        WordScan scan;
        scan(
            text, lowerCase,
            [&](std::string_view word) {
                auto found = numbers.find(word);
                if (found == numbers.end()) {
                    found = numbers.emplace(std::string(word), std::int32_t(words.size())).first;
                    words.emplace_back(word), counts.push_back(0);
                }
                ++counts[std::size_t(found->second)];
                tokens.push_back(found->second);
            },
            [&] {
                if (tokens.size() > (ends.empty() ? 0 : ends.back())) ends.push_back(tokens.size());
            });
        foreign = scan.foreign, overlong = scan.overlong;
    }
};

/// The whole text with every word, in order of appearance.
struct Whole {
    WordNumbers numbers;
    std::vector<std::string> words;
    std::vector<std::int64_t> counts;
    std::vector<std::int32_t> tokens;
    std::vector<std::int64_t> ends;

    void take(Piece& piece) {
        std::vector<std::int32_t> own(piece.words.size());
        for (std::size_t w = 0; w < own.size(); ++w) {
            const auto [at, isNew] = numbers.emplace(std::move(piece.words[w]), std::int32_t(counts.size()));
            if (isNew) counts.push_back(0), words.push_back(at->first);
            own[w] = at->second;
            counts[std::size_t(own[w])] += piece.counts[w];
        }
        const auto before = std::int64_t(tokens.size());
        for (const std::int32_t token : piece.tokens) tokens.push_back(own[std::size_t(token)]);
        for (const std::size_t end : piece.ends) ends.push_back(before + std::int64_t(end));
    }
};

Corpus reduced(Whole& whole, const std::string& name, const CorpusOptions& options) {
    std::vector<std::int32_t> order(whole.words.size());
    std::iota(order.begin(), order.end(), 0);
    std::erase_if(order, [&](std::int32_t w) { return whole.counts[std::size_t(w)] < options.minCount; });
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return whole.counts[std::size_t(a)] > whole.counts[std::size_t(b)]; });
    Corpus corpus;
    corpus.name = name, corpus.read = std::int64_t(whole.tokens.size());
    if (std::int64_t(order.size()) > options.mostWords) {
        order.resize(std::size_t(options.mostWords));
        corpus.remarks.push_back("Only the " + std::to_string(options.mostWords) + " most frequent words are taken.");
    }
    if (order.size() < 2)
        throw Error(name + ": " + std::to_string(order.size()) + " of its " + std::to_string(whole.words.size()) +
                    " different words occur at least " + std::to_string(options.minCount) +
                    " times, two are needed; lower the least count, or take a longer text");
    std::vector<std::int32_t> own(whole.words.size(), -1);
    for (std::size_t i = 0; i < order.size(); ++i) {
        own[std::size_t(order[i])] = std::int32_t(i);
        corpus.words.push_back(std::move(whole.words[std::size_t(order[i])]));
        corpus.counts.push_back(whole.counts[std::size_t(order[i])]);
        corpus.numbers.emplace(corpus.words.back(), std::int32_t(i));
    }
    std::int64_t at = 0;
    corpus.tokens = std::move(whole.tokens);
    std::int64_t kept = 0;
    for (const std::int64_t end : whole.ends) {
        const std::int64_t before = kept;
        for (; at < end; ++at)
            if (const std::int32_t token = own[std::size_t(corpus.tokens[std::size_t(at)])]; token >= 0)
                corpus.tokens[std::size_t(kept++)] = token;
        if (kept > before) corpus.ends.push_back(kept);
    }
    corpus.tokens.resize(std::size_t(kept));
    return corpus;
}

} // namespace

std::int32_t Corpus::find(std::string_view word) const {
    const auto at = numbers.find(word);
    return at == numbers.end() ? -1 : at->second;
}

Corpus corpusOf(std::string_view text, const std::string& name, const CorpusOptions& options, Progress& progress) {
    Whole whole;
    std::vector<Piece> pieces(4);
    bool foreign = false;
    std::int64_t overlong = 0;
    inPieces(
        text, [&](std::string_view piece, std::size_t slot) { pieces[slot].read(piece, options.lowerCase); },
        [&](std::size_t slot, std::size_t) {
            Piece& piece = pieces[slot];
            foreign |= piece.foreign, overlong += piece.overlong;
            if (whole.tokens.size() + piece.tokens.size() > std::size_t(std::numeric_limits<std::int32_t>::max()))
                throw Error(name + ": more than " + std::to_string(std::numeric_limits<std::int32_t>::max()) +
                            " words; take a part of the text");
            whole.take(piece);
        },
        pieces.size(), progress);
    Corpus corpus = reduced(whole, name, options);
    if (foreign) corpus.remarks.push_back("Some of it is no UTF-8 and was read as Windows-1252.");
    if (overlong > 0)
        corpus.remarks.push_back(std::to_string(overlong) + " runs of more than " + std::to_string(WordScan::longest) +
                                 " bytes without a blank are no words and were left out.");
    return corpus;
}

Corpus readCorpus(const std::string& path, const CorpusOptions& options, Progress& progress) {
    const model::MappedFile file(path);
    return corpusOf(textOf(path, file.all()), path, options, progress);
}

} // namespace orrery::embedding
