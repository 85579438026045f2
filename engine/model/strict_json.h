// SPDX-License-Identifier: GPL-3.0-or-later
// JSON of a file nobody vouches for, as the headers of safetensors are: keys in their order, a key that is there twice is
// an error (nlohmann's own tree would keep the last), and depth and number of values are limited before they are stored.
#pragma once

#include "engine/model/bytes.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace orrery::model {

struct StrictJson {
    enum class Kind : std::uint8_t { null, boolean, whole, real, text, array, object };
    Kind kind = Kind::null;
    std::uint64_t whole = 0; ///< of a whole number that is not negative (a negative one is `real`), and of true
    double real = 0;
    std::string text{};
    std::vector<StrictJson> items{};                           ///< of an array
    std::vector<std::pair<std::string, StrictJson>> members{}; ///< of an object

    bool is(Kind wanted) const { return kind == wanted; }
    const StrictJson* find(std::string_view key) const; ///< of an object; null when it has no such member
};

/// Throws Error through the source, with the byte counted from `base`. At most 16 levels and two million values.
StrictJson parseStrictJson(const Source& source, std::string_view text, std::uint64_t base = 0);

} // namespace orrery::model
