// SPDX-License-Identifier: GPL-3.0-or-later
// Reading the objects of tokenizer.json: a field that is not known is refused by its name, since it might change the ids.
#pragma once

#include "engine/model/strict_json.h"

#include <initializer_list>
#include <string>

namespace orrery::model {

/// An object somewhere in a file; `where` is its path in it: "model", "pre_tokenizer.pretokenizers[1]".
class JsonFields {
 public:
    JsonFields(const std::string& file, std::string where, const StrictJson& object); ///< throws Error if it is none

    [[noreturn]] void fail(const std::string& what) const;                              ///< "FILE: WHERE: WHAT"
    [[noreturn]] void refuse(const std::string& field, const std::string& value) const; ///< not supported, by name
    void only(std::initializer_list<std::string_view> known) const; ///< throws Error for a field that is not listed

    const StrictJson* find(std::string_view field) const; ///< null where it is missing or null
    const StrictJson& need(std::string_view field, StrictJson::Kind kind, const char* kindName) const;
    std::string text(std::string_view field) const;
    std::string text(std::string_view field, const std::string& otherwise) const;
    bool flag(std::string_view field, bool otherwise) const;
    std::int32_t id(std::string_view field) const;
    JsonFields object(std::string_view field) const;
    std::vector<JsonFields> objects(std::string_view field) const; ///< of an array

    const std::string& where() const { return m_where; }
    const StrictJson& json() const { return *m_object; }

 private:
    std::string inner(std::string_view field) const {
        return m_where.empty() ? std::string(field) : m_where + "." + std::string(field);
    }

    const std::string* m_file;
    std::string m_where;
    const StrictJson* m_object;
};

/// A token's number, or -1: more than a million are not believed.
std::int32_t tokenId(const StrictJson& value);

} // namespace orrery::model
