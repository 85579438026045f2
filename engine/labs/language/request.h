// SPDX-License-Identifier: GPL-3.0-or-later
// What a person asks of the language lab, read from its settings.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/language/models.h"
#include "engine/labs/language/speculate.h"

namespace orrery::language {

struct Request {
    std::string show = "text";
    ModelPaths paths;
    std::string prompt; ///< the text itself, wherever it came from
    std::string strategy = "plain";
    int lookup = 3;
    int rounds = 32;
    Plan plan;
    int lookAt = -1; ///< node

    int raceTokens = 48, prompts = 4;
    std::int64_t samples = 40000, texts = 2000;
    bool plant = false;
};

/// Throws Error: a tree that cannot be read, a text file that cannot be opened, a model that was not chosen.
Request requestOf(const lab::Settings& settings, std::uint64_t seed);

/// How candidates are taken: as the rule needs, or as was asked for.
Pick pickOf(const std::string& candidates, Rule rule);
/// A folder is meant by its config.json.
std::string modelPath(const std::string& chosen);
/// "\n" and "\t" of a line as the characters that they stand for.
std::string unescaped(const std::string& line);

} // namespace orrery::language
