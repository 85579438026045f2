// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/rows.h"

#include <algorithm>

namespace orrery::lab {

namespace {

Parameter named(Parameter more, std::string key, std::string label, std::string group, Type type, Value fallback,
                std::string meaning) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = type, more.fallback = std::move(fallback), more.meaning = std::move(meaning);
    return more;
}

} // namespace

Parameter choice(std::string key, std::string label, std::string group, std::string fallback, std::vector<Choice> choices,
                 std::string meaning, Parameter more) {
    more.choices = std::move(choices);
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::choice, std::move(fallback),
                 std::move(meaning));
}

Parameter number(std::string key, std::string label, std::string group, double fallback, double low, double high, double step,
                 std::string unit, std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.step = step, more.unit = std::move(unit);
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::number, fallback, std::move(meaning));
}

Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                  std::string meaning, Parameter more) {
    more.low = low, more.high = high;
    if (more.step == Parameter{}.step) more.step = 1;
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::integer, fallback,
                 std::move(meaning));
}

Parameter flag(std::string key, std::string label, std::string group, bool fallback, std::string meaning, Parameter more) {
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::flag, fallback, std::move(meaning));
}

Parameter file(std::string key, std::string label, std::string group, std::string meaning, Parameter more) {
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::file, std::string(),
                 std::move(meaning));
}

Parameter points(std::string key, std::string label, std::string group, Points fallback, std::vector<std::string> columns,
                 double low, double high, std::size_t most, std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.columns = std::move(columns), more.maxRows = most;
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::points, std::move(fallback),
                 std::move(meaning));
}

Parameter line(std::string key, std::string label, std::string group, std::string fallback, std::string meaning, Parameter more) {
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::text, std::move(fallback),
                 std::move(meaning));
}

} // namespace orrery::lab
