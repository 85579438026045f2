// SPDX-License-Identifier: GPL-3.0-or-later
// tokenizer.json, the one-file form of Hugging Face's tokenizers library.
#include "engine/error.h"
#include "engine/model/tokenizer/json_fields.h"
#include "engine/model/tokenizer/tokenizer.h"

#include <unordered_map>

namespace orrery::model {

namespace {

using Kind = StrictJson::Kind;

/// "type" of a part, and the parts of a Sequence in its stead; `list` is the Sequence's name for them.
std::vector<JsonFields> steps(const JsonFields& parent, const char* field, const char* list) {
    if (!parent.find(field)) return {};
    const JsonFields part = parent.object(field);
    if (part.text("type") != "Sequence") return {part};
    part.only({"type", list});
    return part.objects(list);
}

/// {"String": "x"} or {"Regex": "x"}
std::string patternText(const JsonFields& part, const char* kind) {
    const JsonFields pattern = part.object("pattern");
    pattern.only({kind});
    return pattern.text(kind);
}

void readNormaliser(const JsonFields& root, TokenizerRecipe& recipe) {
    for (const JsonFields& part : steps(root, "normalizer", "normalizers")) {
        const std::string type = part.text("type");
        using Step = NormaliserStep::Kind;
        if (type == "NFC" || type == "NFD" || type == "NFKC" || type == "NFKD") {
            part.only({"type"});
            recipe.normaliser.push_back({type == "NFC"    ? Step::nfc
                                         : type == "NFD"  ? Step::nfd
                                         : type == "NFKC" ? Step::nfkc
                                                          : Step::nfkd});
        } else if (type == "Prepend") {
            part.only({"type", "prepend"});
            recipe.normaliser.push_back({Step::prepend, {}, part.text("prepend")});
        } else if (type == "Replace") {
            part.only({"type", "pattern", "content"});
            recipe.normaliser.push_back({Step::replace, patternText(part, "String"), part.text("content")});
            if (recipe.normaliser.back().from.empty()) part.fail("an empty pattern");
        } else {
            part.refuse("type", type);
        }
    }
}

/// The same as splitText(gpt2), as its authors wrote it.
constexpr std::string_view gpt2Longhand = R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";

SplitPattern patternOf(const JsonFields& part, const std::string& text) {
    for (const SplitPattern pattern : {SplitPattern::gpt2, SplitPattern::qwen2, SplitPattern::llama3})
        if (text == splitText(pattern) || (pattern == SplitPattern::gpt2 && text == gpt2Longhand)) return pattern;
    part.refuse("Regex", text);
}

void readByteLevel(const JsonFields& part, bool first, TokenizerRecipe& recipe) {
    part.only({"type", "add_prefix_space", "trim_offsets", "use_regex"});
    recipe.byteLevel = true;
    recipe.prefixSpace = part.flag("add_prefix_space", true);
    if (recipe.prefixSpace && !first) part.refuse("add_prefix_space", "true after a split");
    if (!part.flag("use_regex", true)) return;
    if (recipe.pattern) part.refuse("use_regex", "true after a split");
    recipe.pattern = SplitPattern::gpt2;
}

void readPreTokenizer(const JsonFields& root, TokenizerRecipe& recipe) {
    bool first = true;
    for (const JsonFields& part : steps(root, "pre_tokenizer", "pretokenizers")) {
        const std::string type = part.text("type");
        if (recipe.byteLevel) part.refuse("type", type + " after ByteLevel");
        if (type == "ByteLevel") {
            readByteLevel(part, first, recipe);
        } else if (type == "Split") {
            part.only({"type", "pattern", "behavior", "invert"});
            if (recipe.pattern) part.refuse("type", "a second Split");
            recipe.pattern = patternOf(part, patternText(part, "Regex"));
            // the patterns leave nothing between their matches, so that to keep the matches alone is the same
            const bool invert = part.flag("invert", false);
            const std::string behavior = part.text("behavior");
            if (behavior != (invert ? "Removed" : "Isolated")) part.refuse("behavior", behavior);
        } else {
            part.refuse("type", type);
        }
        first = false;
    }
}

/// The tokens that a TemplateProcessing puts around a single text.
void readTemplate(const JsonFields& part, TokenizerRecipe& recipe) {
    part.only({"type", "single", "pair", "special_tokens"});
    bool after = false;
    for (const JsonFields& piece : part.objects("single")) {
        piece.only({"SpecialToken", "Sequence"});
        if (piece.find("Sequence")) {
            if (after) piece.refuse("Sequence", "there twice");
            after = true;
            continue;
        }
        const std::string name = piece.object("SpecialToken").text("id");
        const JsonFields token = part.object("special_tokens").object(name);
        for (const StrictJson& id : token.need("ids", Kind::array, "a list of numbers").items) {
            if (tokenId(id) < 0) token.fail("'ids' must be token numbers");
            (after ? recipe.after : recipe.before).push_back(tokenId(id));
        }
    }
}

void readPostProcessor(const JsonFields& root, TokenizerRecipe& recipe) {
    for (const JsonFields& part : steps(root, "post_processor", "processors")) {
        const std::string type = part.text("type");
        if (type == "TemplateProcessing")
            readTemplate(part, recipe);
        else if (type != "ByteLevel") // that one only trims positions in the text
            part.refuse("type", type);
    }
}

void readDecoder(const JsonFields& root, TokenizerRecipe& recipe) {
    bool bytes = false, fused = false, levels = false;
    for (const JsonFields& part : steps(root, "decoder", "decoders")) {
        const std::string type = part.text("type");
        if (type == "ByteLevel") {
            levels = true;
        } else if (type == "Replace") {
            part.only({"type", "pattern", "content"});
            recipe.decodeReplace.emplace_back(patternText(part, "String"), part.text("content"));
            if (recipe.decodeReplace.back().first.empty()) part.fail("an empty pattern");
        } else if (type == "ByteFallback") {
            bytes = true;
        } else if (type == "Fuse") {
            fused = true;
        } else if (type == "Strip") {
            part.only({"type", "content", "start", "stop"});
            if (!fused) part.refuse("type", "Strip before Fuse");
            if (part.text("content") != " ") part.refuse("content", part.text("content"));
            if (part.id("stop") != 0) part.refuse("stop", "more than 0");
            recipe.decodeStrip = part.id("start");
        } else {
            part.refuse("type", type);
        }
    }
    if (levels != recipe.byteLevel) root.refuse("decoder", levels ? "ByteLevel" : "not ByteLevel");
    if (bytes != recipe.byteFallback) root.refuse("decoder", bytes ? "with ByteFallback" : "without ByteFallback");
}

void setToken(const JsonFields& part, TokenizerRecipe& recipe, std::int32_t id, const std::string& text) {
    if (id < 0) part.fail("the token '" + shown(text) + "' has no number below a million");
    if (recipe.tokens.size() <= std::size_t(id)) recipe.tokens.resize(std::size_t(id) + 1);
    auto& place = recipe.tokens[std::size_t(id)];
    if (place && *place != text) part.fail("two tokens have the number " + std::to_string(id));
    place = text;
}

void readModel(const JsonFields& model, TokenizerRecipe& recipe) {
    if (const std::string type = model.text("type", "BPE"); type != "BPE") model.refuse("type", type);
    model.only({"type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix", "fuse_unk", "byte_fallback",
                "ignore_merges", "vocab", "merges"});
    if (const StrictJson* dropout = model.find("dropout"); dropout && dropout->real != 0) model.refuse("dropout", "not 0");
    for (const char* field : {"continuing_subword_prefix", "end_of_word_suffix"})
        if (const std::string value = model.text(field, ""); !value.empty()) model.refuse(field, value);
    recipe.fuseUnknown = model.flag("fuse_unk", false);
    recipe.byteFallback = model.flag("byte_fallback", false);
    recipe.wholePieces = model.flag("ignore_merges", false);
    std::unordered_map<std::string_view, std::int32_t> ids;
    for (const auto& [text, id] : model.need("vocab", Kind::object, "an object of tokens and their numbers").members) {
        setToken(model, recipe, tokenId(id), text);
        ids.emplace(text, tokenId(id));
    }
    const auto idOf = [&](std::string_view text, const char* what) {
        const auto found = ids.find(text);
        if (found == ids.end()) model.fail(std::string(what) + " '" + shown(text) + "' is not in the vocabulary");
        return found->second;
    };
    if (model.find("unk_token")) recipe.unknown = idOf(model.text("unk_token"), "the unknown token");
    for (const StrictJson& merge : model.need("merges", Kind::array, "a list of merges").items) {
        std::string_view left, right;
        if (merge.is(Kind::text)) {
            const std::size_t blank = merge.text.find(' ');
            if (blank != std::string::npos) {
                left = std::string_view(merge.text).substr(0, blank);
                right = std::string_view(merge.text).substr(blank + 1);
            }
        } else if (merge.is(Kind::array) && merge.items.size() == 2 && merge.items[0].is(Kind::text) &&
                   merge.items[1].is(Kind::text)) {
            left = merge.items[0].text;
            right = merge.items[1].text;
        }
        if (left.empty() || right.empty())
            model.fail("merge " + std::to_string(recipe.merges.size()) + " is neither \"left right\" nor [\"left\", \"right\"]");
        recipe.merges.emplace_back(idOf(left, "a part of a merge,"), idOf(right, "a part of a merge,"));
    }
}

void readAddedTokens(const JsonFields& root, TokenizerRecipe& recipe) {
    if (!root.find("added_tokens")) return;
    for (const JsonFields& part : root.objects("added_tokens")) {
        part.only({"id", "content", "single_word", "lstrip", "rstrip", "normalized", "special"});
        if (part.flag("single_word", false)) part.refuse("single_word", "true");
        const AddedToken token{part.id("id"),
                               part.text("content"),
                               part.flag("special", false),
                               part.flag("normalized", !part.flag("special", false)),
                               part.flag("lstrip", false),
                               part.flag("rstrip", false)};
        setToken(part, recipe, token.id, token.content);
        recipe.added.push_back(token);
    }
}

} // namespace

TokenizerRecipe readTokenizerJson(const std::string& name, std::string_view json) {
    const Source source{name, "tokenizer.json", "download or save it again"};
    const StrictJson tree = parseStrictJson(source, json);
    const JsonFields root(name, "", tree);
    // where positions are cut or filled up to is no matter of this program: it reads whole texts
    root.only({"version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer", "post_processor", "decoder",
               "model"});
    TokenizerRecipe recipe;
    recipe.source = name;
    readNormaliser(root, recipe);
    readPreTokenizer(root, recipe);
    readModel(root.object("model"), recipe);
    readAddedTokens(root, recipe);
    readPostProcessor(root, recipe);
    readDecoder(root, recipe);
    return recipe;
}

} // namespace orrery::model
