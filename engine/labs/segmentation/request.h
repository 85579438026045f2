// SPDX-License-Identifier: GPL-3.0-or-later
// The lab's settings in its own words.
#pragma once

#include "engine/lab/settings.h"
#include "engine/labs/segmentation/everything.h"
#include "engine/labs/segmentation/inside_request.h"
#include "engine/labs/segmentation/kernels.h"
#include "engine/labs/segmentation/touchup.h"

#include <map>

namespace orrery::segmentation {

struct Request {
    std::string picture{};   ///< a path; empty: the still life
    std::string folder{};    ///< or a list of files (album.h); the lab takes `picture` from it
    std::int64_t number = 1; ///< of the picture in it; beyond the last: the last
    std::string coco{};      ///< a file of objects; empty: none
    std::string model{};     ///< a path or "builtin:NAME"; empty: none is there
    bool half = false, refine = false, global = true, zoom = false;
    int object = 1;
    std::map<int, Prompt> objects{}; ///< by number; clicks in order
    std::vector<std::string> names{};
    std::string answer = "best"; ///< of objects that have no answer of their own
    struct Own {
        int answer = -1; ///< number of the mask; -1: as `answer` says
        bool hidden = false;
        bool dropped = false; ///< of the objects of a file: left out
    };
    std::map<int, Own> own{};
    std::map<int, std::vector<Dab>> dabs{};     ///< by object, in order
    std::map<int, std::vector<Dab>> sketches{}; ///< told to the model
    InsideRequest inside{};
    EverythingOptions everything{};
    bool ownThresholds = false; ///< else those of the model
    KernelRequest kernels{};

    std::string nameOf(int object) const;                       ///< as the person has named it, or empty
    std::size_t chosen(int object, const Answer& answer) const; ///< which of its masks is taken
    bool hidden(int object) const;
    bool dropped(int object) const;
};
/// Throws Error for a row of clicks or boxes that belongs to no object.
Request requestOf(const lab::Settings& settings);

/// The still life that stands there before a photograph is opened.
Picture shapes();

} // namespace orrery::segmentation
