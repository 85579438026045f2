// SPDX-License-Identifier: GPL-3.0-or-later
// What an engine tells of itself while it runs, in the person's language: "step 12/1000 · loss 1.46" changes all the time, its words
// do not.
#pragma once

#include "ui/panels/look.h"

#include <string>
#include <vector>

namespace orrery::ui {

/// A text with its figures apart: "5 of 8 rows" is "%1 of %2 rows" with "5" and "8".
struct Figured {
    std::string pattern;
    std::vector<std::string> figures;
};
Figured figured(const std::string& text);
/// The other way; another language may have them in another order. A place without a figure stays as it is.
std::string filled(const std::string& words, const std::vector<std::string>& figures);

/// Each part between " · " is looked up with its figures as %1, %2, …: "step %1/%2". What has no translation stays as it is.
std::string spoken(const Look& look, const std::string& status);

} // namespace orrery::ui
