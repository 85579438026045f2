// SPDX-License-Identifier: GPL-3.0-or-later
// The tokenizer inside a GGUF file (ggml/docs/gguf.md): "gpt2" is byte-level BPE by merges, "llama" SentencePiece's BPE by
// scores.
#include "engine/error.h"
#include "engine/model/bytes.h"
#include "engine/model/gguf.h"
#include "engine/model/tokenizer/tokenizer.h"

#include <charconv>
#include <unordered_map>

namespace orrery::model {

namespace {

constexpr const char* blankMark = "\u2581";

class Keys {
 public:
    explicit Keys(const GgufFile& file) : m_file(file) {}
    [[noreturn]] void fail(const std::string& what) const { throw Error(m_file.path() + ": " + what); }
    bool has(const std::string& key) const { return m_file.metadata().contains(name(key)); }
    std::string text(const std::string& key, const std::string& otherwise) const {
        return has(key) ? m_file.metadata().at(name(key)) : otherwise;
    }
    bool flag(const std::string& key, bool otherwise) const {
        const std::string value = text(key, otherwise ? "true" : "false");
        if (value != "true" && value != "false") fail("'" + name(key) + "' must be true or false");
        return value == "true";
    }
    std::optional<std::int32_t> id(const std::string& key) const {
        if (!has(key)) return {};
        const std::string value = text(key, "");
        std::int32_t number = -1;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc{} || end != value.data() + value.size() || number < 0)
            fail("'" + name(key) + "' must be a token's number");
        return number;
    }
    std::vector<std::string> texts(const std::string& key) const { return m_file.texts(name(key)); }
    std::vector<double> numbers(const std::string& key) const { return m_file.numbers(name(key)); }
    static std::string name(const std::string& key) { return "tokenizer.ggml." + key; }

 private:
    const GgufFile& m_file;
};

void readMerges(const Keys& keys, TokenizerRecipe& recipe) {
    std::unordered_map<std::string_view, std::int32_t> ids;
    for (std::size_t id = 0; id < recipe.tokens.size(); ++id) ids.emplace(*recipe.tokens[id], std::int32_t(id));
    for (const std::string& merge : keys.texts("merges")) {
        const std::size_t blank = merge.find(' ', 1);
        const auto left = ids.find(std::string_view(merge).substr(0, blank));
        const auto right = blank == std::string::npos ? ids.end() : ids.find(std::string_view(merge).substr(blank + 1));
        if (left == ids.end() || right == ids.end())
            keys.fail("'" + Keys::name("merges") + "': a part of '" + shown(merge) + "' is no token");
        recipe.merges.emplace_back(left->second, right->second);
    }
}

void readGpt2(const Keys& keys, TokenizerRecipe& recipe) {
    recipe.byteLevel = true;
    const std::string pre = keys.text("pre", "gpt-2");
    if (pre == "gpt-2" || pre == "gpt2")
        recipe.pattern = SplitPattern::gpt2;
    else if (pre == "qwen2")
        recipe.pattern = SplitPattern::qwen2;
    else if (pre == "llama-bpe" || pre == "llama3" || pre == "llama-v3")
        recipe.pattern = SplitPattern::llama3;
    else
        keys.fail("'" + Keys::name("pre") + "' is '" + shown(pre) + "', which is not supported; gpt-2, qwen2 and llama-bpe are");
    recipe.wholePieces = recipe.pattern == SplitPattern::llama3;
    recipe.prefixSpace = keys.flag("add_space_prefix", false);
    readMerges(keys, recipe);
    if (keys.flag("add_bos_token", false) && recipe.begin) recipe.before.push_back(*recipe.begin);
}

void readLlama(const Keys& keys, TokenizerRecipe& recipe) {
    recipe.scores = keys.numbers("scores");
    recipe.byteFallback = true;
    if (keys.flag("remove_extra_whitespaces", false))
        keys.fail("'" + Keys::name("remove_extra_whitespaces") + "' is not supported; save the file without it");
    const bool space = keys.flag("add_space_prefix", true);
    if (space) recipe.normaliser.push_back({NormaliserStep::Kind::prepend, {}, " "});
    recipe.normaliser.push_back({NormaliserStep::Kind::replace, " ", blankMark});
    recipe.decodeReplace.emplace_back(blankMark, " ");
    recipe.decodeStrip = space;
    if (keys.flag("add_bos_token", true) && recipe.begin) recipe.before.push_back(*recipe.begin);
}

} // namespace

TokenizerRecipe readGgufTokenizer(const GgufFile& file) {
    const Keys keys(file);
    TokenizerRecipe recipe;
    recipe.source = file.path();
    if (!keys.has("model")) keys.fail("there is no '" + Keys::name("model") + "', so the file has no tokenizer");
    for (std::string& token : keys.texts("tokens")) recipe.tokens.emplace_back(std::move(token));
    recipe.begin = keys.id("bos_token_id");
    recipe.end = keys.id("eos_token_id");
    recipe.unknown = keys.id("unknown_token_id");
    const std::string model = keys.text("model", "");
    if (model == "gpt2")
        readGpt2(keys, recipe);
    else if (model == "llama")
        readLlama(keys, recipe);
    else
        keys.fail("'" + Keys::name("model") + "' is '" + shown(model) + "', which is not supported; gpt2 and llama are");
    if (keys.flag("add_eos_token", false) && recipe.end) recipe.after.push_back(*recipe.end);
    if (keys.has("token_type")) {
        const std::vector<double> types = keys.numbers("token_type");
        if (types.size() != recipe.tokens.size())
            keys.fail("'" + Keys::name("token_type") + "' has not one number for each token");
        for (std::size_t id = 0; id < types.size(); ++id) // 3: control, 4: defined by the user
            if ((types[id] == 3 || types[id] == 4) && !recipe.tokens[id]->empty())
                recipe.added.push_back({std::int32_t(id), *recipe.tokens[id], types[id] == 3});
    }
    return recipe;
}

} // namespace orrery::model
