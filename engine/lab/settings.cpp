// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/settings.h"

#include "engine/error.h"
#include "engine/lab/condition.h"
#include "engine/lab/names.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

namespace orrery::lab {

using nlohmann::json;

namespace {

/// A text is a line that a person types, unless its row of the declaration says how many bytes it may have.
std::size_t longestText(const Parameter& parameter) { return parameter.maxRows == Parameter().maxRows ? 256 : parameter.maxRows; }

std::string named(const Declaration& lab, const Parameter& parameter) {
    return "parameter '" + parameter.key + "' of " + lab.name;
}

std::string range(const Parameter& parameter) {
    return shortest(parameter.low) + " to " + shortest(parameter.high) + (parameter.unit.empty() ? "" : " " + parameter.unit);
}

const Parameter& require(const Declaration& lab, const std::string& key) {
    if (const Parameter* parameter = lab.find(key)) return *parameter;
    std::vector<std::string> keys;
    for (const Parameter& parameter : lab.parameters) keys.push_back(parameter.key);
    const std::string near = nearest(key, keys);
    throw Error("there is no parameter '" + key + "' in " + lab.name +
                (near.empty() ? "; `orrery describe " + lab.name + "` lists them" : "; did you mean '" + near + "'?"));
}

void requireInRange(const Declaration& lab, const Parameter& parameter, double value, const std::string& place = {}) {
    if (value >= parameter.low && value <= parameter.high) return; // never true of NaN
    throw Error(named(lab, parameter) + " cannot be " + shortest(value) + place + "; it must be " +
                (parameter.type == Type::integer ? "a whole number " : "") + "in the range " + range(parameter));
}

/// A value within an error: one line of ASCII, not too long.
std::string shown(const json& value) {
    const std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

[[noreturn]] void wrongType(const Declaration& lab, const Parameter& parameter, const std::string& given) {
    static constexpr const char* wanted[] = {"a number",        "a whole number",     "the key of a choice",
                                             "true or false",   "the path of a file", "rows of numbers like [[0, 1], [2, 3]]",
                                             "one line of text"};
    const bool ranged = parameter.type == Type::number || parameter.type == Type::integer;
    throw Error(named(lab, parameter) + " cannot be " + given + "; it must be " + wanted[int(parameter.type)] +
                (ranged ? " in the range " + range(parameter) : ""));
}

void checkPoints(const Declaration& lab, const Parameter& parameter, const Points& points) {
    const std::size_t columns = parameter.columns.size();
    if (points.columns != int(columns) || points.values.size() % columns != 0)
        throw Error(named(lab, parameter) + " needs rows of " + std::to_string(columns) + " numbers (" + join(parameter.columns) +
                    "), not " + std::to_string(points.values.size()) + " numbers in rows of " + std::to_string(points.columns));
    if (points.rows() > parameter.maxRows)
        throw Error(named(lab, parameter) + " has " + std::to_string(points.rows()) + " rows; at most " +
                    std::to_string(parameter.maxRows) + " are possible");
    for (std::size_t i = 0; i < points.values.size(); ++i)
        requireInRange(lab, parameter, points.values[i],
                       " (row " + std::to_string(i / columns + 1) + ", column " + parameter.columns[i % columns] + ")");
}

std::int64_t wholeNumber(const Declaration& lab, const Parameter& parameter, const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        requireInRange(lab, parameter, double(*whole));
        return *whole;
    }
    const auto* real = std::get_if<double>(&value);
    if (!real) wrongType(lab, parameter, shown(toJson(value)));
    requireInRange(lab, parameter, *real);
    if (*real != std::floor(*real)) wrongType(lab, parameter, shortest(*real));
    return std::int64_t(*real);
}

/// The value as the parameter's own type, or an error.
Value fitted(const Declaration& lab, const Parameter& parameter, const Value& value) {
    switch (parameter.type) {
        case Type::integer:
            return wholeNumber(lab, parameter, value);
        case Type::number: {
            const auto* whole = std::get_if<std::int64_t>(&value);
            const auto* real = std::get_if<double>(&value);
            if (!whole && !real) wrongType(lab, parameter, shown(toJson(value)));
            const double number = whole ? double(*whole) : *real;
            requireInRange(lab, parameter, number);
            return number;
        }
        case Type::flag:
            if (!std::holds_alternative<bool>(value)) wrongType(lab, parameter, shown(toJson(value)));
            return value;
        case Type::choice: {
            const auto* key = std::get_if<std::string>(&value);
            if (!key) wrongType(lab, parameter, shown(toJson(value)));
            std::vector<std::string> keys;
            for (const Choice& choice : parameter.choices) keys.push_back(choice.key);
            if (std::find(keys.begin(), keys.end(), *key) == keys.end())
                throw Error(named(lab, parameter) + " cannot be '" + *key + "'; choose one of " + join(keys));
            return value;
        }
        case Type::file:
            if (!std::holds_alternative<std::string>(value)) wrongType(lab, parameter, shown(toJson(value)));
            return value;
        case Type::text: {
            const auto* line = std::get_if<std::string>(&value);
            const bool oneLine =
                line && line->size() <= longestText(parameter) &&
                std::none_of(line->begin(), line->end(), [](char c) { return static_cast<unsigned char>(c) < 32; });
            if (!oneLine) wrongType(lab, parameter, shown(toJson(value)));
            return value;
        }
        case Type::points:
            if (!std::holds_alternative<Points>(value)) wrongType(lab, parameter, shown(toJson(value)));
            checkPoints(lab, parameter, std::get<Points>(value));
            return value;
    }
    return value;
}

/// Rows of numbers, or one flat list of them.
Points pointsFromJson(const Declaration& lab, const Parameter& parameter, const json& value) {
    if (!value.is_array()) wrongType(lab, parameter, shown(value));
    Points points{int(parameter.columns.size()), {}};
    const auto take = [&](const json& number) {
        if (!number.is_number()) wrongType(lab, parameter, "made of " + shown(number));
        points.values.push_back(number.get<double>());
    };
    for (std::size_t row = 0; row < value.size(); ++row) {
        if (!value[row].is_array()) {
            take(value[row]);
            continue;
        }
        if (value[row].size() != parameter.columns.size())
            throw Error(named(lab, parameter) + ": row " + std::to_string(row + 1) + " has " + std::to_string(value[row].size()) +
                        " numbers instead of " + std::to_string(parameter.columns.size()) + " (" + join(parameter.columns) + ")");
        for (const json& number : value[row]) take(number);
    }
    return points;
}

/// The whole text as a number: locale-independent, a leading plus is allowed.
template <class Number>
bool parse(std::string text, Number& number) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.erase(0, 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size();
}

Value numberFromText(const Declaration& lab, const Parameter& parameter, const std::string& text) {
    std::int64_t whole = 0;
    double real = 0;
    if (parse(text, whole)) return whole;
    if (!parse(text, real)) wrongType(lab, parameter, "'" + text + "'");
    return real;
}

} // namespace

Settings::Settings(const Declaration& declaration) : m_declaration(&declaration) {
    for (const Parameter& parameter : declaration.parameters) m_values[parameter.key] = parameter.fallback;
}

void Settings::set(const std::string& key, const Value& value) {
    m_values[key] = fitted(*m_declaration, require(*m_declaration, key), value);
}

void Settings::setText(const std::string& key, const std::string& text) {
    const Parameter& parameter = require(*m_declaration, key);
    switch (parameter.type) {
        case Type::number:
        case Type::integer:
            return set(key, numberFromText(*m_declaration, parameter, text));
        case Type::flag: {
            const bool on = text == "true" || text == "on" || text == "yes" || text == "1";
            if (!on && text != "false" && text != "off" && text != "no" && text != "0")
                wrongType(*m_declaration, parameter, "'" + text + "'");
            return set(key, on);
        }
        case Type::choice:
        case Type::file:
        case Type::text:
            return set(key, text);
        case Type::points: {
            json value;
            try {
                value = parseJson(text);
            } catch (const std::exception&) {
                wrongType(*m_declaration, parameter, "'" + text.substr(0, 60) + "'");
            }
            return set(key, pointsFromJson(*m_declaration, parameter, value));
        }
    }
}

void Settings::setJson(const std::string& key, const json& value) {
    const Parameter& parameter = require(*m_declaration, key);
    if (parameter.type == Type::points) return set(key, pointsFromJson(*m_declaration, parameter, value));
    if (parameter.type == Type::text && value.is_number()) return set(key, shortest(value.get<double>()));
    if (value.is_boolean()) return set(key, value.get<bool>());
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > std::uint64_t(INT64_MAX)) return set(key, value.get<double>());
    if (value.is_number_integer()) return set(key, value.get<std::int64_t>());
    if (value.is_number()) return set(key, value.get<double>());
    if (value.is_string()) return set(key, value.get<std::string>());
    wrongType(*m_declaration, parameter, shown(value));
}

const Value& Settings::value(const std::string& key) const {
    require(*m_declaration, key);
    return m_values.at(key);
}

double Settings::number(const std::string& key) const {
    const Value& held = value(key);
    const auto* whole = std::get_if<std::int64_t>(&held);
    return whole ? double(*whole) : std::get<double>(held);
}

std::int64_t Settings::integer(const std::string& key) const { return std::get<std::int64_t>(value(key)); }
bool Settings::flag(const std::string& key) const { return std::get<bool>(value(key)); }
const std::string& Settings::text(const std::string& key) const { return std::get<std::string>(value(key)); }
const Points& Settings::points(const std::string& key) const { return std::get<Points>(value(key)); }

bool Settings::hold(const std::string& shownWhen) const {
    return std::ranges::all_of(conditions(shownWhen), [this](const Condition& condition) {
        const Parameter& other = require(*m_declaration, condition.key);
        return (acts(other) && std::ranges::count(condition.choices, text(other)) > 0) != condition.negated;
    });
}

bool Settings::isDefault(const std::string& key) const { return value(key) == require(*m_declaration, key).fallback; }

std::vector<std::string> Settings::differences(const Settings& other) const {
    std::vector<std::string> keys;
    for (const Parameter& parameter : m_declaration->parameters)
        if (m_values.at(parameter.key) != other.m_values.at(parameter.key)) keys.push_back(parameter.key);
    return keys;
}

std::string Settings::text(const Parameter& parameter) const {
    const Value& held = value(parameter.key);
    if (const auto* on = std::get_if<bool>(&held)) return *on ? "true" : "false";
    if (const auto* whole = std::get_if<std::int64_t>(&held)) return std::to_string(*whole);
    if (const auto* real = std::get_if<double>(&held)) return shortest(*real);
    if (const auto* words = std::get_if<std::string>(&held)) return *words;
    return lab::toJson(held).dump();
}

json Settings::toJson(bool onlyChanged) const {
    json all = json::object();
    for (const Parameter& parameter : m_declaration->parameters)
        if (!onlyChanged || !isDefault(parameter.key)) all[parameter.key] = lab::toJson(m_values.at(parameter.key));
    return all;
}

json toJson(const Value& value) {
    const auto* points = std::get_if<Points>(&value);
    if (!points)
        return std::visit(
            [](const auto& held) -> json {
                if constexpr (std::is_same_v<std::decay_t<decltype(held)>, Points>)
                    return nullptr;
                else
                    return held;
            },
            value);
    json rows = json::array();
    const auto columns = std::ptrdiff_t(points->columns);
    for (std::size_t row = 0; row < points->rows(); ++row) {
        const auto first = points->values.begin() + std::ptrdiff_t(row) * columns;
        rows.push_back(std::vector<double>(first, first + columns));
    }
    return rows;
}

} // namespace orrery::lab
