// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/added_tokens.h"

#include "engine/model/tokenizer/utf8.h"

#include <unicode/uchar.h>

#include <algorithm>

namespace orrery::model {

namespace {

bool blank(std::string_view character) { return u_isUWhiteSpace(UChar32(utf8Decode(character))); }

/// `text` without the white space at its end.
std::string_view withoutEnd(std::string_view text) {
    while (!text.empty()) {
        std::size_t last = text.size() - 1;
        while (last > 0 && (text[last] & 0xc0) == 0x80) --last;
        if (utf8Length(text.substr(last)) != text.size() - last || !blank(text.substr(last))) break;
        text = text.substr(0, last);
    }
    return text;
}

std::size_t blanksAt(std::string_view text) {
    std::size_t at = 0;
    while (const std::size_t length = utf8Length(text.substr(at))) {
        if (!blank(text.substr(at, length))) break;
        at += length;
    }
    return at;
}

} // namespace

AddedTokens::AddedTokens(const std::vector<AddedToken>& tokens, std::vector<NormaliserStep> normaliser)
    : m_normaliser(std::move(normaliser)) {
    for (const AddedToken& token : tokens) {
        if (token.normalised)
            add(m_normalised, {normalise(token.content, m_normaliser), token});
        else
            add(m_raw, {token.content, token});
    }
}

void AddedTokens::add(ByFirst& table, Wanted wanted) {
    if (wanted.text.empty()) return; // normalisation left nothing to find
    std::vector<Wanted>& list = table[static_cast<unsigned char>(wanted.text[0])];
    const auto place =
        std::find_if(list.begin(), list.end(), [&](const Wanted& w) { return w.text.size() < wanted.text.size(); });
    list.insert(place, std::move(wanted));
}

void AddedTokens::scan(const ByFirst& table, std::string_view text, const Text& piece, const Found& found) {
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::vector<Wanted>& list = table[static_cast<unsigned char>(text[at])];
        const auto match =
            std::find_if(list.begin(), list.end(), [&](const Wanted& w) { return text.substr(at).starts_with(w.text); });
        if (match == list.end()) {
            ++at;
            continue;
        }
        std::string_view before = text.substr(from, at - from);
        if (match->token.stripLeft) before = withoutEnd(before);
        if (!before.empty()) piece(before);
        found(match->token.id);
        at += match->text.size();
        if (match->token.stripRight) at += blanksAt(text.substr(at));
        from = at;
    }
    if (from < text.size()) piece(text.substr(from));
}

void AddedTokens::split(std::string_view text, const Text& piece, const Found& found) const {
    scan(
        m_raw, text, [&](std::string_view rest) { scan(m_normalised, normalise(std::string(rest), m_normaliser), piece, found); },
        found);
}

} // namespace orrery::model
