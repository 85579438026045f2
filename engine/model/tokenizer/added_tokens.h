// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens that are found in a text before it is merged: "<|endoftext|>". Those that are not normalised are looked for in
// the text as it came, the others in what normalisation makes of the rest; the leftmost match, the longest of several.
#pragma once

#include "engine/model/tokenizer/recipe.h"

#include <array>
#include <functional>
#include <string_view>
#include <vector>

namespace orrery::model {

class AddedTokens {
 public:
    AddedTokens() = default;
    AddedTokens(const std::vector<AddedToken>& tokens, std::vector<NormaliserStep> normaliser);

    using Text = std::function<void(std::string_view normalised)>;
    using Found = std::function<void(std::int32_t id)>;
    void split(std::string_view text, const Text& piece, const Found& found) const;

 private:
    struct Wanted {
        std::string text;
        AddedToken token;
    };
    using ByFirst = std::array<std::vector<Wanted>, 256>; // longest first
    static void add(ByFirst& table, Wanted wanted);
    static void scan(const ByFirst& table, std::string_view text, const Text& piece, const Found& found);

    ByFirst m_raw, m_normalised;
    std::vector<NormaliserStep> m_normaliser;
};

} // namespace orrery::model
