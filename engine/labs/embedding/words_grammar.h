// SPDX-License-Identifier: GPL-3.0-or-later
// A text whose analogies are known because it is made so: each word stands for a pair of traits and keeps company with the words of
// both. "he king crown", "she queen crown", "he man hat": the rows of the PMI matrix are then sums of one row for each trait, and
// w(a,b) - w(a',b) + w(a',b') is w(a,b') by algebra.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::embedding {

/// a is to b as c is to d.
struct Analogy {
    std::string a, b, c, d;
    bool operator==(const Analogy&) const = default;
};

/// Words w(i, j) with the trait i of `rows` and j of `columns`; the words that go with the traits.
struct Grid {
    std::string name;                            ///< "people"
    std::vector<std::vector<std::string>> words; ///< [rows][columns]
    std::vector<std::string> companions;         ///< [rows]: "crown" of king and queen
    std::vector<std::vector<std::string>> signs; ///< [columns], alike in number: "he", "his" of king and man
};
const std::vector<Grid>& grids();

struct GrammarOptions {
    int rounds = 20;        ///< sentences of each word with each of its signs, beside one with each wrong companion and sign
    std::uint64_t seed = 1; ///< of the order of the sentences
    bool planted =
        false; ///< a mistake: the first grid's last row takes the signs of the other column, so that "she" goes with its man
};

/// A line "sign word companion" for each sentence. Every word meets its companion and its signs equally often, and every other of
/// the grid equally seldom, so that counts, and not luck, make the analogies.
std::string grammarText(const GrammarOptions& options);

/// All a : b :: c : d of all grids, with a and b in one row, c and d in another. `heldOut`: the half that no setting was chosen by.
std::vector<Analogy> grammarAnalogies();
std::vector<Analogy> heldOut(const std::vector<Analogy>& all, bool held);

/// Questions as word2vec's questions-words.txt has them: four words a line, lines that begin with ':' name a section, those with
/// '#' are comments. Throws Error with the line.
std::vector<Analogy> readAnalogies(const std::string& path);
std::vector<Analogy> analogiesOf(std::string_view text, const std::string& where);

} // namespace orrery::embedding
