// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/condition.h"

#include "engine/error.h"

#include <sstream>

namespace orrery::lab {

std::vector<Condition> conditions(const std::string& shownWhen) {
    std::vector<Condition> all;
    std::istringstream rest(shownWhen);
    for (std::string text; std::getline(rest, text, ';');) {
        const std::size_t equals = text.find('=');
        if (equals == std::string::npos) throw Error("the condition '" + text + "' lacks '='");
        Condition condition;
        condition.negated = equals > 0 && text[equals - 1] == '!';
        condition.key = text.substr(0, equals - (condition.negated ? 1 : 0));
        std::istringstream choices(text.substr(equals + 1));
        for (std::string choice; std::getline(choices, choice, '|');) condition.choices.push_back(choice);
        all.push_back(std::move(condition));
    }
    return all;
}

} // namespace orrery::lab
