// SPDX-License-Identifier: GPL-3.0-or-later
// Several pictures, one after the other: those of a folder, or a list of files.
#pragma once

#include <string>
#include <vector>

namespace orrery::segmentation {

bool isPictureFile(const std::string& path); ///< by its ending: png, jpg, jpeg, bmp in either case

/// Of "a folder" or "file<newline>file…": a folder's pictures by name, numbers within names by their size ("9.png" before
/// "10.png"); files in the order given. Throws Error naming what cannot be read, or the folder that holds none.
std::vector<std::string> picturesIn(const std::string& folderOrList);

} // namespace orrery::segmentation
