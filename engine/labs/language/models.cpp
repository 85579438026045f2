// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/models.h"

#include "engine/assets.h"
#include "engine/error.h"
#include "engine/labs/language/heads.h"
#include "engine/labs/language/model_files.h"
#include "engine/labs/language/ngram_draft.h"

#include <algorithm>
#include <filesystem>

namespace orrery::language {

namespace {

namespace fs = std::filesystem;

/// Names under which heads lie beside a target.
const std::vector<std::pair<const char*, std::vector<const char*>>>& headFiles() {
    static const std::vector<std::pair<const char*, std::vector<const char*>>> all = {
        {"medusa", {"medusa.safetensors", "medusa_lm_head.safetensors"}},
        {"mtp", {"mtp.safetensors"}},
        {"gloeckle", {"gloeckle.safetensors"}}};
    return all;
}

/// Which kind of heads a file holds, by the names of its tensors.
std::string kindOf(const model::TensorFile& file) {
    for (const model::StoredTensor& tensor : file.tensors()) {
        if (tensor.name.find("gloeckle.") != std::string::npos) return "gloeckle";
        if (tensor.name.find("eh_proj") != std::string::npos || tensor.name.find("enorm") != std::string::npos) return "mtp";
    }
    return "medusa";
}

std::shared_ptr<const model::Tokenizer> tokenizerOf(const ModelFiles& files) {
    const std::string& path = files.path();
    if (path.rfind(builtinPrefix, 0) == 0) {
        const auto json = files.besides("tokenizer.json");
        if (!json) throw Error(path + " has no tokenizer.json");
        model::TokenizerRecipe recipe = model::readTokenizerJson(path + "/tokenizer.json", *json);
        if (const auto config = files.besides("tokenizer_config.json"))
            model::readTokenizerConfig(recipe, path + "/tokenizer_config.json", *config);
        return std::make_shared<const model::Tokenizer>(std::move(recipe));
    }
    if (files.gguf() || fs::is_directory(path)) return model::openTokenizer(path);
    return model::openTokenizer(fs::path(path).parent_path().string());
}

std::string nameOf(const std::string& path) {
    if (path.rfind(builtinPrefix, 0) == 0) return path.substr(std::string(builtinPrefix).size());
    const fs::path whole = fs::path(path).lexically_normal();
    const std::string last = whole.filename().string();
    const bool general = last.empty() || last == "config.json" || last.rfind("model", 0) == 0;
    return general ? whole.parent_path().filename().string() : last;
}

class Counted final : public TokenLaw {
 public:
    Counted(std::shared_ptr<const CountedModel> model, int vocabulary) : m_model(std::move(model)), m_vocabulary(vocabulary) {}
    std::string name() const override { return std::to_string(m_model->order()) + "-grams"; }
    int reach() const override { return m_model->order() - 1; }
    void after(std::span<const std::int32_t> context, Distribution& p) const override {
        p.resize(std::size_t(m_vocabulary) + 1);
        m_model->distribution(m_model->after(context), p);
        p.pop_back(); // the mark of the beginning, which has nothing
    }

 private:
    std::shared_ptr<const CountedModel> m_model;
    int m_vocabulary;
};

} // namespace

ModelParts readModels(const ModelPaths& paths, const LoadProgress& progress) {
    ModelParts parts;
    const ModelFiles files(paths.target);
    parts.name = nameOf(paths.target);
    parts.target = std::make_shared<const ModelWeights>(files.load(progress));
    parts.tokenizer = tokenizerOf(files);
    if (!paths.draft.empty()) {
        try {
            const ModelFiles small(paths.draft);
            parts.draft = std::make_shared<const ModelWeights>(small.load());
        } catch (const Error& error) {
            if (paths.draft.rfind(builtinPrefix, 0) != 0) throw; // a person has named it
            parts.missing["draft"] = error.what();
        }
        // padding apart: Qwen's files differ in it among themselves
        constexpr int padding = 1024;
        if (parts.draft && std::abs(parts.draft->config.vocabulary - parts.target->config.vocabulary) > padding) {
            const std::string why = "the draft model has " + std::to_string(parts.draft->config.vocabulary) +
                                    " tokens, the target " + std::to_string(parts.target->config.vocabulary) +
                                    ": they must share a vocabulary";
            if (paths.draft.rfind(builtinPrefix, 0) != 0) throw Error(paths.draft + ": " + why);
            parts.missing["draft"] = why + "; choose a draft model from the disk";
            parts.draft.reset();
        }
    }
    if (!paths.heads.empty()) {
        std::shared_ptr<model::TensorFile> file = openHeads(paths.heads);
        parts.heads[kindOf(*file)] = file;
    }
    for (const auto& [strategy, names] : headFiles()) {
        if (parts.heads.contains(strategy)) continue;
        for (const char* name : names) {
            std::string path = paths.target + '/' + name;
            if (paths.target.rfind(builtinPrefix, 0) != 0) {
                const fs::path folder =
                    fs::is_directory(paths.target) ? fs::path(paths.target) : fs::path(paths.target).parent_path();
                path = (folder / name).string();
                std::error_code error;
                if (!fs::is_regular_file(path, error)) continue;
            } else if (!asset("language/models/" + path.substr(std::string(builtinPrefix).size()))) {
                continue;
            }
            parts.heads[strategy] = openHeads(path);
            break;
        }
        if (!parts.heads.contains(strategy))
            parts.missing[strategy] =
                "there is no " + std::string(names.front()) + " beside the target, and no other file was chosen";
    }
    return parts;
}

Models::Models(ModelParts parts, const ModelPaths& paths, gpu::Device* device)
    : m_parts(std::move(parts)), m_paths(paths), m_device(device) {
    m_target = std::make_unique<Transformer>(m_parts.target, device);
    if (m_parts.draft) m_draft = std::make_unique<Transformer>(m_parts.draft, device);
    // what does not fit the target is found out now, not in the middle of a text
    for (const auto& [strategy, file] : m_parts.heads) {
        try {
            drafter(strategy);
        } catch (const Error& error) {
            m_parts.missing[strategy] = error.what();
        }
    }
}

Transformer& Models::twin() {
    if (!m_twin) m_twin = std::make_unique<Transformer>(m_parts.target, m_device);
    return *m_twin;
}

std::string Models::why(const std::string& strategy) const {
    const auto found = m_parts.missing.find(strategy);
    if (found != m_parts.missing.end()) return found->second;
    if (strategy == "draft" && !m_draft) return "no draft model was chosen";
    return {};
}

std::vector<std::string> Models::strategies() const {
    std::vector<std::string> all;
    for (const char* strategy : {"plain", "ngram", "lookup", "draft", "medusa", "mtp", "gloeckle"})
        if (why(strategy).empty()) all.emplace_back(strategy);
    return all;
}

Drafter* Models::drafter(const std::string& strategy) {
    if (strategy == "plain") return nullptr;
    if (const std::string missing = why(strategy); !missing.empty())
        throw Error("this target cannot draft by '" + strategy + "': " + missing);
    std::unique_ptr<Drafter>& made = m_drafters[strategy];
    if (!made) made = make(strategy);
    return made.get();
}

void Models::setLookup(int longest) {
    if (longest == m_lookup) return;
    m_lookup = longest;
    m_drafters.erase("lookup");
}

std::unique_ptr<Drafter> Models::make(const std::string& strategy) {
    const int vocabulary = m_target->vocabulary();
    const auto file = [&]() -> const model::TensorFile& { return *m_parts.heads.at(strategy); };
    if (strategy == "lookup") return std::make_unique<LookupDrafter>(vocabulary, m_lookup);
    if (strategy == "draft") return std::make_unique<ModelDrafter>(*m_draft, vocabulary);
    if (strategy == "ngram") {
        if (!m_counts) m_counts = countShipped(*m_parts.tokenizer, vocabulary, m_paths.order);
        return std::make_unique<CountDrafter>(m_counts);
    }
    if (strategy == "medusa") return std::make_unique<MedusaDrafter>(std::make_shared<Medusa>(file(), m_parts.target));
    if (strategy == "mtp") return std::make_unique<MtpDrafter>(std::make_shared<Mtp>(file(), m_parts.target));
    if (strategy == "gloeckle") return std::make_unique<GloeckleDrafter>(std::make_shared<Gloeckle>(file(), m_parts.target));
    throw Error("there is no strategy '" + strategy + "'");
}

std::vector<std::int32_t> Models::encode(const std::string& text) const {
    const auto before = m_parts.tokenizer->before();
    std::vector<std::int32_t> tokens(before.begin(), before.end());
    const ModelConfig& config = m_target->config();
    // texts of our own models begin with the mark between two of them
    const bool builtin = m_paths.target.rfind(builtinPrefix, 0) == 0;
    if (tokens.empty() && config.bos >= 0 && (builtin || text.empty())) tokens.push_back(config.bos);
    for (const std::int32_t token : m_parts.tokenizer->encode(text)) tokens.push_back(token);
    if (tokens.empty()) throw Error("there is nothing to go on with: write at least one word");
    return tokens;
}

std::string Models::decode(std::span<const std::int32_t> tokens) const {
    std::vector<std::int32_t> visible;
    for (const std::int32_t token : tokens)
        if (token < m_parts.tokenizer->size() && !m_parts.tokenizer->special(token)) visible.push_back(token);
    return m_parts.tokenizer->decode(visible);
}

bool Models::ends(std::int32_t token) const {
    const auto& eos = m_target->config().eos;
    return std::find(eos.begin(), eos.end(), token) != eos.end();
}

namespace {

std::string_view stories() {
    const auto found = asset("language/data/stories.txt");
    if (!found) throw Error("the shipped text language/data/stories.txt is missing from this program");
    return *found;
}

std::size_t border() { return stories().find("\n\n", stories().size() / 10 * 9) + 2; }

} // namespace

std::string_view countedText() { return stories().substr(0, border()); }
std::string_view unseenText() { return stories().substr(border()); }

std::vector<std::vector<std::int32_t>> shippedPrompts(const Models& models, int count, int tokens) {
    const std::string_view all = unseenText();
    std::vector<std::vector<std::int32_t>> prompts;
    for (int i = 0; i < count; ++i) {
        std::size_t from = all.find("\n\n", all.size() * std::size_t(i) / std::size_t(count + 1));
        from = from == std::string_view::npos ? 0 : from + 2;
        std::vector<std::int32_t> prompt = models.encode(std::string(all.substr(from, std::size_t(tokens) * 12)));
        prompt.resize(std::min(prompt.size(), std::size_t(std::max(tokens, 1))));
        prompts.push_back(std::move(prompt));
    }
    return prompts;
}

std::shared_ptr<const TokenLaw> countShipped(const model::Tokenizer& tokenizer, int vocabulary, int order) {
    const std::string_view all = countedText();
    std::vector<std::vector<Token>> documents;
    // a piece at a time: a tokenizer keeps the whole text it is given in several forms
    for (std::size_t from = 0; from < all.size();) {
        std::size_t to = all.find("\n\n", std::min(from + (std::size_t(1) << 16), all.size()));
        to = to == std::string_view::npos ? all.size() : to + 2;
        std::vector<Token> document = tokenizer.encode(all.substr(from, to - from));
        for (const Token token : document)
            if (token >= vocabulary)
                throw Error("the tokenizer's token " + std::to_string(token) + " is beyond the target's vocabulary");
        documents.push_back(std::move(document));
        from = to;
    }
    return std::make_shared<Counted>(countDocuments(order, vocabulary, documents), vocabulary);
}

} // namespace orrery::language
