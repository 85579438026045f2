// SPDX-License-Identifier: GPL-3.0-or-later
// What `orrery run` leaves in its folder: NAME.npy per declared array, series.csv (and one more per other axis that series
// have) and, last, summary.json.
#pragma once

#include "engine/gpu/device.h"
#include "engine/lab/sending.h"
#include "engine/lab/session.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace orrery::cli {

/// Seconds of the parts of a run, and milliseconds of GPU time by kernel (empty where the device has no timestamps).
struct RunTimings {
    double setUp = 0, run = 0, results = 0;
    std::map<std::string, double> kernels;
};

/// Makes the folder and removes an older summary, so that one stands there only for results that are complete.
/// Throws Error when nothing can be written there.
void prepareFolder(const std::filesystem::path& folder);
/// Throws Error when the file could not be written; leaves no file behind that was not there.
void requireWritable(const std::filesystem::path& file);

/// All declared arrays and series; the names of the files.
std::vector<std::string> writeResults(const std::filesystem::path& folder, gpu::Device& device, lab::Session& session);
void writeSummary(const std::filesystem::path& folder, const gpu::Device& device, const lab::Session& session,
                  const std::string& scenario, const RunTimings& timings, const std::vector<lab::Offer>& sent = {});

const char* toString(lab::Check::Verdict verdict);

} // namespace orrery::cli
