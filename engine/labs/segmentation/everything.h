// SPDX-License-Identifier: GPL-3.0-or-later
// Segment everything: a grid of clicks, also in crops, the answers filtered and freed of doubles, as SAM's automatic mask
// generator does it (Kirillov et al. 2023, section 5 and appendix B). Masks come as they are found.
#pragma once

#include "engine/labs/segmentation/model.h"
#include "engine/labs/segmentation/rle.h"

#include <functional>

namespace orrery::segmentation {

struct EverythingOptions {
    std::int64_t pointsPerSide = 32;
    std::int64_t batch = 8; ///< clicks that are asked at a time
    double iouThreshold = 0.88, stabilityThreshold = 0.95, stabilityOffset = 1;
    double boxOverlap = 0.7; ///< of two boxes, beyond which the one with the lower predicted IoU goes
    std::int64_t cropLayers = 0;
    double cropOverlap = 512.0 / 1500, cropBoxOverlap = 0.7;
    std::int64_t cropPointsDownscale = 1; ///< layer i has pointsPerSide / this^i
    std::int64_t smallestRegion = 0;      ///< pixels; holes and islands below are closed or dropped
    std::int64_t most = 4096;             ///< masks kept, so that memory stays bounded
};

/// What a mask must promise to be kept.
struct Thresholds {
    double iou = 0.88, stability = 0.95;
};
/// SAM's are 0.88 and 0.95 (its authors'). TinyPrompt promises less, and its logits are flatter: 0.40 and 0.20 left 11 masks a
/// picture on 40 generated ones, none without a mask, and the known object among them on 48 % (models/README.md).
Thresholds thresholdsOf(const ModelPlan& plan);

struct Found {
    Rle mask{};
    double predictedIou = 0, stability = 0;
    std::array<double, 4> box{}; ///< first and last column and row: left, top, right, bottom
    std::array<double, 2> point{};
    std::int64_t crop = 0; ///< number of its crop; smaller crops have higher numbers
};

/// A rectangle of the picture, in pixels.
struct Crop {
    std::int64_t x = 0, y = 0, width = 0, height = 0, layer = 0;
    bool operator==(const Crop&) const = default;
};
std::vector<Crop> cropsOf(std::int64_t width, std::int64_t height, const EverythingOptions& options);

/// Numbers of the boxes that stay, best score first: a box goes when it overlaps a better one by more than `threshold`.
std::vector<std::size_t> withoutDoubles(std::span<const std::array<double, 4>> boxes, std::span<const double> scores,
                                        double threshold);
/// Regions of fewer than `least` pixels, joined also at corners: holes are filled or islands dropped. Whether any was changed.
bool withoutSmall(Mask& mask, std::int64_t least, bool holes);

class Everything {
 public:
    /// `whole`, if given, is the picture encoded already; model and context must outlive this.
    Everything(tensor::Context& context, const Model& model, const Picture& picture, const EverythingOptions& options,
               const Embedded* whole = nullptr);

    /// Works for about `budgetMs`; the fraction done. What is found is told at once, final doubles gone only at the end.
    double step(double budgetMs, const std::function<void(const Found&)>& found = {});
    bool done() const { return m_done; }
    const std::vector<Found>& masks() const { return m_found; } ///< final when done
    std::int64_t asked() const { return m_asked; }              ///< clicks so far

 private:
    void beginCrop();
    void askBatch(const std::function<void(const Found&)>& found);
    void finishCrop();
    void finish();

    tensor::Context& m_context;
    const Model& m_model;
    const Picture& m_picture;
    EverythingOptions m_options;
    std::vector<Crop> m_crops;
    std::size_t m_crop = 0, m_point = 0, m_cropBegan = 0;
    std::vector<std::array<double, 2>> m_points;
    std::vector<Found> m_found;
    std::optional<Embedded> m_embedded;
    const Embedded* m_whole;
    Picture m_cut;
    std::optional<Encoding> m_encoding;
    std::int64_t m_asked = 0, m_total = 0;
    bool m_done = false;
};

} // namespace orrery::segmentation
