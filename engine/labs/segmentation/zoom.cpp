// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/zoom.h"

#include "engine/labs/segmentation/mask_prompt.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

constexpr double air = 1.0 / 3;          ///< on each side, of the longer side of what is looked at
constexpr std::int64_t leastAir = 8;     ///< pixels
constexpr double mostOfThePicture = 0.8; ///< beyond it there is too little to gain for another encoding
constexpr std::size_t feedsBackFrom = 2; ///< prompts: of fewer, no model was trained with a former answer

Mask cutOut(const Mask& mask, const Crop& crop) {
    Mask part{crop.width, crop.height, std::vector<std::uint8_t>(std::size_t(crop.width * crop.height))};
    for (std::int64_t y = 0; y < crop.height; ++y)
        std::copy_n(mask.pixels.data() + (y + crop.y) * mask.width + crop.x, crop.width, part.pixels.data() + y * crop.width);
    return part;
}

/// [from, from + count) widened to `wanted` about its middle, within [0, whole).
std::array<std::int64_t, 2> widened(std::int64_t from, std::int64_t count, std::int64_t wanted, std::int64_t whole) {
    const std::int64_t size = std::min(std::max(count, wanted), whole);
    const std::int64_t begin = std::clamp<std::int64_t>(from - (size - count) / 2, 0, whole - size);
    return {begin, size};
}

} // namespace

std::optional<Crop> cropAround(const Mask& mask, const Prompt& prompt) {
    const auto [x, y, w, h] = boundsOf(mask);
    if (w == 0) return {};
    std::int64_t left = x, top = y, right = x + w, bottom = y + h;
    const auto include = [&](double px, double py) {
        const auto ix = std::clamp(std::int64_t(std::floor(px)), std::int64_t(0), mask.width - 1),
                   iy = std::clamp(std::int64_t(std::floor(py)), std::int64_t(0), mask.height - 1);
        left = std::min(left, ix), right = std::max(right, ix + 1);
        top = std::min(top, iy), bottom = std::max(bottom, iy + 1);
    };
    for (const Click& click : prompt.clicks)
        if (click.positive) include(click.x, click.y);
    if (const auto& box = prompt.box) include(box->x0, box->y0), include(box->x1, box->y1);
    const std::int64_t longer = std::max(right - left, bottom - top);
    const std::int64_t wanted = longer + 2 * std::max(leastAir, std::int64_t(std::lround(air * double(longer))));
    const auto [cx, cw] = widened(left, right - left, wanted, mask.width);
    const auto [cy, ch] = widened(top, bottom - top, wanted, mask.height);
    if (double(std::max(cw, ch)) > mostOfThePicture * double(std::max(mask.width, mask.height))) return {};
    return Crop{cx, cy, cw, ch, 1};
}

Picture cutOut(const Picture& picture, const Crop& crop) {
    Picture part{crop.width, crop.height, std::vector<std::uint8_t>(std::size_t(3 * crop.width * crop.height))};
    for (std::int64_t y = 0; y < crop.height; ++y)
        std::copy_n(picture.rgb.data() + 3 * ((y + crop.y) * picture.width + crop.x), 3 * crop.width,
                    part.rgb.data() + 3 * y * crop.width);
    return part;
}

Prompt promptIn(const Coarse& coarse, const Crop& crop, const Fit& fit, std::int64_t maskSide, bool takesMasks) {
    Prompt moved;
    for (const Click& click : coarse.prompt.clicks) {
        const double x = click.x - double(crop.x), y = click.y - double(crop.y);
        const bool within = x >= 0 && y >= 0 && x < double(crop.width) && y < double(crop.height);
        if (within || click.positive) moved.clicks.push_back({x, y, click.positive});
    }
    if (const auto& box = coarse.prompt.box) {
        const double x = double(crop.x), y = double(crop.y);
        moved.box = Box{box->x0 - x, box->y0 - y, box->x1 - x, box->y1 - y};
    }
    if (!takesMasks || moved.clicks.size() + (moved.box ? 1 : 0) < feedsBackFrom) return moved;
    const std::span<const float> logits = coarse.answer.of(coarse.mask);
    const double perCell = double(fit.side) / double(maskSide);
    for (std::int64_t v = 0; v < maskSide; ++v)
        for (std::int64_t u = 0; u < maskSide; ++u) {
            const double x = (double(u) + 0.5) * perCell * double(fit.width) / double(fit.newWidth),
                         y = (double(v) + 0.5) * perCell * double(fit.height) / double(fit.newHeight);
            const bool picture = x < double(fit.width) && y < double(fit.height);
            moved.mask.push_back(
                picture ? float(logitAt(logits, coarse.answer.side, coarse.fit, x + double(crop.x), y + double(crop.y)))
                        : float(-toldLogit));
        }
    return moved;
}

Mask pasted(const Mask& coarse, const Zoomed& zoomed) {
    const Crop& crop = zoomed.crop;
    const Mask part = maskOf(zoomed.answer.of(zoomed.mask), zoomed.answer.side, zoomed.fit);
    Mask whole = coarse;
    for (std::int64_t y = 0; y < crop.height; ++y)
        std::copy_n(part.pixels.data() + y * crop.width, crop.width, whole.pixels.data() + (y + crop.y) * whole.width + crop.x);
    return whole;
}

Zooming::Zooming(tensor::Context& context, const Model& model, const Picture& picture, const Mask& mask, Coarse coarse,
                 const Crop& crop)
    : m_context(context),
      m_model(model),
      m_mask(cutOut(mask, crop)),
      m_coarse(std::move(coarse)),
      m_crop(crop),
      m_encoding(model.encode(context, segmentation::cutOut(picture, crop))) {}

double Zooming::step(double budgetMs) {
    if (m_result) return 1;
    if (!m_encoding.step(m_context, budgetMs)) return std::min(m_encoding.fraction(), 0.98);
    const Fit fit = fitInto(m_crop.width, m_crop.height, m_model.side());
    const Embedded embedded = m_model.embedded(m_context, *m_encoding.features, fit);
    Zoomed zoomed{m_crop, fit, {}, 0, -1};
    zoomed.answer =
        m_model.ask(m_context, embedded, promptIn(m_coarse, m_crop, fit, m_model.maskSide(), m_model.prompts().takesMasks()));
    for (std::size_t mask = 0; mask < std::size_t(zoomed.answer.masks); ++mask) {
        const double alike = iouOf(maskOf(zoomed.answer.of(mask), zoomed.answer.side, fit), m_mask);
        if (alike > zoomed.agreement) zoomed.agreement = alike, zoomed.mask = mask;
    }
    m_result = std::move(zoomed);
    return 1;
}

} // namespace orrery::segmentation
