// SPDX-License-Identifier: GPL-3.0-or-later
// Greedy text of the shipped models: every strategy against plain decoding.
#pragma once

#include "engine/assets.h"
#include "engine/labs/language/strategies.h"

#include <QtTest/QtTest>

namespace orrery::language::test {

inline bool modelsAreShipped() { return asset("language/models/tiny/model.safetensors").has_value(); }

/// Texts that differ from plain decoding, of `prompts` beginnings: each is written plainly and by `each` of the strategies and trees in
/// turn (all of them: 0).
inline int differing(Models& models, int prompts, int tokens, int each, int& texts, double& perRound) {
    const std::vector<const char*> trees = {"chain4", "3x2x1", "dynamic", "mc-sim-7b-63"};
    std::vector<std::string> strategies = models.strategies();
    strategies.erase(strategies.begin()); // plain
    Plan plan{.rule = Rule::greedy, .sampling = {.temperature = 0}};
    std::int64_t written = 0, rounds = 0;
    int wrong = 0, turn = 0;
    for (const auto& prompt : shippedPrompts(models, prompts, 24)) {
        const auto text = [&](Drafter* drafter) {
            Speculator speculator(models.target(), drafter, plan);
            speculator.forget();
            speculator.start(prompt);
            const std::size_t end = prompt.size() + std::size_t(tokens);
            while (speculator.text().size() < end) {
                const Round round = speculator.step(int(end - speculator.text().size()), false);
                if (drafter) written += round.tokens(), ++rounds;
            }
            return speculator.text();
        };
        const auto plain = text(nullptr);
        const int all = int(strategies.size() * trees.size());
        for (int i = 0; i < (each > 0 ? each : all); ++i, ++turn) {
            Drafter* drafter = models.drafter(strategies[std::size_t(turn) % strategies.size()]);
            const std::string tree = trees[std::size_t(turn) / strategies.size() % trees.size()];
            plan.growth = {};
            if (tree == "dynamic")
                plan.growth.dynamic = Dynamic{.total = 12, .depth = std::min(4, drafter->deepest()), .width = 3};
            else
                plan.growth.shape = shapeOf(tree).upTo(drafter->deepest());
            wrong += text(drafter) != plain;
            ++texts;
        }
    }
    perRound = rounds > 0 ? double(written) / double(rounds) : 0;
    return wrong;
}

} // namespace orrery::language::test
