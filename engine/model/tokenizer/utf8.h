// SPDX-License-Identifier: GPL-3.0-or-later
// UTF-8 (RFC 3629) as it comes: pieces of it may be broken, and tokens may end inside a character.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery::model {

/// Bytes of the character that `text` begins with; 0 where none begins.
std::size_t utf8Length(std::string_view text);
/// Bytes at the end of `text` that are the beginning of a character whose rest is missing; 0 to 3.
std::size_t utf8Unfinished(std::string_view text);
/// Of a character as utf8Length gives it.
char32_t utf8Decode(std::string_view character);
void utf8Append(std::string& text, char32_t character);

/// Calls valid(run) and broken(run) for the runs of `text` that are UTF-8 and those that are not, in order.
template <class Valid, class Broken>
void utf8Runs(std::string_view text, Valid valid, Broken broken) {
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        const bool good = utf8Length(text.substr(at)) > 0;
        while (end < text.size()) {
            const std::size_t length = utf8Length(text.substr(end));
            if ((length > 0) != good) break;
            end += good ? length : 1;
        }
        if (good)
            valid(text.substr(at, end - at));
        else
            broken(text.substr(at, end - at));
        at = end;
    }
}

/// For a person to look at: spaces as "·", control characters and broken bytes as "\n", "\t", "\x00".
std::string visible(std::string_view bytes);

} // namespace orrery::model
