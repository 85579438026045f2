// SPDX-License-Identifier: GPL-3.0-or-later
// Zoom to the object: the crop around an answer is encoded at the model's full resolution, asked the same, and its mask pasted
// back. A cell of the answer then covers fewer pixels of the picture, by the picture's size over the crop's.
#pragma once

#include "engine/labs/segmentation/everything.h"

namespace orrery::segmentation {

/// A mask as it is known, and what it was asked with.
struct Coarse {
    Prompt prompt{};
    Answer answer{};
    std::size_t mask = 0;
    Fit fit{};
};

/// Around the mask, with a third of its longer side as air and all positive clicks and the box within; as square as the picture
/// lets it be. Nothing where the mask is empty or the crop would be more than four fifths of the picture's longer side.
std::optional<Crop> cropAround(const Mask& mask, const Prompt& prompt);
Picture cutOut(const Picture& picture, const Crop& crop);

/// The same clicks and box in the crop's pixels; negative clicks beyond it go. With two or more of them the coarse answer goes
/// along as the former one, in the crop's own cells: `maskSide` of the model, `fit` of the crop in its square.
Prompt promptIn(const Coarse& coarse, const Crop& crop, const Fit& fit, std::int64_t maskSide, bool takesMasks);

/// An answer to the crop.
struct Zoomed {
    Crop crop{};
    Fit fit{}; ///< of the crop
    Answer answer{};
    std::size_t mask = 0; ///< of its masks the one that is most like the coarse one
    double agreement = 0; ///< their IoU within the crop
};
/// Below this the crop was understood as another thing, and the coarse mask stays.
inline constexpr double leastAgreement = 0.5;

/// The coarse mask, and within the crop the new one.
Mask pasted(const Mask& coarse, const Zoomed& zoomed);

class Zooming {
 public:
    /// `mask`: the coarse one of the picture's size. Model and context must outlive this.
    Zooming(tensor::Context& context, const Model& model, const Picture& picture, const Mask& mask, Coarse coarse,
            const Crop& crop);

    double step(double budgetMs); ///< the fraction done; 1: the result is there
    const Encoding& encoding() const { return m_encoding; }
    const std::optional<Zoomed>& result() const { return m_result; }

 private:
    tensor::Context& m_context;
    const Model& m_model;
    Mask m_mask; ///< cut out
    Coarse m_coarse;
    Crop m_crop;
    Encoding m_encoding;
    std::optional<Zoomed> m_result;
};

} // namespace orrery::segmentation
