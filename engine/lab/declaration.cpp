// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/declaration.h"

#include "engine/error.h"
#include "engine/lab/condition.h"
#include "engine/lab/settings.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace orrery::lab {

namespace {

/// Keys become file names, command-line words and JSON keys.
bool isKey(const std::string& key) {
    return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
}

template <class Rows>
void verifyKeys(const Declaration& lab, const Rows& rows, const char* what) {
    std::set<std::string> seen;
    for (const auto& row : rows) {
        if (!isKey(row.key))
            throw Error(lab.name + ": the key '" + row.key + "' of a " + what + " may hold only a-z, 0-9, _ and -");
        if (!seen.insert(row.key).second) throw Error(lab.name + ": the " + what + " '" + row.key + "' is declared twice");
    }
}

void verifyRange(const Declaration& lab, const Parameter& parameter) {
    const std::string where = lab.name + ": parameter '" + parameter.key + "'";
    if (parameter.label.empty() || parameter.meaning.empty() || parameter.group.empty())
        throw Error(where + " lacks a label, a meaning or a group");
    const bool ranged = parameter.type == Type::number || parameter.type == Type::integer || parameter.type == Type::points;
    if (ranged && !(std::isfinite(parameter.low) && std::isfinite(parameter.high) && parameter.low < parameter.high))
        throw Error(where + " has an empty range");
    if (ranged && !(parameter.step > 0)) throw Error(where + " needs a positive step");
    if (ranged && parameter.scale == Scale::logarithmic && !(parameter.low > 0))
        throw Error(where + " has a logarithmic scale that reaches zero");
    if (parameter.type == Type::points && parameter.columns.empty()) throw Error(where + " lacks names of columns");
    if (parameter.type == Type::choice) verifyKeys(lab, parameter.choices, ("choice of '" + parameter.key + "'").c_str());
}

template <class Row> // a parameter, an action or a series
void verifyShownWhen(const Declaration& lab, const Row& row) {
    for (const Condition& condition : conditions(row.shownWhen)) {
        const Parameter* other = lab.find(condition.key);
        if (!other || (other->type != Type::choice && other->type != Type::flag))
            throw Error(lab.name + ": shownWhen of '" + row.key + "' does not name a choice or a flag");
        Settings trial(lab);
        for (const std::string& choice : condition.choices) trial.setText(other->key, choice);
    }
}

void verifyInputs(const Declaration& lab) {
    for (const Input& input : lab.inputs) {
        const Parameter* parameter = lab.find(input.key);
        if (!parameter || parameter->type != Type::file)
            throw Error(lab.name + ": the input '" + input.key + "' is not a parameter of type file");
        if (input.extensions.empty()) throw Error(lab.name + ": the input '" + input.key + "' takes no extension");
        Settings trial(lab);
        for (const auto& [key, value] : input.sets) trial.setText(key, value);
    }
}

} // namespace

const Parameter* Declaration::find(const std::string& key) const {
    const auto found = std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.key == key; });
    return found == parameters.end() ? nullptr : &*found;
}

void Declaration::verify() const {
    if (!isKey(name) || title.empty() || summary.empty()) throw Error("lab '" + name + "' lacks a name, a title or a summary");
    if (defaultScenario.empty()) throw Error(name + ": lacks a default scenario");
    verifyKeys(*this, parameters, "parameter");
    verifyKeys(*this, actions, "action");
    verifyKeys(*this, series, "series");
    verifyKeys(*this, arrays, "array");
    verifyKeys(*this, outputs, "output");
    for (const Parameter& parameter : parameters) verifyRange(*this, parameter);
    Settings defaults(*this);
    for (const Parameter& parameter : parameters) defaults.set(parameter.key, parameter.fallback);
    for (const Parameter& parameter : parameters) verifyShownWhen(*this, parameter);
    for (const Action& action : actions) verifyShownWhen(*this, action);
    for (const Series& each : series) verifyShownWhen(*this, each);
    verifyInputs(*this);
    for (const Output& output : outputs) // `orrery run` writes both as NAME.npy
        if (output.extension == "npy" && std::ranges::find(arrays, output.key, &Array::key) != arrays.end())
            throw Error(name + ": the output '" + output.key + "' has the name of an array");
}

} // namespace orrery::lab
