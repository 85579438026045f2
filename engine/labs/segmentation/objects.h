// SPDX-License-Identifier: GPL-3.0-or-later
// What has been cut out of a picture, and the files that others read: COCO, LabelMe, masks and cut-outs as PNG, NumPy.
#pragma once

#include "engine/labs/segmentation/rle.h"

#include <nlohmann/json_fwd.hpp>

namespace orrery::segmentation {

struct Object {
    std::string label{}; ///< the person's name for it: COCO's category
    Rle mask{};
    double predictedIou = 0, stability = 0;
    bool operator==(const Object&) const = default;
};

/// A picture with its objects; of files the name only, as COCO and LabelMe keep it.
struct Annotated {
    std::string file{};
    std::int64_t width = 0, height = 0;
    std::vector<Object> objects{};
    bool operator==(const Annotated&) const = default;
};

/// COCO's "object detection" form (cocodataset.org, "Data format"): images, categories and annotations with compressed RLE, area
/// and bounding box; "predicted_iou" and "stability_score" as SAM's own files name them.
enum class CocoMasks {
    runs,    ///< compressed RLE: exact, what COCO uses for crowds
    outlines ///< a polygon along the pixels' edges for each part, holes joined by a seam: what every tool reads
};
nlohmann::ordered_json cocoOf(const std::vector<Annotated>& pictures, CocoMasks masks = CocoMasks::runs);
/// Takes RLE in either form and polygons. Throws Error naming `path`, the annotation and what is wrong with it.
std::vector<Annotated> fromCoco(const nlohmann::json& file, const std::string& path);

/// LabelMe 5: a polygon for each part, holes joined by a seam; the parts of one object share a group.
nlohmann::ordered_json labelMeOf(const Annotated& picture, double tolerance = 0);

/// 8-bit grey of 0 and 255; RGBA with the mask as alpha; all objects as numbers from 1 on, later ones over earlier. Throw Error
/// naming the file when it cannot be written.
void saveMask(const std::string& path, const Mask& mask);
void saveCutout(const std::string& path, const Picture& picture, const Mask& mask);
void saveLabels(const std::string& path, const Annotated& picture);

void saveJson(const std::string& path, const nlohmann::ordered_json& json); ///< throws Error naming the file
std::vector<Annotated> loadCoco(const std::string& path);                   ///< throws Error naming the file

} // namespace orrery::segmentation
