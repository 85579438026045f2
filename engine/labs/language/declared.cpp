// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/declared.h"

#include "engine/labs/language/shape.h"

namespace orrery::language {

using namespace lab;

namespace {

Parameter row(std::string key, std::string label, std::string group, Type type, Value fallback, std::string meaning,
              Parameter more) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = type, more.fallback = std::move(fallback), more.meaning = std::move(meaning);
    return more;
}

} // namespace

Parameter choice(std::string key, std::string label, std::string group, std::string fallback, std::vector<Choice> choices,
                 std::string meaning, Parameter more) {
    more.choices = std::move(choices);
    return row(std::move(key), std::move(label), std::move(group), Type::choice, std::move(fallback), std::move(meaning),
               std::move(more));
}

Parameter number(std::string key, std::string label, std::string group, double fallback, double low, double high, double step,
                 std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.step = step;
    return row(std::move(key), std::move(label), std::move(group), Type::number, fallback, std::move(meaning), std::move(more));
}

Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                  std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.step = 1;
    return row(std::move(key), std::move(label), std::move(group), Type::integer, fallback, std::move(meaning), std::move(more));
}

Parameter flag(std::string key, std::string label, std::string group, bool fallback, std::string meaning, Parameter more) {
    return row(std::move(key), std::move(label), std::move(group), Type::flag, fallback, std::move(meaning), std::move(more));
}

Parameter file(std::string key, std::string label, std::string group, std::string meaning, Parameter more) {
    return row(std::move(key), std::move(label), std::move(group), Type::file, std::string(), std::move(meaning),
               std::move(more));
}

Parameter line(std::string key, std::string label, std::string group, std::string fallback, std::string meaning, Parameter more) {
    return row(std::move(key), std::move(label), std::move(group), Type::text, std::move(fallback), std::move(meaning),
               std::move(more));
}

const std::vector<Choice>& strategies() {
    static const std::vector<Choice> all = {
        {"plain", "no draft", "one token for each pass, as without speculation"},
        {"ngram", "n-grams", "a table of what followed the last few tokens in a text; Kneser-Ney, with its true q"},
        {"lookup", "prompt lookup", "what followed when the last few tokens stood in this text before"},
        {"draft", "draft model", "a smaller language model of the same vocabulary"},
        {"medusa", "Medusa heads", "heads on the target's last hidden state, one for each token ahead"},
        {"mtp", "MTP module", "DeepSeek's: one more layer that reads a hidden state and the next token, applied again and again"},
        {"gloeckle", "parallel heads", "Gloeckle's: one layer for each token ahead, all with the target's output matrix"}};
    return all;
}

const std::vector<Choice>& trees() {
    static const std::vector<Choice> all = [] {
        std::vector<Choice> made = {
            {"chain", "chain", "one candidate after the other"},
            {"wide", "every branch", "the best candidates of each level, below every node of the level above"},
            {"dynamic", "dynamic", "EAGLE-2: grown where the draft is sure of itself"},
            {"own", "by hand", "nodes given by their ranks"}};
        for (const NamedShape& named : publishedShapes())
            made.push_back({named.key, named.name,
                            named.key == "eagle-1" ? "25 nodes, five deep, as EAGLE-1 was published"
                                                   : "63 nodes, found on measured accuracies, as Medusa was published"});
        return made;
    }();
    return all;
}

} // namespace orrery::language
