// SPDX-License-Identifier: GPL-3.0-or-later
// What a person asks with: clicks, a box, a former answer. In pixels of the picture, x right, y down, (0, 0) the outer corner of
// the first pixel's area as SAM counts it: the click on a pixel is its whole-numbered index.
#pragma once

#include "engine/labs/segmentation/preprocess.h"

#include <optional>

namespace orrery::segmentation {

struct Click {
    double x = 0, y = 0;
    bool positive = true;
    bool operator==(const Click&) const = default;
};

struct Box {
    double x0 = 0, y0 = 0, x1 = 0, y1 = 0;
    bool operator==(const Box&) const = default;
};

struct Prompt {
    std::vector<Click> clicks{};
    std::optional<Box> box{};
    std::vector<float> mask{}; ///< logits of a former answer, [4 grid, 4 grid]; empty: none
    bool empty() const { return clicks.empty() && !box && mask.empty(); }
    bool operator==(const Prompt&) const = default;
};

/// A token that the decoder is told: a place in pixels of the model's square and what it stands for.
struct PromptPoint {
    enum class Kind { nothing, negative, positive, topLeft, bottomRight };
    double x = 0, y = 0;
    Kind kind = Kind::nothing;
};
/// In SAM's order: clicks, then a point that stands for nothing where there is no box, then the box's corners. No prompt but a
/// mask gives the former alone.
std::vector<PromptPoint> pointsOf(const Prompt& prompt, const Fit& fit);

/// Which of the answer's masks is shown, as SAM's ONNX export chooses: with three points or more (those that stand for nothing
/// and corners counted) mask 0, which is meant for clear prompts; else the one of the others with the highest predicted IoU.
std::size_t chosenMask(std::size_t points, std::span<const float> predictedIou);

} // namespace orrery::segmentation
