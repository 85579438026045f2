// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/json_fields.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::model {

using Kind = StrictJson::Kind;

JsonFields::JsonFields(const std::string& file, std::string where, const StrictJson& object)
    : m_file(&file), m_where(std::move(where)), m_object(&object) {
    if (!object.is(Kind::object)) fail("an object in {} is expected here");
}

void JsonFields::fail(const std::string& what) const {
    throw Error(*m_file + ": " + (m_where.empty() ? std::string() : m_where + ": ") + what);
}

void JsonFields::refuse(const std::string& field, const std::string& value) const {
    fail("'" + shown(field) + "'" + (value.empty() ? std::string() : " is '" + shown(value) + "', which") +
         " is not supported; byte-level BPE and BPE with byte fallback are");
}

void JsonFields::only(std::initializer_list<std::string_view> known) const {
    for (const auto& [name, value] : m_object->members)
        if (std::find(known.begin(), known.end(), name) == known.end() && !value.is(Kind::null)) refuse(name, "");
}

const StrictJson* JsonFields::find(std::string_view field) const {
    const StrictJson* const found = m_object->find(field);
    return found && !found->is(Kind::null) ? found : nullptr;
}

const StrictJson& JsonFields::need(std::string_view field, Kind kind, const char* kindName) const {
    const StrictJson* const found = find(field);
    if (!found || !found->is(kind)) fail("'" + std::string(field) + "' must be " + kindName);
    return *found;
}

std::string JsonFields::text(std::string_view field) const { return need(field, Kind::text, "a text").text; }
std::string JsonFields::text(std::string_view field, const std::string& otherwise) const {
    return find(field) ? text(field) : otherwise;
}
bool JsonFields::flag(std::string_view field, bool otherwise) const {
    return find(field) ? need(field, Kind::boolean, "true or false").whole != 0 : otherwise;
}

std::int32_t JsonFields::id(std::string_view field) const {
    const std::int32_t id = tokenId(need(field, Kind::whole, "a whole number from 0 on"));
    if (id < 0) fail("'" + std::string(field) + "' is beyond a million");
    return id;
}

JsonFields JsonFields::object(std::string_view field) const {
    return {*m_file, inner(field), need(field, Kind::object, "an object in {}")};
}

std::vector<JsonFields> JsonFields::objects(std::string_view field) const {
    std::vector<JsonFields> all;
    for (const StrictJson& item : need(field, Kind::array, "a list in []").items)
        all.emplace_back(*m_file, inner(field) + "[" + std::to_string(all.size()) + "]", item);
    return all;
}

std::int32_t tokenId(const StrictJson& value) {
    return value.is(Kind::whole) && value.whole < (1u << 20) ? std::int32_t(value.whole) : -1;
}

} // namespace orrery::model
