// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in its own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/segmentation/everything.h"
#include "engine/labs/segmentation/inside_request.h"

#include <map>

namespace orrery::segmentation {

struct Request {
    std::string picture{}; ///< a path; empty: the still life
    std::string model{};   ///< a path or "builtin:NAME"; empty: none is there
    bool half = false, refine = false;
    int object = 1;
    std::map<int, Prompt> objects{}; ///< by number; clicks in order
    std::vector<std::string> names{};
    std::string answer = "best";
    InsideRequest inside{};
    EverythingOptions everything{};

    std::string nameOf(int object) const;
};
/// Throws Error for a row of clicks or boxes that belongs to no object.
Request requestOf(const lab::Settings& settings);

/// The still life that stands there before a photograph is opened.
Picture shapes();

} // namespace orrery::segmentation
