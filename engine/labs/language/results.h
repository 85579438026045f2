// SPDX-License-Identifier: GPL-3.0-or-later
// What the language lab hands out: series, arrays, and files.
#pragma once

#include "engine/labs/language/lab.h"

#include <nlohmann/json_fwd.hpp>

namespace orrery::language {

std::vector<lab::Sample> sampled(const LanguageLab& lab, const std::string& series);
lab::HostArray arrayOf(const LanguageLab& lab, const std::string& array);
void saveOutput(const LanguageLab& lab, const std::string& output, const std::string& path); ///< "text" or "rounds"

/// A round in full but for distributions, which are told by their bars. `word` prints a token.
nlohmann::ordered_json toJson(const Round& round, const std::function<std::string(std::int32_t)>& word);
nlohmann::ordered_json toJson(const Tally& tally);
nlohmann::ordered_json toJson(const LaneResult& lane);

} // namespace orrery::language
