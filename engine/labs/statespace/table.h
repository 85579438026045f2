// SPDX-License-Identifier: GPL-3.0-or-later
// HiPPO's function-approximation experiment (Gu et al. 2020, table 4): band-limited white noise of a million steps remembered
// by 256 numbers, then written out again. Published figures, ours, and the optimum, which no method can beat: the published
// 0.02 is the optimum of such a signal, not the method's error.
#pragma once

#include "engine/labs/statespace/signals.h"

#include <functional>
#include <optional>

namespace orrery::statespace {

struct TableOptions {
    std::int64_t samples = 1'000'000, states = 256;
    double dt = 1e-4, band = 1, rms = 0.5; ///< seconds, Hz; the settings that fit the published figures
    std::uint64_t seed = 1;
};
struct TableRow {
    std::string method;
    std::optional<double> publishedError, publishedRate; ///< mean squared error; elements per second (recalled, see source)
    std::optional<double> error, optimum, rate;          ///< ours: one host thread
    std::string source;
};
struct HippoTable {
    TableOptions options;
    double power = 0; ///< mean of u^2: what predicting zero has for an error
    std::vector<TableRow> rows;
};
/// Takes some seconds; `progress` is told the rows so far and the fraction done, and stops the work by returning false.
HippoTable hippoTable(const TableOptions& options, const std::function<bool(const HippoTable& soFar, double)>& progress = {});
/// method, published_mse, mse, optimum_mse, published_elements_per_s, elements_per_s, source
std::string csv(const HippoTable& table);

} // namespace orrery::statespace
