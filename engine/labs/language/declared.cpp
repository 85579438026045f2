// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/declared.h"

#include "engine/labs/language/shape.h"

namespace orrery::language {

using namespace lab;

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
