// SPDX-License-Identifier: GPL-3.0-or-later
// A table on its way from one lab to another, as the files that the embedding lab takes (engine/labs/embedding/read_table.h):
// NAME.npy holds its rows, NAME.labels.tsv what is known about each, NAME.thumbs.png a picture of each, side by side in a square.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::lab {

/// A text for each row. Read back it is a column of numbers when all of them are numbers, of categories otherwise.
struct BundleColumn {
    std::string name{};
    std::vector<std::string> texts{};
};

struct BundlePictures {
    std::int64_t side = 0;           ///< pixels; 0: there are none
    std::vector<std::uint8_t> rgb{}; ///< [N, side, side, 3]
    bool operator==(const BundlePictures&) const = default;
};

struct Bundle {
    std::string title{}; ///< for people: "street.jpg, neck"
    std::int64_t rows = 0, dims = 0;
    /// Row `first` and those behind it, as many as fit into `out`, which takes whole rows. Of any thread.
    std::function<void(std::int64_t first, std::span<float> out)> values{};
    std::vector<std::string> names{}; ///< N of any bytes, or none
    std::vector<BundleColumn> columns{};
    BundlePictures pictures{};
    std::string colour{}; ///< the column that colours the cloud; empty: left to the other lab
    bool byAngle = false; ///< rows are near by their directions, whatever their lengths
};

/// As it can be looked at: control characters and what is no UTF-8 become "\n", "\t", "\x0B", so that a cell stays one.
std::string cellOf(std::string_view bytes);
/// What is written for names: cells, each another one. A name that was there before is followed by its row: "a (row 7)".
std::vector<std::string> writtenNames(std::span<const std::string> names);

constexpr std::int64_t widestSheet = 4096; ///< pixels of a side: every device has textures of that size (Vulkan 1.0, 36.1)
/// As they are, if their sheet is no wider than that; else shrunk, each pixel the mean of the area under it, until it is. Below
/// four pixels a side, beyond a million rows, a picture says nothing any more: there are none then.
BundlePictures fittedPictures(const BundlePictures& pictures, std::int64_t rows);

/// Told the part that is done; false stops the work with an Error "cancelled".
using BundleProgress = std::function<bool(double part)>;

/// Writes to `path`, which ends with ".npy", and beside it; what an earlier bundle of that name had beyond this one goes. All of it
/// or nothing: whoever finds the .npy finds its other files as well. Throws Error: a number that is not finite, by its row; a
/// folder that cannot be written to.
void writeBundle(const Bundle& bundle, const std::string& path, const BundleProgress& progress = {});

/// Into `folder`, made if it is not there, under a name of its title and content, so that what was sent before is there once.
/// What lies there longest goes when there are more than `mostBundles` or `mostBundleBytes`. Returns the path of the .npy.
std::string keepBundle(const Bundle& bundle, const std::string& folder, const BundleProgress& progress = {});
constexpr std::size_t mostBundles = 32;
constexpr std::uint64_t mostBundleBytes = std::uint64_t(4) << 30;

} // namespace orrery::lab
