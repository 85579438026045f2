// SPDX-License-Identifier: GPL-3.0-or-later
// The language lab's table: everything a person, the command line or a file can set, press, plot or save.
#include "engine/labs/language/declaration.h"

#include "engine/labs/language/declared.h"
#include "engine/labs/language/handed.h"
#include "engine/labs/language/ngram_declaration.h"
#include "engine/labs/language/rule.h"

namespace orrery::language {

using namespace lab;

namespace {

const std::string page = "Show", model = "Model", prompt = "Prompt", drafting = "Draft", tree = "Tree",
                  verifying = "Verification", sampling = "Sampling", racing = "Race", proving = "Proof";
const std::string onText = "show=text|race|proof", drafted = "show=text;strategy!=plain";

std::vector<Choice> ruleChoices() {
    std::vector<Choice> all;
    for (int i = 0; i < rules; ++i) all.push_back({text(Rule(i)).key, text(Rule(i)).name, text(Rule(i)).meaning});
    return all;
}

std::vector<Parameter> ofTheModels() {
    return {
        choice("show", "Show", page, "text",
               {{"text", "speculation", "a text grows: draft, one pass of the target, decisions"},
                {"race", "race", "every strategy on the same prompts, measured and modelled"},
                {"proof", "proof", "is it lossless? asked of the model that is loaded"},
                {"ngram", "n-grams", "the oldest language model: what was counted, and what is to be thought of the rest"}},
               "What is looked at", {.applies = Applies::view}),
        choice("picture", "Page", page, "tree",
               {{"tree", "tree", "what was drafted, and what became of it"},
                {"cache", "mask and cache", "who sees whom, at which position, in which slot"},
                {"text", "text", "who wrote which token, and what else could have stood there"},
                {"figures", "figures", "acceptance, tokens and time of all rounds so far"}},
               "How the round is shown", {.applies = Applies::view, .shownWhen = "show=text"}),
        choice("model", "Target", model, "tiny",
               {{"tiny", "storyteller of our own", "a small Llama, trained on a story world that this project generates"},
                {"file", "from the disk", "GPT-2, Llama or Qwen2: safetensors with config.json, or GGUF"}},
               "The model whose text it is", {.shownWhen = onText}),
        file("weights", "Target file", model, "config.json, model.safetensors or its index, or a .gguf",
             {.shownWhen = "show=text|race|proof;model=file"}),
        choice("draft_model", "Draft model", model, "tiny",
               {{"tiny", "small one of our own", "one layer, of the shipped target's vocabulary"},
                {"file", "draft from the disk", "a smaller model of the same vocabulary"}},
               "What the strategy of that name drafts with", {.shownWhen = "show=text|race|proof;strategy=draft"}),
        file("draft_weights", "Draft file", model, "config.json, model.safetensors or its index, or a .gguf",
             {.shownWhen = "show=text|race|proof;strategy=draft;draft_model=file"}),
        file("heads", "Heads file", model, "Medusa, MTP or parallel heads as .safetensors; empty: the file beside the target",
             {.shownWhen = "show=text|race|proof;strategy=medusa|mtp|gloeckle"}),
        choice("source", "Text from", prompt, "typed",
               {{"typed", "typed", "the line below"}, {"file", "file", "a text file, of which the end counts"}},
               "Where the beginning of the text comes from", {.shownWhen = onText}),
        line("prompt", "Beginning", prompt, "Once upon a time", "The text to go on with",
             {.shownWhen = "show=text|race|proof;source=typed"}),
        file("prompt_file", "Text file", prompt, "A .txt in UTF-8", {.shownWhen = "show=text|race|proof;source=file"}),
        integer("rounds", "Rounds", prompt, 32, 1, 1024, "How many times draft and verification take turns",
                {.scale = Scale::logarithmic, .shownWhen = "show=text"}),
    };
}

std::vector<Parameter> ofTheDraft() {
    return {
        choice("strategy", "Draft by", drafting, "draft", strategies(), "What proposes the tokens that the target verifies",
               {.applies = Applies::live, .shownWhen = onText}),
        integer("order", "Order n", drafting, 4, 1, 6, "Tokens of an n-gram: the draft looks back over n - 1 of them",
                {.shownWhen = "show=text;strategy=ngram"}),
        integer("lookup_longest", "Longest match", drafting, 3, 1, 16, "So many last tokens are looked for first, then fewer",
                {.applies = Applies::live, .shownWhen = "show=text;strategy=lookup"}),
        choice("tree", "Tree", tree, "wide", trees(), "Where the draft branches",
               {.applies = Applies::live, .shownWhen = drafted}),
        integer("length", "Length", tree, 4, 1, 32, "Tokens of the chain",
                {.applies = Applies::live, .shownWhen = drafted + ";tree=chain"}),
        line("widths", "Widths", tree, "3x2x1x1", "Candidates of each level below every node of the one above",
             {.applies = Applies::live, .shownWhen = drafted + ";tree=wide"}),
        line("nodes", "Nodes", tree, "0;1;2;0,0;0,1;1,0;0,0,0", "Ranks from the root, nodes parted by ; : 0;0,0;1",
             {.applies = Applies::live, .shownWhen = drafted + ";tree=own"}),
        integer("total", "Nodes kept", tree, 16, 1, 256, "The best of all that were seen",
                {.applies = Applies::live, .shownWhen = drafted + ";tree=dynamic"}),
        integer("depth", "Depth", tree, 5, 1, 16, "Levels that are asked",
                {.applies = Applies::live, .shownWhen = drafted + ";tree=dynamic"}),
        integer("width", "Width", tree, 4, 1, 16, "Nodes asked on a level, and candidates taken of each",
                {.applies = Applies::live, .shownWhen = drafted + ";tree=dynamic"}),
    };
}

std::vector<Parameter> ofTheDecisions() {
    return {
        choice("rule", "Rule", verifying, "distinct", ruleChoices(), "By what a candidate is kept or refused",
               {.applies = Applies::live, .shownWhen = drafted}),
        choice("candidates", "Candidates", verifying, "auto",
               {{"auto", "as the rule needs", "the likeliest where nothing else is asked for"},
                {"top", "the likeliest", "without a coin"},
                {"distinct", "drawn, none twice", "without replacement"},
                {"iid", "drawn", "each on its own"}},
               "How they are taken from the draft's distribution", {.applies = Applies::live, .shownWhen = drafted}),
        number("epsilon", "\xCE\xB5", verifying, 0.09, 0, 1, 0.01, "", "Typical acceptance: the threshold is at most this",
               {.formula = "p > min(\xCE\xB5, \xCE\xB4 e^-H)", .applies = Applies::live, .shownWhen = drafted + ";rule=typical"}),
        number("delta", "\xCE\xB4", verifying, 0.3, 0, 4, 0.01, "",
               "Typical acceptance: share of e^-H, the probability in a flat law of that entropy",
               {.formula = "p > min(\xCE\xB5, \xCE\xB4 e^-H)", .applies = Applies::live, .shownWhen = drafted + ";rule=typical"}),
        number("temperature", "Temperature", sampling, 1, 0, 4, 0.05, "",
               "Logits are divided by it; 0: always the likeliest token",
               {.formula = "softmax(l / T)", .applies = Applies::live, .shownWhen = onText}),
        integer("top_k", "Top-k", sampling, 0, 0, 100000, "Only the k likeliest tokens stay; 0: all",
                {.applies = Applies::live, .shownWhen = onText}),
        number("top_p", "Top-p", sampling, 1, 0.01, 1, 0.01, "", "The fewest tokens that hold this share stay",
               {.applies = Applies::live, .shownWhen = onText}),
        integer("tokens", "Tokens", racing, 48, 4, 2048, "Of each text in the race", {.shownWhen = "show=race"}),
        integer("prompts", "Prompts", racing, 4, 1, 64, "How many beginnings the strategies share",
                {.shownWhen = "show=race|proof"}),
        integer("samples", "Samples", proving, 40000, 1000, 1000000, "Single tokens drawn for each rule",
                {.scale = Scale::logarithmic, .shownWhen = "show=proof"}),
        integer("texts", "Texts", proving, 2000, 100, 100000, "Texts of three tokens written by each rule",
                {.scale = Scale::logarithmic, .shownWhen = "show=proof"}),
        flag("plant", "Broken rules too", proving, false,
             "Adds rules with mistakes that published code holds: they must be found out", {.shownWhen = "show=proof"}),
        integer("look_at", "Node", page, -1, -1, 511, "The node of the round whose distributions are looked at; -1: the root",
                {.applies = Applies::view, .shownWhen = "show=text"}),
    };
}

std::vector<Parameter> parameters() {
    std::vector<Parameter> all = ofTheModels();
    for (auto part : {ofTheDraft(), ofTheDecisions()}) all.insert(all.end(), part.begin(), part.end());
    return all;
}

std::vector<Action> actions() {
    return {{"restart", "Start over", "Back to the prompt, with nothing decided", "", onText},
            {"race", "Race", "Every strategy that these models allow, on the same prompts", "", onText},
            {"prove", "Is it lossless?", "Counts every case, draws samples and compares texts, on the loaded model", "P", onText},
            {"stop", "Stop", "Ends what is running", "", onText}};
}

std::vector<Series> series() {
    const std::string text = "show=text", race = "show=race";
    return {
        {.key = "tokens",
         .label = "tokens of a round",
         .meaning = "Accepted ones and the target's own",
         .chart = "Tokens",
         .shownWhen = text},
        {.key = "mean_tokens",
         .label = "mean so far",
         .meaning = "Tokens by rounds, the target's own counted",
         .chart = "Tokens",
         .shownWhen = text},
        {.key = "overlap",
         .label = "overlap",
         .meaning = "Sum of min(p, q) at the root: how often one drawn candidate stays",
         .chart = "Agreement",
         .shownWhen = text},
        {.key = "accepted_share",
         .label = "kept",
         .meaning = "Of the candidates decided on so far",
         .chart = "Agreement",
         .shownWhen = text},
        {.key = "speed",
         .label = "speed",
         .unit = "tokens/s",
         .meaning = "Of all rounds so far, by the clock on the wall",
         .chart = "Speed",
         .shownWhen = text},
        {.key = "draft_ms",
         .label = "draft",
         .unit = "ms",
         .meaning = "Asking the drafter",
         .chart = "Time of a round",
         .shownWhen = text},
        {.key = "verify_ms",
         .label = "pass",
         .unit = "ms",
         .meaning = "The target's pass over the tree",
         .chart = "Time of a round",
         .shownWhen = text},
        {.key = "decide_ms",
         .label = "decide",
         .unit = "ms",
         .meaning = "Distributions, coins, residuals",
         .chart = "Time of a round",
         .shownWhen = text},
        {.key = "commit_ms",
         .label = "commit",
         .unit = "ms",
         .meaning = "Moving rows of the key-value cache",
         .chart = "Time of a round",
         .shownWhen = text},
        {.key = "cost_kl",
         .label = "KL paid",
         .unit = "nats",
         .meaning = "Typical acceptance: divergence from the target's law for each token",
         .chart = "Changed law",
         .shownWhen = "show=text;rule=typical"},
        {.key = "cost_tv",
         .label = "TV paid",
         .meaning = "Typical acceptance: total variation from the target's law for each token",
         .chart = "Changed law",
         .shownWhen = "show=text;rule=typical"},
        {.key = "by_depth",
         .label = "kept at this depth",
         .meaning = "Of rounds that came so deep",
         .chart = "Acceptance by depth",
         .shownWhen = text,
         .axis = "depth"},
        {.key = "by_rank",
         .label = "kept at this rank",
         .meaning = "Of candidates that were tried as first, second, third",
         .chart = "Acceptance by rank",
         .shownWhen = text,
         .axis = "rank"},
        {.key = "race_measured",
         .label = "measured",
         .unit = "times",
         .meaning = "As fast as plain decoding, by the clock",
         .chart = "Speed-up",
         .shownWhen = race,
         .axis = "strategy"},
        {.key = "race_modelled",
         .label = "modelled",
         .unit = "times",
         .meaning = "E / (g c + v + s) from parts measured apart",
         .chart = "Speed-up",
         .theory = true,
         .shownWhen = race,
         .axis = "strategy"},
        {.key = "race_tokens",
         .label = "tokens a round",
         .meaning = "The target's own counted",
         .chart = "Tokens a round",
         .shownWhen = race,
         .axis = "strategy"},
        {.key = "pass_ratio",
         .label = "v(n)",
         .unit = "times",
         .meaning = "A pass of n rows by a pass of one, measured",
         .chart = "Cost of a pass",
         .shownWhen = race,
         .axis = "rows"},
    };
}

std::vector<Array> arrays() {
    return {{"text", "[n]", "f32", "", "Token numbers up to where the clock stands, the prompt first"},
            {"nodes", "[nodes, 8]", "f32", "",
             "The round's tree: token, parent, depth, rank, p, q, path value, fate (0 unseen, 1 refused, 2 accepted)"},
            {"decisions", "[decisions, 8]", "f32", "",
             "In order: parent, node, p, q, probability of staying, coin, mass left, accepted"},
            {"mask", "[nodes + 1, nodes + 1]", "f32", "", "Which row of the pass looks at which; the root first"},
            {"slots", "[nodes + 1, 2]", "f32", "",
             "Rows of the key-value cache: while the tree hangs, and after the round (-1: dropped)"},
            {"p", "[V]", "f32", "", "The target's distribution at the node that is looked at"},
            {"q", "[V]", "f32", "", "The draft's distribution there"},
            {"logits", "[V]", "f32", "", "The target's logits there"},
            {"residual", "[V]", "f32", "", "max(0, p - q) there, not normalised"},
            {"table", "[V, d]", "f32", "", "The target's token embeddings, a row for each token"},
            {"race", "[strategies, 8]", "f32", "",
             "A row each: tokens a round, measured and modelled speed-up, g c, v, s, ms for a token, share of texts equal to "
             "plain ones"},
            {"proof", "[rows, 6]", "f32", "", "A row each: kind, rule, measured, bound, done, 1 where it holds"}};
}

std::vector<Input> inputs() {
    return {{"weights",
             {"safetensors", "gguf", "json"},
             "A language model: its config.json, .safetensors or .gguf",
             {{"model", "file"}}},
            {"prompt_file", {"txt"}, "A text to go on with", {{"source", "file"}}}};
}

/// What is shown of the n-gram explorer has a table of its own.
template <class Row>
void append(std::vector<Row>& rows, const std::vector<Row>& more) {
    rows.insert(rows.end(), more.begin(), more.end());
}

} // namespace

const Declaration& declaration() {
    static const Declaration declared = [] {
        Declaration all;
        all.name = "language", all.title = "Language";
        all.summary = "A language model drafts, a tree of tokens is verified in one pass, and the text is the target's own.";
        all.parameters = parameters();
        all.actions = actions();
        all.series = series();
        all.arrays = arrays();
        all.inputs = inputs();
        all.outputs = {{"text", "txt", "The text up to where the clock stands", {}},
                       {"rounds", "json", "Every round: tree, decisions, coins, times", {}}};
        all.clock = {"round", "prompt", "last round", true};
        all.defaultScenario = "tree";
        append(all.parameters, ngramParameters());
        append(all.series, ngramSeries());
        append(all.arrays, ngramArrays());
        append(all.inputs, ngramInputs());
        append(all.outputs, ngramOutputs());
        append(all.outputs, sentOutputs());
        return all;
    }();
    return declared;
}

} // namespace orrery::language
