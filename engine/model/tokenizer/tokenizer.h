// SPDX-License-Identifier: GPL-3.0-or-later
// Text to the numbers a language model reads, and back: byte-pair encoding (Sennrich et al. 2016) on bytes as GPT-2, Qwen2
// and Llama 3 use it, and on characters with byte fallback as Llama 2 does. decode(encode(text)) is `text` byte for byte,
// whatever the bytes, unless the tokenizer itself normalises (Qwen2: NFC) or lacks a token for it.
#pragma once

#include "engine/model/tokenizer/recipe.h"

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::model {

class Tokenizer {
 public:
    explicit Tokenizer(TokenizerRecipe recipe); ///< throws Error that names the source
    ~Tokenizer();
    Tokenizer(const Tokenizer&) = delete;
    Tokenizer& operator=(const Tokenizer&) = delete;

    const std::string& source() const;
    int size() const; ///< one more than the largest id

    /// The ids of the text alone, without before() and after(). Added tokens ("<|endoftext|>") are found in it. Throws Error
    /// for a character that has no token where there is neither byte fallback nor an unknown token. Thread-safe.
    std::vector<std::int32_t> encode(std::string_view text) const;
    /// Not always UTF-8: a token may hold part of a character. Throws Error for an id beyond size().
    std::string decode(std::span<const std::int32_t> ids) const;

    const std::string& bytes(std::int32_t id) const; ///< what the token adds to a text; empty for an id that is left out
    std::string display(std::int32_t id) const;      ///< the same, printable (utf8.h, visible)
    bool special(std::int32_t id) const;             ///< a control token
    std::optional<std::int32_t> find(std::string_view bytes) const; ///< the token that adds exactly these bytes
    int leadingBlanks() const; ///< blanks that decode() takes off the start of the whole text

    std::optional<std::int32_t> begin() const, end() const; ///< of a text; nothing where the files name none
    /// What the model was trained to see around a text ("<s>" of Llama 2).
    std::span<const std::int32_t> before() const, after() const;

 private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// A folder (tokenizer.json, else vocab.json + merges.txt; tokenizer_config.json for the names of its control tokens), one
/// of these files, or a GGUF file. Throws Error that names the file and, of what is not supported, the field.
std::shared_ptr<const Tokenizer> openTokenizer(const std::string& path);

/// The same from texts in memory; `name` is for errors. An empty `config` is none.
TokenizerRecipe readTokenizerJson(const std::string& name, std::string_view json);
TokenizerRecipe readVocabAndMerges(const std::string& name, std::string_view vocab, std::string_view merges,
                                   std::string_view config);
/// Fills in what tokenizer_config.json adds: begin, end, and names of added tokens where the recipe has none.
void readTokenizerConfig(TokenizerRecipe& recipe, const std::string& name, std::string_view json);
class GgufFile;
TokenizerRecipe readGgufTokenizer(const GgufFile& file);

} // namespace orrery::model
