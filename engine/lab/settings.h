// SPDX-License-Identifier: GPL-3.0-or-later
// The values of a lab's parameters: always complete, always in range.
#pragma once

#include "engine/lab/declaration.h"

#include <nlohmann/json_fwd.hpp>

#include <map>
#include <string>
#include <vector>

namespace orrery::lab {

class Settings {
 public:
    explicit Settings(const Declaration& declaration); ///< the defaults; the declaration must outlive it

    const Declaration& declaration() const { return *m_declaration; }

    /// Throws Error naming key, value, range and the nearest known key.
    void set(const std::string& key, const Value& value);
    void setText(const std::string& key, const std::string& text); ///< as typed after --set key=
    void setJson(const std::string& key, const nlohmann::json& value);

    const Value& value(const std::string& key) const;
    double number(const std::string& key) const; ///< of a number or an integer
    std::int64_t integer(const std::string& key) const;
    bool flag(const std::string& key) const;
    const std::string& text(const std::string& key) const; ///< of a choice, a file or a text
    const Points& points(const std::string& key) const;

    bool hold(const std::string& shownWhen) const; ///< every condition of a shownWhen
    bool acts(const Parameter& parameter) const { return hold(parameter.shownWhen); }
    bool acts(const Action& action) const { return hold(action.shownWhen); }
    bool isDefault(const std::string& key) const;
    std::vector<std::string> differences(const Settings& other) const; ///< keys, in order of declaration

    std::string text(const Parameter& parameter) const; ///< the value as a person writes it
    nlohmann::json toJson(bool onlyChanged) const;

    bool operator==(const Settings& other) const { return m_values == other.m_values; }

 private:
    const Declaration* m_declaration;
    std::map<std::string, Value> m_values;
};

nlohmann::json toJson(const Value& value);

} // namespace orrery::lab
