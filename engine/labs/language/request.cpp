// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/request.h"

#include "engine/error.h"

#include <algorithm>
#include <fstream>

namespace orrery::language {

namespace {

constexpr std::streamoff longestPrompt = 1 << 16; ///< bytes of a file that are read, from its end

std::string textOf(const std::string& path) {
    if (path.empty()) return {};
    std::ifstream in(path, std::ios::binary | std::ios::ate);
    if (!in) throw Error(path + ": cannot be opened; choose a text file");
    const std::streamoff size = in.tellg(), from = std::max<std::streamoff>(0, size - longestPrompt);
    in.seekg(from);
    std::string text(std::size_t(size - from), '\0');
    in.read(text.data(), std::streamsize(text.size()));
    if (!in) throw Error(path + ": cannot be read");
    if (text.find('\0') != std::string::npos) throw Error(path + ": is no text: it holds zero bytes");
    // a character that was cut through is left out
    std::size_t start = 0;
    while (from > 0 && start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) ++start;
    return text.substr(start);
}

ModelPaths pathsOf(const lab::Settings& s) {
    ModelPaths paths;
    if (s.text("model") == "file") {
        paths.target = modelPath(s.text("weights"));
        if (paths.target.empty()) throw Error("no target was chosen: take a folder's config.json, a .safetensors or a .gguf");
    }
    if (s.text("draft_model") == "file") {
        paths.draft = modelPath(s.text("draft_weights"));
        if (paths.draft.empty() && s.text("strategy") == "draft")
            throw Error("no draft model was chosen: take a folder's config.json, a .safetensors or a .gguf");
    }
    paths.heads = s.text("heads");
    paths.order = int(s.integer("order"));
    return paths;
}

Growth growthOf(const lab::Settings& s) {
    Growth growth;
    const std::string& tree = s.text("tree");
    if (tree == "chain")
        growth.shape = Shape::chain(int(s.integer("length")));
    else if (tree == "wide")
        growth.shape = shapeOf(s.text("widths"));
    else if (tree == "own")
        growth.shape = Shape::parse(s.text("nodes"));
    else if (tree == "dynamic")
        growth.dynamic = Dynamic{int(s.integer("total")), int(s.integer("depth")), int(s.integer("width"))};
    else
        growth.shape = shapeOf(tree);
    return growth;
}

} // namespace

std::string modelPath(const std::string& chosen) {
    const std::string config = "config.json";
    if (chosen.size() > config.size() && chosen.ends_with(config)) return chosen.substr(0, chosen.size() - config.size() - 1);
    return chosen;
}

Pick pickOf(const std::string& candidates, Rule rule) {
    if (candidates == "top") return Pick::top;
    if (candidates == "distinct") return Pick::distinct;
    if (candidates == "iid") return Pick::iid;
    return text(rule).pick;
}

std::string unescaped(const std::string& line) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char next = line[i] == '\\' && i + 1 < line.size() ? line[i + 1] : '\0';
        if (next == 'n' || next == 't' || next == '\\')
            out += next == 'n' ? '\n' : next == 't' ? '\t' : '\\', ++i;
        else
            out += line[i];
    }
    return out;
}

Request requestOf(const lab::Settings& s, std::uint64_t seed) {
    Request r;
    r.show = s.text("show");
    r.paths = pathsOf(s);
    r.prompt = s.text("source") == "file" ? textOf(s.text("prompt_file")) : unescaped(s.text("prompt"));
    r.strategy = s.text("strategy");
    r.lookup = int(s.integer("lookup_longest"));
    r.rounds = int(s.integer("rounds"));
    r.plan.rule = ruleOf(s.text("rule"));
    r.plan.growth = growthOf(s);
    r.plan.growth.pick = pickOf(s.text("candidates"), r.plan.rule);
    r.plan.sampling = {s.number("temperature"), int(s.integer("top_k")), s.number("top_p")};
    r.plan.typical = {s.number("epsilon"), s.number("delta")};
    r.plan.seed = seed;
    r.lookAt = int(s.integer("look_at"));
    r.raceTokens = int(s.integer("tokens"));
    r.prompts = int(s.integer("prompts"));
    r.samples = s.integer("samples");
    r.texts = s.integer("texts");
    r.plant = s.flag("plant");
    return r;
}

} // namespace orrery::language
