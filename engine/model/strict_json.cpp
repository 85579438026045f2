// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/strict_json.h"

#include <nlohmann/json.hpp>

#include <unordered_set>

namespace orrery::model {

namespace {

constexpr std::size_t deepest = 16;
constexpr std::size_t mostValues = 2'000'000;

/// Builds the tree from nlohmann's events; a handler that returns false ends the parsing.
class Builder {
 public:
    StrictJson root;
    std::string trouble;

    bool null() { return add({}) != nullptr; }
    bool boolean(bool value) { return add({.kind = StrictJson::Kind::boolean, .whole = value}) != nullptr; }
    bool number_integer(std::int64_t value) { return add({.kind = StrictJson::Kind::real, .real = double(value)}) != nullptr; }
    bool number_unsigned(std::uint64_t value) {
        return add({.kind = StrictJson::Kind::whole, .whole = value, .real = double(value)}) != nullptr;
    }
    bool number_float(double value, const std::string&) {
        return add({.kind = StrictJson::Kind::real, .real = value}) != nullptr;
    }
    bool string(std::string& value) { return add({.kind = StrictJson::Kind::text, .text = std::move(value)}) != nullptr; }
    bool binary(std::vector<std::uint8_t>&) { return false; }
    bool start_object(std::size_t) { return open(StrictJson::Kind::object); }
    bool start_array(std::size_t) { return open(StrictJson::Kind::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool key(std::string& name) {
        if (!m_open.back().keys.insert(name).second) return stop("the key '" + shown(name) + "' is there twice");
        m_open.back().value->members.emplace_back(std::move(name), StrictJson{});
        return true;
    }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return stop("this is not JSON"); }

 private:
    struct Open {
        StrictJson* value; // stays in place: its parent grows only when it is closed
        std::unordered_set<std::string> keys;
    };

    bool stop(std::string why) {
        if (trouble.empty()) trouble = std::move(why);
        return false;
    }
    StrictJson* add(StrictJson value) {
        if (++m_values > mostValues) return stop("more than two million values"), nullptr;
        StrictJson* place = &root;
        if (!m_open.empty()) {
            StrictJson& parent = *m_open.back().value;
            place = parent.kind == StrictJson::Kind::object ? &parent.members.back().second : &parent.items.emplace_back();
        }
        *place = std::move(value);
        return place;
    }
    bool open(StrictJson::Kind kind) {
        if (m_open.size() == deepest) return stop("more than 16 levels of brackets");
        StrictJson* const place = add({.kind = kind});
        if (place) m_open.push_back({place, {}});
        return place != nullptr;
    }
    bool close() { return m_open.pop_back(), true; }

    std::vector<Open> m_open;
    std::size_t m_values = 0;
};

/// Passes characters on and counts them, so that an error knows its byte however the parsing ended.
struct Counting {
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    const char* at;
    std::size_t* count;
    reference operator*() const { return *at; }
    Counting& operator++() { return ++at, ++*count, *this; }
    Counting operator++(int) {
        Counting old = *this;
        ++*this;
        return old;
    }
    bool operator==(const Counting& other) const { return at == other.at; }
    bool operator!=(const Counting& other) const { return at != other.at; }
};

} // namespace

const StrictJson* StrictJson::find(std::string_view key) const {
    for (const auto& [name, value] : members)
        if (name == key) return &value;
    return nullptr;
}

StrictJson parseStrictJson(const Source& source, std::string_view text, std::uint64_t base) {
    Builder builder;
    std::size_t count = 0;
    const bool good =
        nlohmann::json::sax_parse(Counting{text.data(), &count}, Counting{text.data() + text.size(), &count}, &builder);
    if (!good) source.fail(base + count, builder.trouble.empty() ? "this is not JSON" : builder.trouble);
    return std::move(builder.root);
}

} // namespace orrery::model
