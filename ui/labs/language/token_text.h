// SPDX-License-Identifier: GPL-3.0-or-later
// A token as a person can read it: spaces and line ends are seen, a byte that is no whole character stands as its number.
#pragma once

#include "ui/panels/look.h"

#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

namespace orrery::ui::lang {

/// Characters of one kind: `sign` for what stands for something that has no letter of its own.
struct Piece {
    std::string text;
    bool sign = false;
    bool operator==(const Piece&) const = default;
};

/// Space "·", line end "↵", tab "⇥", other controls and bytes outside UTF-8 "‹E4›", characters that no font here holds "U+1F600".
std::vector<Piece> readable(const std::string& bytes);
std::string plainText(const std::vector<Piece>& pieces);

/// The tokens of one vocabulary, each made readable once.
class TokenTexts {
 public:
    using Bytes = std::function<std::string(std::int32_t)>;
    void setVocabulary(Bytes bytes);
    const std::vector<Piece>& of(std::int32_t token);
    std::string text(std::int32_t token) { return plainText(of(token)); }
    const std::string& bytes(std::int32_t token);

 private:
    struct Known {
        std::string bytes;
        std::vector<Piece> pieces;
    };
    const Known& known(std::int32_t token);
    Bytes m_bytes;
    std::unordered_map<std::int32_t, Known> m_known;
};

float piecesWidth(const ImFont* font, const std::vector<Piece>& pieces);
/// Cut with an ellipsis at `room` pixels; returns the width. Signs are fainter than letters.
float drawPieces(ImDrawList* list, const Look& look, const ImFont* font, ImVec2 at, const glm::vec4& ink,
                 const std::vector<Piece>& pieces, float room = 1e9f, float opacity = 1);

} // namespace orrery::ui::lang
