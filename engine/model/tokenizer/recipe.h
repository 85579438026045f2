// SPDX-License-Identifier: GPL-3.0-or-later
// All that makes up a tokenizer, as the readers of its several files leave it: plain data, checked by Tokenizer's
// constructor.
#pragma once

#include "engine/model/tokenizer/normaliser.h"
#include "engine/model/tokenizer/splitter.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace orrery::model {

struct AddedToken {
    std::int32_t id = 0;
    std::string content{};
    bool special = false;    ///< control: no text of a person
    bool normalised = false; ///< is looked for after the normalisation of the text, not before
    bool stripLeft = false;  ///< takes the white space before it along
    bool stripRight = false; ///< ... and after it
    bool operator==(const AddedToken&) const = default;
};

struct TokenizerRecipe {
    std::string source{};                             ///< for errors: path or name
    std::vector<std::optional<std::string>> tokens{}; ///< by id, as the file writes them; ids may be left out

    std::vector<NormaliserStep> normaliser{};
    std::optional<SplitPattern> pattern{};
    bool byteLevel = false;   ///< tokens are written by printableOfByte, and merges begin with bytes; else with characters
    bool prefixSpace = false; ///< a text that begins with no space gets one

    /// Which two neighbours become one: by the order of `merges` (ids; the token is the one of their joint text), or, where
    /// `scores` has one number for each token, any two whose joint text is a token, best score first (SentencePiece).
    std::vector<std::pair<std::int32_t, std::int32_t>> merges{};
    std::vector<double> scores{};
    bool wholePieces = false;  ///< a piece that is a token is not merged up from its parts (ignore_merges)
    bool byteFallback = false; ///< a character without a token becomes the tokens <0x00> to <0xFF> of its bytes
    std::optional<std::int32_t> unknown{};
    bool fuseUnknown = false; ///< one such token for a run of unknown characters

    std::vector<AddedToken> added{};
    std::vector<std::pair<std::string, std::string>> decodeReplace{}; ///< in the text of each token, from -> to
    int decodeStrip = 0;                                              ///< blanks taken off the start of the whole text

    std::optional<std::int32_t> begin{}, end{};  ///< of a text, where the file names them
    std::vector<std::int32_t> before{}, after{}; ///< what the model was trained to see around a text
};

} // namespace orrery::model
