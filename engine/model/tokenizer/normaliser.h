// SPDX-License-Identifier: GPL-3.0-or-later
// What a tokenizer does to text before it splits it: Unicode normal forms (by ICU), a prefix, replacements. Bytes that
// are no UTF-8 are left as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::model {

struct NormaliserStep {
    enum class Kind { nfc, nfd, nfkc, nfkd, prepend, replace };
    Kind kind = Kind::nfc;
    std::string from{}; ///< of replace; not empty
    std::string to{};   ///< of replace and prepend
};

/// An empty text gets no prefix.
std::string normalise(std::string text, const std::vector<NormaliserStep>& steps);
/// `from`, not empty, becomes `to`, from left to right.
std::string replaced(std::string_view text, std::string_view from, std::string_view to);

} // namespace orrery::model
