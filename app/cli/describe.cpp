// SPDX-License-Identifier: GPL-3.0-or-later
// orrery describe: a lab's declaration as a reference table, or as JSON for programs.
#include "app/cli/progress.h"
#include "app/cli/subcommands.h"
#include "engine/lab/lab.h"
#include "engine/lab/names.h"
#include "engine/lab/sending.h"

#include <nlohmann/json.hpp>

#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

using json = nlohmann::ordered_json;
using lab::Declaration;
using lab::Parameter;
using lab::Type;

const char* name(Type type) {
    static constexpr const char* names[] = {"number", "integer", "choice", "flag", "file", "points", "text"};
    return names[int(type)];
}

const char* name(lab::Applies applies) {
    static constexpr const char* names[] = {"live", "reset", "view"};
    return names[int(applies)];
}

bool ranged(const Parameter& parameter) {
    return parameter.type == Type::number || parameter.type == Type::integer || parameter.type == Type::points;
}

json parameterJson(const Parameter& parameter) {
    json out{{"key", parameter.key},         {"label", parameter.label}, {"group", parameter.group},
             {"type", name(parameter.type)}, {"unit", parameter.unit},   {"meaning", parameter.meaning}};
    out["default"] = json(lab::toJson(parameter.fallback));
    out["applies"] = name(parameter.applies);
    if (!parameter.formula.empty()) out["formula"] = parameter.formula;
    if (!parameter.shownWhen.empty()) out["acts_when"] = parameter.shownWhen;
    if (ranged(parameter)) {
        out["low"] = parameter.low, out["high"] = parameter.high, out["step"] = parameter.step;
        out["scale"] = parameter.scale == lab::Scale::logarithmic ? "logarithmic" : "linear";
    }
    if (parameter.type == Type::points) out["columns"] = parameter.columns, out["max_rows"] = parameter.maxRows;
    for (const lab::Choice& choice : parameter.choices)
        out["choices"].push_back({{"key", choice.key}, {"label", choice.label}, {"meaning", choice.meaning}});
    return out;
}

json declarationJson(const Declaration& lab) {
    json out{{"name", lab.name}, {"title", lab.title}, {"summary", lab.summary}, {"default_scenario", lab.defaultScenario}};
    out["clock"] = {{"name", lab.clock.name}, {"low", lab.clock.low}, {"high", lab.clock.high}};
    for (const char* list : {"parameters", "actions", "series", "arrays", "inputs", "outputs"}) out[list] = json::array();
    for (const Parameter& parameter : lab.parameters) out["parameters"].push_back(parameterJson(parameter));
    for (const auto& each : lab.actions)
        out["actions"].push_back({{"key", each.key},
                                  {"label", each.label},
                                  {"meaning", each.meaning},
                                  {"shortcut", each.shortcut},
                                  {"acts_when", each.shownWhen}});
    for (const auto& each : lab.series)
        out["series"].push_back({{"key", each.key},
                                 {"label", each.label},
                                 {"unit", each.unit},
                                 {"meaning", each.meaning},
                                 {"chart", each.chart},
                                 {"theory", each.theory},
                                 {"shown_when", each.shownWhen},
                                 {"axis", each.axis.empty() ? lab.clock.name : each.axis}});
    for (const auto& each : lab.arrays)
        out["arrays"].push_back(
            {{"key", each.key}, {"shape", each.shape}, {"dtype", each.dtype}, {"unit", each.unit}, {"meaning", each.meaning}});
    for (const auto& each : lab.inputs) {
        json sets = json::object();
        for (const auto& [key, value] : each.sets) sets[key] = value;
        out["inputs"].push_back({{"key", each.key}, {"extensions", each.extensions}, {"meaning", each.meaning}, {"sets", sets}});
    }
    for (const auto& each : lab.outputs)
        out["outputs"].push_back(
            {{"key", each.key}, {"extension", each.extension}, {"meaning", each.meaning}, {"sent", lab::sends(each)}});
    return out;
}

/// "0.001 to 50, default 20 px"
std::string values(const Declaration& lab, const Parameter& parameter) {
    const std::string unit = parameter.unit.empty() ? "" : " " + parameter.unit;
    const std::string range = lab::shortest(parameter.low) + " to " + lab::shortest(parameter.high);
    const std::string fallback = lab::Settings(lab).text(parameter);
    switch (parameter.type) {
        case Type::points:
            return "rows of " + lab::join(parameter.columns) + ", each " + range + unit + ", at most " +
                   std::to_string(parameter.maxRows) + " rows";
        case Type::file:
            return "a path";
        case Type::flag:
        case Type::choice:
        case Type::text:
            return "default " + fallback;
        default:
            return range + ", default " + fallback + unit;
    }
}

/// "sde=vp|subvp and method=sde"
std::string conditions(std::string text) {
    for (std::size_t at = 0; (at = text.find(';', at)) != text.npos;) text.replace(at, 1, " and ");
    return text;
}

using Rows = std::vector<std::vector<std::string>>;

void printRows(const char* title, const Rows& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i == widths.size()) widths.push_back(0);
            widths[i] = std::max(widths[i], characters(row[i]));
        }
    std::cout << "\n" << title << "\n";
    for (const auto& row : rows) {
        std::string line = " ";
        for (std::size_t i = 0; i < row.size(); ++i) line += " " + (i + 1 < row.size() ? padded(row[i], widths[i] + 1) : row[i]);
        std::cout << line << "\n";
    }
}

void printParameters(const Declaration& lab) {
    std::size_t width = 0;
    for (const Parameter& parameter : lab.parameters) width = std::max(width, characters(parameter.key));
    const std::string indent(width + 4, ' ');
    std::string group;
    for (const Parameter& parameter : lab.parameters) {
        if (parameter.group != group) std::cout << "\n" << (group = parameter.group) << " (parameters)\n";
        std::cout << "  " << padded(parameter.key, width) << "  " << parameter.meaning << "\n"
                  << indent << name(parameter.type) << ", " << values(lab, parameter);
        if (parameter.applies == lab::Applies::reset) std::cout << "; a change runs everything again";
        if (parameter.applies == lab::Applies::view) std::cout << "; changes only the picture";
        if (!parameter.shownWhen.empty()) std::cout << "; acts when " << conditions(parameter.shownWhen);
        std::cout << "\n";
        std::size_t widest = 0;
        for (const auto& choice : parameter.choices) widest = std::max(widest, characters(choice.key));
        for (const auto& choice : parameter.choices)
            std::cout << indent << "  " << padded(choice.key, widest) << "  " << choice.meaning << "\n";
        if (!parameter.formula.empty()) std::cout << indent << parameter.formula << "\n";
    }
}

void print(const Declaration& lab) {
    std::cout << lab.title << " (" << lab.name << ")\n" << lab.summary << "\n";
    std::cout << "Clock: " << lab.clock.name << ", from " << lab.clock.low << " to " << lab.clock.high
              << ". Default scenario: " << lab.defaultScenario << ".\n";
    printParameters(lab);
    Rows rows;
    for (const auto& each : lab.actions)
        rows.push_back({each.key, each.shownWhen.empty() ? "" : conditions(each.shownWhen), each.meaning});
    printRows("Actions (when, meaning)", rows);
    rows.clear();
    for (const auto& each : lab.series) rows.push_back({each.key, each.unit.empty() ? "-" : each.unit, each.meaning});
    printRows("Series (unit, meaning)", rows);
    rows.clear();
    for (const auto& each : lab.arrays)
        rows.push_back({each.key, each.shape, each.dtype, each.unit.empty() ? "-" : each.unit, each.meaning});
    printRows("Arrays (shape, type, unit, meaning)", rows);
    rows.clear();
    for (const auto& each : lab.inputs)
        rows.push_back({each.extensions.front() == "/" ? "folder" : lab::join(each.extensions), each.meaning});
    printRows("Files it takes", rows);
    rows.clear();
    Rows sent;
    for (const auto& each : lab.outputs)
        lab::sends(each) ? sent.push_back({each.key, each.meaning})
                         : rows.push_back({each.key, "." + each.extension, each.meaning});
    if (!rows.empty()) printRows("Files it writes", rows);
    if (!sent.empty()) printRows("What it sends to Embedding (run --send)", sent);
}

} // namespace

void addDescribe(CLI::App& app) {
    CLI::App* command =
        app.add_subcommand("describe", "All that a lab takes and gives: parameters, actions, series, arrays, files");
    struct Options {
        std::string lab;
        bool json = false;
    };
    auto options = std::make_shared<Options>();
    command->add_option("lab", options->lab, "Its name, from `labs`")->required();
    command->add_flag("--json", options->json, "As JSON");
    command->callback([options] {
        const Declaration& declaration = *lab::find(options->lab).declaration;
        if (options->json)
            std::cout << declarationJson(declaration).dump(2) << "\n";
        else
            print(declaration);
    });
}

} // namespace orrery::cli
