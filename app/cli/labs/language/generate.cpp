// SPDX-License-Identifier: GPL-3.0-or-later
// orrery generate: a text from a language model, drafted by whatever strategy. Under the coupled rule, and greedy, the text of a
// seed is the same whatever drafts.
#include "app/cli/progress.h"
#include "app/cli/subcommands.h"
#include "engine/error.h"
#include "engine/gpu/device.h"
#include "engine/labs/language/declared.h"
#include "engine/labs/language/ngram_symbols.h"
#include "engine/labs/language/request.h"
#include "engine/labs/language/results.h"
#include "engine/labs/language/strategies.h"
#include "engine/model/tokenizer/stream_decoder.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

using namespace language;

struct Options {
    ModelPaths paths;
    std::string prompt, promptFile, strategy = "plain", tree, rule, candidates = "auto", device;
    Sampling sampling{.temperature = 0};
    Typical typical;
    int tokens = 64, lookup = 3;
    std::uint64_t seed = 1;
    bool json = false, raw = false;
};

std::string promptOf(const Options& o) {
    if (o.promptFile.empty()) return o.raw ? o.prompt : unescaped(o.prompt);
    std::ifstream in(o.promptFile, std::ios::binary);
    if (!in) throw Error(o.promptFile + ": cannot be opened; name a text file");
    return {std::istreambuf_iterator<char>(in), {}};
}

Plan planOf(const Options& o, const Drafter* drafter) {
    Plan plan{.sampling = o.sampling, .typical = o.typical, .seed = o.seed};
    plan.rule = !o.rule.empty() ? ruleOf(o.rule) : o.sampling.temperature > 0 ? Rule::coupled : Rule::greedy;
    plan.growth = usualGrowth(o.strategy, drafter);
    if (o.tree == "dynamic")
        plan.growth.dynamic = Dynamic{};
    else if (!o.tree.empty())
        plan.growth.shape = shapeOf(o.tree);
    plan.growth.pick = pickOf(o.candidates, plan.rule);
    return plan;
}

struct Written {
    std::string text;
    std::vector<std::int32_t> tokens;
    Tally tally;
    std::string ended = "tokens";
    double openMs = 0, readMs = 0;
};

Written write(const Options& o, Models& models, const Plan& plan, std::vector<std::int32_t> prompt, bool live) {
    Written out;
    const std::size_t from = prompt.size();
    Speculator speculator(models.target(), models.drafter(o.strategy), plan);
    double clock = wallMs();
    speculator.start(std::move(prompt));
    speculator.prefill();
    out.readMs = wallMs() - clock;
    model::StreamDecoder decoder(models.sharedTokenizer());
    const auto show = [&](const std::string& text) {
        out.text += text;
        if (live) std::cout << text << std::flush;
    };
    for (bool going = o.tokens > 0; going;) {
        const int left = o.tokens - int(speculator.text().size() - from);
        const std::size_t before = speculator.text().size();
        out.tally.add(speculator.step(left, false));
        for (std::size_t i = before; i < speculator.text().size() && going; ++i) {
            const std::int32_t token = speculator.text()[i];
            out.tokens.push_back(token);
            if (models.ends(token)) {
                out.ended = "end of text", going = false;
            } else if (token < models.tokenizer().size() && !models.tokenizer().special(token)) {
                show(decoder.push(token));
            }
        }
        if (int(out.tokens.size()) >= o.tokens) going = false;
        if (going && speculator.full()) out.ended = "context", going = false;
    }
    show(decoder.finish());
    return out;
}

nlohmann::ordered_json reportOf(const Options& o, const Models& models, const Plan& plan, const Written& w,
                                std::size_t promptTokens) {
    const Growth& g = plan.growth;
    nlohmann::ordered_json report{{"model", models.name()},
                                  {"computed_on", models.target().where()},
                                  {"strategy", o.strategy},
                                  {"rule", text(plan.rule).key},
                                  {"lossless", text(plan.rule).lossless},
                                  {"tree", o.strategy == "plain" ? ""
                                           : g.dynamic           ? "dynamic"
                                                                 : g.shape.text()},
                                  {"temperature", plan.sampling.temperature},
                                  {"top_k", plan.sampling.topK},
                                  {"top_p", plan.sampling.topP},
                                  {"seed", o.seed},
                                  {"prompt_tokens", promptTokens},
                                  {"text", w.text},
                                  {"token_ids", w.tokens},
                                  {"ended_by", w.ended},
                                  {"ms_open", w.openMs},
                                  {"ms_prompt", w.readMs},
                                  {"decoding", toJson(w.tally)}};
    if (plan.rule == Rule::typical && w.tally.tokens > 0)
        report["changed_law"] = {{"kl_per_token", w.tally.divergence / double(w.tally.tokens)},
                                 {"tv_per_token", w.tally.variation / double(w.tally.tokens)}};
    return report;
}

void generate(const Options& o) {
    const double clock = wallMs();
    const std::string prompt = promptOf(o);
    const ModelPaths paths{modelPath(o.paths.target), modelPath(o.paths.draft), o.paths.heads, o.paths.order};
    gpu::Instance instance;
    gpu::Device device(instance, {.wanted = o.device, .pipelineCacheFile = {}});
    std::unique_ptr<Models> models;
    {
        Progress progress;
        const auto told = [&](double part) {
            progress.show("opening " + paths.target + "  " + std::to_string(int(100 * part)) + " %");
            return true;
        };
        models = std::make_unique<Models>(readModels(paths, told), paths, &device);
        models->setLookup(o.lookup);
        if (o.strategy == "ngram") progress.show("counting n-grams");
        models->drafter(o.strategy);
    }
    const Plan plan = planOf(o, models->drafter(o.strategy));
    std::vector<std::int32_t> tokens = models->encode(prompt);
    const std::size_t promptTokens = tokens.size();
    const double opened = wallMs();
    Written written = write(o, *models, plan, std::move(tokens), !o.json);
    written.openMs = opened - clock;
    if (!o.json) {
        std::cout << '\n';
        return;
    }
    using Handler = nlohmann::json::error_handler_t; // a text may end within a character
    std::cout << reportOf(o, *models, plan, written, promptTokens).dump(2, ' ', false, Handler::replace) << '\n';
}

std::vector<std::string> strategyKeys() {
    std::vector<std::string> keys;
    for (const lab::Choice& choice : strategies()) keys.push_back(choice.key);
    return keys;
}

} // namespace

void addGenerate(CLI::App& app) {
    CLI::App* command = app.add_subcommand("generate", "Writes a text with a language model, drafted and verified or plainly");
    auto options = std::make_shared<Options>();
    Options& o = *options;
    command->add_option("--model", o.paths.target, "A folder with config.json, a .safetensors, a .gguf, or builtin:NAME")
        ->capture_default_str();
    command->add_option("--draft", o.paths.draft, "A smaller model of the same vocabulary, for --strategy draft")
        ->capture_default_str();
    command->add_option("--heads", o.paths.heads, "Medusa, MTP or parallel heads; else the file beside the model");
    CLI::Option* prompt = command->add_option("--prompt", o.prompt, "The beginning of the text; \\n is a new line");
    command->add_option("--prompt-file", o.promptFile, "The same from a file")->excludes(prompt);
    command->add_flag("--raw", o.raw, "Take backslashes in --prompt as they are");
    command->add_option("--strategy", o.strategy, "What drafts")->capture_default_str()->check(CLI::IsMember(strategyKeys()));
    command->add_option("--tree", o.tree, "chain4, 3x2x1, dynamic, a published one (mc-sim-7b-63), or ranks: 0;0,0;1");
    command->add_option("--rule", o.rule, "greedy, iid, distinct, topk, coupled, typical; else coupled, at temperature 0 greedy");
    command->add_option("--candidates", o.candidates, "auto, top, distinct or iid")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "top", "distinct", "iid"}));
    command->add_option("--temperature", o.sampling.temperature, "0: always the likeliest token")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 100.0));
    command->add_option("--top-k", o.sampling.topK, "Only the k likeliest tokens; 0: all")->check(CLI::NonNegativeNumber);
    command->add_option("--top-p", o.sampling.topP, "The fewest tokens that hold this share")->check(CLI::Range(0.0, 1.0));
    command->add_option("--epsilon", o.typical.epsilon, "Of typical acceptance")->check(CLI::Range(0.0, 1.0));
    command->add_option("--delta", o.typical.delta, "Of typical acceptance")->check(CLI::NonNegativeNumber);
    command->add_option("--tokens", o.tokens, "At most so many behind the prompt")
        ->capture_default_str()
        ->check(CLI::Range(1, 1 << 20));
    command->add_option("--order", o.paths.order, "Of the n-gram draft")
        ->capture_default_str()
        ->check(CLI::Range(1, highestOrder));
    command->add_option("--match", o.lookup, "Longest match of prompt lookup")->capture_default_str()->check(CLI::Range(1, 16));
    command->add_option("--seed", o.seed, "Of the coins")->capture_default_str()->check(CLI::NonNegativeNumber);
    command->add_flag("--json", o.json, "A report instead of the text alone");
    addDeviceOption(*command, o.device);
    command->callback([options] { generate(*options); });
}

} // namespace orrery::cli
