// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/tokenizer.h"

#include "engine/error.h"
#include "engine/model/bytes.h"
#include "engine/model/tokenizer/added_tokens.h"
#include "engine/model/tokenizer/byte_map.h"
#include "engine/model/tokenizer/merging.h"
#include "engine/model/tokenizer/utf8.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <unordered_map>

namespace orrery::model {

struct Tokenizer::Impl {
    TokenizerRecipe recipe;
    std::optional<Splitter> splitter;
    AddedTokens added;
    std::vector<std::string> bytes;                         // by id
    std::vector<std::uint8_t> special;                      // by id
    std::unordered_map<std::string_view, std::int32_t> ids; // of what merges can make, by stored text (byte level: bytes)
    std::vector<std::string> stored;                        // what the keys of `ids` look at
    std::unordered_map<std::string_view, std::int32_t> byBytes;
    std::unordered_map<std::uint64_t, Merge> merges; // by the two ids
    std::array<std::int32_t, 256> byteIds{};         // -1: none

    [[noreturn]] void fail(const std::string& what) const { throw Error(recipe.source + ": " + what); }

    void readTokens();
    void readAdded();
    void readMerges();

    std::vector<Symbol> begin(std::string_view piece) const;
    void appendBytes(std::string_view piece, bool afterUnknown, std::vector<std::int32_t>& out) const;
    void encodePiece(std::string_view piece, std::vector<std::int32_t>& out) const;
    void encodeText(std::string_view text, std::vector<std::int32_t>& out) const;

    std::int32_t find(std::string_view text) const {
        const auto found = ids.find(text);
        return found == ids.end() ? -1 : found->second;
    }
};

void Tokenizer::Impl::readTokens() {
    const std::size_t count = recipe.tokens.size();
    stored.resize(count);
    bytes.resize(count);
    special.resize(count);
    byteIds.fill(-1);
    for (std::size_t id = 0; id < count; ++id) {
        if (!recipe.tokens[id]) continue;
        std::string text = *recipe.tokens[id];
        if (recipe.byteLevel) {
            if (std::optional<std::string> plain = bytesOfPrintable(text)) text = std::move(*plain);
            if (text.size() == 1) byteIds[static_cast<unsigned char>(text[0])] = std::int32_t(id);
        }
        stored[id] = std::move(text);
        bytes[id] = stored[id];
        for (const auto& [from, to] : recipe.decodeReplace) bytes[id] = replaced(bytes[id], from, to);
        ids.emplace(stored[id], std::int32_t(id)); // of equals the first
    }
    if (!recipe.byteFallback) return;
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", byte);
        byteIds[byte] = find(name);
        if (byteIds[byte] < 0) fail(std::string("byte fallback needs the token ") + name + ", which is not there");
        bytes[byteIds[byte]] = std::string(1, char(byte));
    }
}

void Tokenizer::Impl::readAdded() {
    for (const AddedToken& token : recipe.added) {
        if (token.id < 0 || token.id >= std::int32_t(bytes.size()))
            fail("the added token '" + shown(token.content) + "' has the id " + std::to_string(token.id) +
                 ", beyond the vocabulary");
        if (token.content.empty()) fail("the added token " + std::to_string(token.id) + " is empty");
        bytes[token.id] = token.content;
        special[token.id] = token.special;
    }
    added = AddedTokens(recipe.added, recipe.normaliser);
    for (std::size_t id = bytes.size(); id-- > 0;) // of equals the lowest
        if (!bytes[id].empty()) byBytes[bytes[id]] = std::int32_t(id);
}

void Tokenizer::Impl::readMerges() {
    const std::int32_t count = std::int32_t(stored.size());
    merges.reserve(recipe.merges.size());
    for (std::size_t rank = 0; rank < recipe.merges.size(); ++rank) {
        const auto [left, right] = recipe.merges[rank];
        if (left < 0 || right < 0 || left >= count || right >= count) fail("merge " + std::to_string(rank) + " names no token");
        const std::int32_t token = find(stored[left] + stored[right]);
        if (token < 0)
            fail("merge " + std::to_string(rank) + " makes '" + shown(visible(stored[left] + stored[right])) +
                 "', which is no token");
        merges.insert_or_assign(std::uint64_t(left) << 32 | std::uint32_t(right),
                                Merge{double(rank), token}); // the last of equals
    }
    if (!recipe.scores.empty() && recipe.scores.size() != stored.size())
        fail("there are " + std::to_string(recipe.scores.size()) + " scores for " + std::to_string(stored.size()) + " tokens");
    const auto known = [&](const std::optional<std::int32_t>& id, const char* what) {
        if (id && (*id < 0 || *id >= count)) fail(std::string(what) + " has an id beyond the vocabulary");
    };
    known(recipe.unknown, "the unknown token");
    known(recipe.begin, "the token at the beginning of a text");
    known(recipe.end, "the token at the end of a text");
    for (const auto* list : {&recipe.before, &recipe.after})
        for (const std::int32_t id : *list) known(id, "a token around the text");
}

/// What merging begins with: bytes, or characters.
std::vector<Symbol> Tokenizer::Impl::begin(std::string_view piece) const {
    std::vector<Symbol> symbols;
    for (std::uint32_t at = 0; at < piece.size();) {
        const std::size_t length = recipe.byteLevel ? 1 : std::max<std::size_t>(1, utf8Length(piece.substr(at)));
        const std::uint32_t next = at + std::uint32_t(length);
        const std::int32_t id =
            recipe.byteLevel ? byteIds[static_cast<unsigned char>(piece[at])] : find(piece.substr(at, length));
        symbols.push_back({id, at, next});
        at = next;
    }
    return symbols;
}

/// A symbol that has no token.
void Tokenizer::Impl::appendBytes(std::string_view piece, bool afterUnknown, std::vector<std::int32_t>& out) const {
    if (recipe.byteFallback) {
        for (const char byte : piece) out.push_back(byteIds[static_cast<unsigned char>(byte)]);
        return;
    }
    if (!recipe.unknown) fail("there is no token for '" + shown(visible(piece)) + "'");
    if (!recipe.fuseUnknown || !afterUnknown) out.push_back(*recipe.unknown);
}

void Tokenizer::Impl::encodePiece(std::string_view piece, std::vector<std::int32_t>& out) const {
    if (recipe.wholePieces) {
        if (const std::int32_t id = find(piece); id >= 0) {
            out.push_back(id);
            return;
        }
    }
    std::vector<Symbol> symbols = begin(piece);
    if (recipe.scores.empty()) {
        mergeSymbols(symbols, [&](const Symbol& left, const Symbol& right) -> std::optional<Merge> {
            if (left.token < 0 || right.token < 0) return {};
            const auto found = merges.find(std::uint64_t(left.token) << 32 | std::uint32_t(right.token));
            return found == merges.end() ? std::nullopt : std::optional(found->second);
        });
    } else {
        mergeSymbols(symbols, [&](const Symbol& left, const Symbol& right) -> std::optional<Merge> {
            const std::int32_t id = find(piece.substr(left.begin, right.end - left.begin));
            return id < 0 ? std::nullopt : std::optional(Merge{-recipe.scores[id], id});
        });
    }
    bool unknown = false;
    for (const Symbol& symbol : symbols) {
        if (symbol.token >= 0)
            out.push_back(symbol.token);
        else
            appendBytes(piece.substr(symbol.begin, symbol.end - symbol.begin), unknown, out);
        unknown = symbol.token < 0;
    }
}

void Tokenizer::Impl::encodeText(std::string_view text, std::vector<std::int32_t>& out) const {
    if (text.empty()) return;
    std::string spaced;
    if (recipe.prefixSpace && text.front() != ' ') text = spaced = " " + std::string(text);
    if (!splitter) {
        encodePiece(text, out);
        return;
    }
    std::unordered_map<std::string_view, std::pair<std::size_t, std::size_t>> seen; // words come again and again
    splitter->split(text, [&](std::string_view piece) {
        const auto [found, isNew] = seen.try_emplace(piece, out.size(), 0);
        auto& [from, count] = found->second;
        if (isNew) {
            encodePiece(piece, out);
            count = out.size() - from;
        } else {
            for (std::size_t i = 0; i < count; ++i) out.push_back(out[from + i]);
        }
    });
}

Tokenizer::Tokenizer(TokenizerRecipe recipe) : m_impl(std::make_unique<Impl>()) {
    m_impl->recipe = std::move(recipe);
    if (m_impl->recipe.tokens.empty()) m_impl->fail("there are no tokens");
    if (m_impl->recipe.pattern) m_impl->splitter.emplace(*m_impl->recipe.pattern);
    m_impl->readTokens();
    m_impl->readMerges();
    m_impl->readAdded();
    m_impl->recipe.tokens = {};
    m_impl->recipe.merges = {};
}
Tokenizer::~Tokenizer() = default;

const std::string& Tokenizer::source() const { return m_impl->recipe.source; }
int Tokenizer::size() const { return int(m_impl->bytes.size()); }
int Tokenizer::leadingBlanks() const { return m_impl->recipe.decodeStrip; }
std::optional<std::int32_t> Tokenizer::begin() const { return m_impl->recipe.begin; }
std::optional<std::int32_t> Tokenizer::end() const { return m_impl->recipe.end; }
std::span<const std::int32_t> Tokenizer::before() const { return m_impl->recipe.before; }
std::span<const std::int32_t> Tokenizer::after() const { return m_impl->recipe.after; }

std::vector<std::int32_t> Tokenizer::encode(std::string_view text) const {
    std::vector<std::int32_t> out;
    m_impl->added.split(
        text, [&](std::string_view piece) { m_impl->encodeText(piece, out); }, [&](std::int32_t id) { out.push_back(id); });
    return out;
}

const std::string& Tokenizer::bytes(std::int32_t id) const {
    if (id < 0 || id >= size())
        m_impl->fail("there is no token " + std::to_string(id) + "; they go from 0 to " + std::to_string(size() - 1));
    return m_impl->bytes[id];
}

std::string Tokenizer::display(std::int32_t id) const { return visible(bytes(id)); }
bool Tokenizer::special(std::int32_t id) const { return id >= 0 && id < size() && m_impl->special[id]; }

std::optional<std::int32_t> Tokenizer::find(std::string_view bytes) const {
    const auto found = m_impl->byBytes.find(bytes);
    return found == m_impl->byBytes.end() ? std::nullopt : std::optional(found->second);
}

std::string Tokenizer::decode(std::span<const std::int32_t> ids) const {
    std::string text;
    for (const std::int32_t id : ids) text += bytes(id);
    int strip = leadingBlanks();
    std::size_t from = 0;
    while (strip-- > 0 && from < text.size() && text[from] == ' ') ++from;
    return text.substr(from);
}

} // namespace orrery::model
