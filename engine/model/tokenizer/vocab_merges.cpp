// SPDX-License-Identifier: GPL-3.0-or-later
// vocab.json + merges.txt, the two files of GPT-2, and tokenizer_config.json, which names control tokens.
#include "engine/error.h"
#include "engine/model/tokenizer/json_fields.h"
#include "engine/model/tokenizer/tokenizer.h"

#include <algorithm>
#include <unordered_map>

namespace orrery::model {

namespace {

using Kind = StrictJson::Kind;
using Ids = std::unordered_map<std::string_view, std::int32_t>;

void readMergeLines(const std::string& name, std::string_view text, const Ids& ids, TokenizerRecipe& recipe) {
    const auto fail = [&](std::size_t line, const std::string& what) {
        throw Error(name + ": merges.txt: line " + std::to_string(line) + ": " + what);
    };
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || (number == 1 && line.starts_with("#version"))) continue;
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos || line.find(' ', blank + 1) != std::string_view::npos)
            fail(number, "'" + shown(line) + "' is not two tokens with a blank between them");
        const auto left = ids.find(line.substr(0, blank)), right = ids.find(line.substr(blank + 1));
        if (left == ids.end() || right == ids.end()) fail(number, "a part of '" + shown(line) + "' is not in vocab.json");
        recipe.merges.emplace_back(left->second, right->second);
    }
}

/// "<s>", or {"content": "<s>", ...}
std::string nameOf(const JsonFields& config, const char* field) {
    const StrictJson* const value = config.find(field);
    if (!value) return {};
    return value->is(Kind::object) ? config.object(field).text("content") : config.text(field);
}

} // namespace

void readTokenizerConfig(TokenizerRecipe& recipe, const std::string& name, std::string_view json) {
    const StrictJson tree = parseStrictJson({name, "tokenizer_config.json", "download or save it again"}, json);
    const JsonFields config(name, "", tree);
    if (recipe.added.empty() && config.find("added_tokens_decoder")) {
        const JsonFields list = config.object("added_tokens_decoder");
        for (const auto& [number, value] : list.json().members) {
            const JsonFields part = list.object(number);
            const bool digits =
                !number.empty() && number.size() < 7 && number.find_first_not_of("0123456789") == std::string::npos;
            if (!digits) part.fail("a token's number is expected as the name");
            if (part.flag("single_word", false)) part.refuse("single_word", "true");
            const bool special = part.flag("special", false);
            recipe.added.push_back({std::stoi(number), part.text("content"), special, part.flag("normalized", !special),
                                    part.flag("lstrip", false), part.flag("rstrip", false)});
            const std::size_t id = std::size_t(recipe.added.back().id);
            if (recipe.tokens.size() <= id) recipe.tokens.resize(id + 1);
            recipe.tokens[id] = recipe.added.back().content;
        }
    }
    const auto idOf = [&](const char* field) -> std::optional<std::int32_t> {
        const std::string content = nameOf(config, field);
        if (content.empty()) return {};
        for (const AddedToken& token : recipe.added)
            if (token.content == content) return token.id;
        const auto found = std::find(recipe.tokens.begin(), recipe.tokens.end(), content);
        if (found == recipe.tokens.end())
            config.fail(std::string("'") + field + "' is '" + shown(content) + "', which is no token");
        return std::int32_t(found - recipe.tokens.begin());
    };
    recipe.begin = idOf("bos_token");
    recipe.end = idOf("eos_token");
}

TokenizerRecipe readVocabAndMerges(const std::string& name, std::string_view vocab, std::string_view merges,
                                   std::string_view config) {
    TokenizerRecipe recipe;
    recipe.source = name;
    recipe.byteLevel = true;
    recipe.pattern = SplitPattern::gpt2;
    const StrictJson tree = parseStrictJson({name, "vocab.json", "download or save it again"}, vocab);
    const JsonFields list(name, "vocab.json", tree);
    Ids ids;
    for (const auto& [text, value] : list.json().members) {
        const std::int32_t id = tokenId(value);
        if (id < 0) list.fail("the token '" + shown(text) + "' has no number below a million");
        if (recipe.tokens.size() <= std::size_t(id)) recipe.tokens.resize(std::size_t(id) + 1);
        if (recipe.tokens[std::size_t(id)]) list.fail("two tokens have the number " + std::to_string(id));
        recipe.tokens[std::size_t(id)] = text;
        ids.emplace(text, id);
    }
    readMergeLines(name, merges, ids, recipe);
    if (!config.empty()) {
        const StrictJson settings = parseStrictJson({name, "tokenizer_config.json", "download or save it again"}, config);
        const JsonFields fields(name, "tokenizer_config.json", settings);
        const std::string type = fields.text("tokenizer_class", "GPT2Tokenizer");
        if (type.starts_with("Qwen2Tokenizer")) {
            recipe.pattern = SplitPattern::qwen2;
            recipe.normaliser.push_back({NormaliserStep::Kind::nfc});
        } else if (!type.starts_with("GPT2Tokenizer")) {
            fields.refuse("tokenizer_class", type);
        }
        recipe.prefixSpace = fields.flag("add_prefix_space", false);
        readTokenizerConfig(recipe, name, config);
    }
    if (const auto end = ids.find("<|endoftext|>"); end != ids.end() && recipe.added.empty()) {
        recipe.added.push_back({end->second, "<|endoftext|>", true});
        if (!recipe.end) recipe.begin = recipe.end = end->second;
    }
    return recipe;
}

} // namespace orrery::model
