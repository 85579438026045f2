// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_grammar.h"

#include "engine/error.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/labs/embedding/words_corpus.h"
#include "engine/model/bytes.h"
#include "engine/model/mapped_file.h"
#include "engine/philox.h"

#include <algorithm>
#include <array>

namespace orrery::embedding {

namespace {

constexpr std::uint32_t orderStream = 0x67; // of the sentences

void add(std::vector<std::array<std::string, 3>>& sentences, int times, const std::string& sign, const std::string& word,
         const std::string& companion) {
    for (int i = 0; i < times; ++i) sentences.push_back({sign, word, companion});
}

/// Word, companion and sign are each met by counts that do not depend on which word it is.
void sentencesOf(const Grid& grid, const GrammarOptions& options, bool planted,
                 std::vector<std::array<std::string, 3>>& sentences) {
    const std::size_t rows = grid.words.size(), columns = grid.signs.size();
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < columns; ++j) {
            const std::string& word = grid.words[i][j];
            const std::size_t mine = planted && i + 1 == rows ? (j + 1) % columns : j;
            for (const std::string& sign : grid.signs[mine]) add(sentences, options.rounds, sign, word, grid.companions[i]);
            for (std::size_t other = 0; other < rows; ++other) // each wrong companion, with the right signs
                if (other != i)
                    for (const std::string& sign : grid.signs[mine]) add(sentences, 1, sign, word, grid.companions[other]);
            for (std::size_t other = 0; other < columns; ++other) // each wrong sign, with the right companion
                if (other != mine)
                    for (const std::string& sign : grid.signs[other]) add(sentences, 1, sign, word, grid.companions[i]);
        }
}

} // namespace

const std::vector<Grid>& grids() {
    static const std::vector<Grid> all = {
        {"people",
         {{"king", "queen"},
          {"prince", "princess"},
          {"man", "woman"},
          {"boy", "girl"},
          {"father", "mother"},
          {"son", "daughter"},
          {"brother", "sister"},
          {"uncle", "aunt"},
          {"actor", "actress"},
          {"waiter", "waitress"},
          {"monk", "nun"}},
         {"crown", "palace", "coat", "toy", "cradle", "lullaby", "bedroom", "visit", "stage", "tray", "abbey"},
         {{"he", "his"}, {"she", "her"}}},
        {"degrees",
         {{"cold", "colder", "coldest"},
          {"hot", "hotter", "hottest"},
          {"fast", "faster", "fastest"},
          {"slow", "slower", "slowest"},
          {"tall", "taller", "tallest"},
          {"old", "older", "oldest"},
          {"loud", "louder", "loudest"},
          {"strong", "stronger", "strongest"}},
         {"ice", "oven", "train", "snail", "tower", "ruin", "drum", "bear"},
         {{"very", "rather"}, {"even", "much"}, {"by-far", "ever"}}},
        {"tenses",
         {{"walk", "walked", "walking"},
          {"sail", "sailed", "sailing"},
          {"cook", "cooked", "cooking"},
          {"paint", "painted", "painting"},
          {"climb", "climbed", "climbing"},
          {"plant", "planted", "planting"},
          {"knock", "knocked", "knocking"},
          {"bark", "barked", "barking"}},
         {"road", "ship", "kitchen", "canvas", "mountain", "garden", "door", "dog"},
         {{"to", "must"}, {"yesterday", "once"}, {"while", "still"}}},
    };
    return all;
}

std::string grammarText(const GrammarOptions& options) {
    std::vector<std::array<std::string, 3>> sentences;
    for (const Grid& grid : grids()) sentencesOf(grid, options, options.planted && &grid == &grids().front(), sentences);
    for (std::size_t left = sentences.size(); left > 1; --left) {
        const std::uint64_t word = philox(options.seed, std::uint32_t(left), 0, orderStream)[0];
        std::swap(sentences[left - 1], sentences[std::size_t(word * left >> 32)]);
    }
    std::string text;
    for (const auto& [sign, word, companion] : sentences) text += sign + ' ' + word + ' ' + companion + '\n';
    return text;
}

std::vector<Analogy> grammarAnalogies() {
    std::vector<Analogy> all;
    for (const Grid& grid : grids())
        for (const auto& one : grid.words)
            for (const auto& other : grid.words)
                for (std::size_t j = 0; j < one.size(); ++j)
                    for (std::size_t k = 0; k < one.size(); ++k)
                        if (&one != &other && j != k) all.push_back({one[j], one[k], other[j], other[k]});
    return all;
}

std::vector<Analogy> heldOut(const std::vector<Analogy>& all, bool held) {
    std::vector<Analogy> half;
    for (std::size_t i = 0; i < all.size(); ++i)
        if ((philox(17, std::uint32_t(i), 0, orderStream)[0] & 1) == (held ? 1U : 0U)) half.push_back(all[i]);
    return half;
}

std::vector<Analogy> readAnalogies(const std::string& path) {
    const model::MappedFile file(path);
    return analogiesOf(textOf(path, file.all()), path);
}

std::vector<Analogy> analogiesOf(std::string_view text, const std::string& where) {
    std::vector<Analogy> all;
    std::size_t at = 0;
    for (std::int64_t line = 1; at < text.size(); ++line) {
        const std::string_view row = nextLine(text, at);
        std::vector<std::string> words;
        bool foreign = false;
        for (std::size_t i = 0; i < row.size();) {
            const std::size_t begin = row.find_first_not_of(" \t", i);
            if (begin == std::string_view::npos) break;
            i = std::min(row.find_first_of(" \t", begin), row.size());
            words.push_back(wordOf(row.substr(begin, i - begin), foreign));
            lower(words.back());
        }
        if (words.empty() || row.starts_with(':') || row.starts_with('#')) continue;
        if (words.size() != 4)
            throw Error(where + ": line " + std::to_string(line) + ": " + std::to_string(words.size()) + " words ('" +
                        model::shown(row.substr(0, 40)) + "'); an analogy has four: king queen man woman");
        all.push_back({words[0], words[1], words[2], words[3]});
    }
    if (all.empty()) throw Error(where + ": there is no analogy in it; write four words a line: king queen man woman");
    return all;
}

} // namespace orrery::embedding
