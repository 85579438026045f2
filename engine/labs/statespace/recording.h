// SPDX-License-Identifier: GPL-3.0-or-later
// Recordings from files: WAV (RIFF and RF64; PCM of 8 to 32 bits, float of 32 and 64, A-law and mu-law) and tables in text.
// A damaged or lying file is an Error of one sentence that names it; nothing is read past its end, nothing of it is guessed.
#pragma once

#include "engine/labs/statespace/signals.h"

#include <functional>

namespace orrery::statespace {

struct Recording {
    double rate = 0;                ///< samples per second; 0: a table without times
    std::vector<std::string> names; ///< of the channels
    std::vector<Vector> channels;
    std::vector<std::string> remarks; ///< sentences about what was odd and still readable
};
/// Told now and then which share is done; false ends the reading with an Error.
using ReadProgress = std::function<bool(double fraction)>;
/// By content, not by name.
Recording readRecording(const std::string& path, const ReadProgress& progress = {});
Recording readWav(std::span<const std::byte> bytes, const std::string& name, const ReadProgress& progress = {});
/// Columns of numbers, separated by comma, semicolon, tab or blanks; a first line of names and # comments allowed. A first
/// column called t, time or seconds that rises evenly gives the rate. Gaps, words and ragged rows are Errors that name row and
/// column; a table of one row is one sample.
Recording readTable(std::string_view text, const std::string& name, const ReadProgress& progress = {});
/// Throws the Error of a reading that was ended.
void goOn(const ReadProgress& progress, double fraction, const std::string& name);

/// One channel, or the mean of all (-1). Throws Error naming the channels when there is none of that number.
Signal signalOf(const Recording& recording, std::int64_t channel, const std::string& name);

} // namespace orrery::statespace
