// SPDX-License-Identifier: GPL-3.0-or-later
// What `orrery segment` is asked: pictures, and for each the objects that its options or a JSON file point at.
#pragma once

#include "engine/labs/segmentation/prompt.h"

#include <map>
#include <string>
#include <vector>

namespace orrery::cli {

struct ObjectPrompt {
    std::string label{};
    segmentation::Prompt prompt{};
};

/// Pictures as given; a folder stands for the PNG, JPEG and BMP files in it (album.h). Throws Error when there is none.
std::vector<std::string> picturesOf(const std::vector<std::string>& given);

/// "x,y" or "x,y,0" (not this); "x0,y0,x1,y1". Throw Error naming the text.
segmentation::Click clickOf(const std::string& text);
segmentation::Box boxOf(const std::string& text);

/// A list of {"image": "cat.jpg", "label": "cat", "points": [[x, y, 1], [x, y, 0]], "box": [x0, y0, x1, y1]}: an object each;
/// "image", a file's name, may be left out where there is one picture. By name; throws Error naming file and entry.
std::map<std::string, std::vector<ObjectPrompt>> promptsFrom(const std::string& path, const std::vector<std::string>& pictures);

} // namespace orrery::cli
