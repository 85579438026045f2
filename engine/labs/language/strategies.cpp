// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/strategies.h"

#include "engine/labs/language/declared.h"

#include <algorithm>

namespace orrery::language {

Growth usualGrowth(const std::string& strategy, const Drafter* drafter) {
    Growth growth;
    if (!drafter) return growth;
    const int deepest = drafter->deepest();
    const bool heads = strategy == "medusa" || strategy == "gloeckle"; // one law for a whole level: branches are free
    const char* tree = strategy == "lookup" ? "2x1x1x1x1x1" : heads ? "3x2x1x1" : "2x2x1x1";
    growth.shape = shapeOf(tree).upTo(deepest);
    return growth;
}

std::vector<Runner> racers(Models& models, const Plan& plan) {
    std::vector<Runner> all;
    for (const std::string& strategy : models.strategies()) {
        const auto known =
            std::find_if(strategies().begin(), strategies().end(), [&](const auto& c) { return c.key == strategy; });
        Runner runner{strategy, known->label, models.drafter(strategy), plan};
        runner.plan.rule = plan.sampling.temperature > 0 ? Rule::coupled : Rule::greedy;
        runner.plan.growth = {};
        if (!runner.drafter) {
            all.push_back(runner);
            continue;
        }
        runner.plan.growth.shape = Shape::chain(std::min(4, runner.drafter->deepest()));
        all.push_back(runner);
        runner.key += "-tree";
        runner.name += ", tree";
        runner.plan.growth = usualGrowth(strategy, runner.drafter);
        all.push_back(runner);
    }
    return all;
}

} // namespace orrery::language
