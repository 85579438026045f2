// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/everything.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace orrery::segmentation {

namespace {

constexpr double nearEdge = 20; ///< pixels: a mask that touches its crop's edge is half of something

std::int64_t pointsOnSide(const EverythingOptions& o, std::int64_t layer) {
    return std::max<std::int64_t>(1,
                                  std::int64_t(double(o.pointsPerSide) / std::pow(double(o.cropPointsDownscale), double(layer))));
}

/// A mask of a crop as one of the whole picture.
Mask placed(const Mask& mask, const Crop& crop, std::int64_t width, std::int64_t height) {
    if (crop.width == width && crop.height == height) return mask;
    Mask whole{width, height, std::vector<std::uint8_t>(std::size_t(width * height))};
    for (std::int64_t y = 0; y < crop.height; ++y)
        std::copy_n(mask.pixels.data() + y * crop.width, crop.width, whole.pixels.data() + (y + crop.y) * width + crop.x);
    return whole;
}

/// Whether a side of the box lies at one of the crop's that is not one of the picture's.
bool touches(const std::array<double, 4>& box, const Crop& crop, std::int64_t width, std::int64_t height) {
    const std::array<double, 4> sides{double(crop.x), double(crop.y), double(crop.x + crop.width), double(crop.y + crop.height)};
    const std::array<double, 4> edges{0, 0, double(width), double(height)};
    for (std::size_t i = 0; i < 4; ++i)
        if (std::abs(box[i] - sides[i]) <= nearEdge && std::abs(box[i] - edges[i]) > nearEdge) return true;
    return false;
}

double overlap(const std::array<double, 4>& a, const std::array<double, 4>& b) {
    const double w = std::min(a[2], b[2]) - std::max(a[0], b[0]), h = std::min(a[3], b[3]) - std::max(a[1], b[1]);
    if (w <= 0 || h <= 0) return 0;
    const auto area = [](const std::array<double, 4>& box) { return (box[2] - box[0]) * (box[3] - box[1]); };
    return w * h / (area(a) + area(b) - w * h);
}

} // namespace

Thresholds thresholdsOf(const ModelPlan& plan) { return plan.decoder().clicked > 0 ? Thresholds{0.40, 0.20} : Thresholds{}; }

std::vector<Crop> cropsOf(std::int64_t width, std::int64_t height, const EverythingOptions& o) {
    std::vector<Crop> crops{{0, 0, width, height, 0}};
    for (std::int64_t layer = 1; layer <= o.cropLayers; ++layer) {
        const std::int64_t n = std::int64_t(1) << layer;
        const auto shared = std::int64_t(o.cropOverlap * double(std::min(width, height)) * (2.0 / double(n)));
        const auto length = [&](std::int64_t whole) {
            return std::int64_t(std::ceil(double(shared * (n - 1) + whole) / double(n)));
        };
        const std::int64_t w = length(width), h = length(height);
        for (std::int64_t i = 0; i < n; ++i)
            for (std::int64_t j = 0; j < n; ++j) {
                const std::int64_t x = (w - shared) * i, y = (h - shared) * j;
                crops.push_back({x, y, std::min(w, width - x), std::min(h, height - y), layer});
            }
    }
    return crops;
}

std::vector<std::size_t> withoutDoubles(std::span<const std::array<double, 4>> boxes, std::span<const double> scores,
                                        double threshold) {
    std::vector<std::size_t> order(boxes.size()), kept;
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
    for (const std::size_t i : order)
        if (std::ranges::none_of(kept, [&](std::size_t k) { return overlap(boxes[i], boxes[k]) > threshold; })) kept.push_back(i);
    return kept;
}

bool withoutSmall(Mask& mask, std::int64_t least, bool holes) {
    const std::int64_t W = mask.width, H = mask.height;
    const std::uint8_t wanted = holes ? 0 : 1;
    std::vector<std::uint8_t> seen(mask.pixels.size());
    std::vector<std::vector<std::size_t>> small;
    std::size_t large = 0, largestSmall = 0;
    for (std::size_t start = 0; start < seen.size(); ++start) {
        if (seen[start] != 0 || mask.pixels[start] != wanted) continue;
        std::vector<std::size_t> region{start};
        seen[start] = 1;
        for (std::size_t k = 0; k < region.size(); ++k) {
            const std::int64_t x = std::int64_t(region[k]) % W, y = std::int64_t(region[k]) / W;
            for (std::int64_t dy = -1; dy <= 1; ++dy)
                for (std::int64_t dx = -1; dx <= 1; ++dx) {
                    const std::int64_t nx = x + dx, ny = y + dy;
                    if (nx < 0 || ny < 0 || nx >= W || ny >= H) continue;
                    const auto next = std::size_t(ny * W + nx);
                    if (seen[next] == 0 && mask.pixels[next] == wanted) seen[next] = 1, region.push_back(next);
                }
        }
        if (std::int64_t(region.size()) >= least) {
            ++large;
        } else {
            small.push_back(std::move(region));
            if (small.back().size() > small[largestSmall].size()) largestSmall = small.size() - 1;
        }
    }
    if (!holes && large == 0 && !small.empty())
        small.erase(small.begin() + std::ptrdiff_t(largestSmall)); // all small: the largest stays
    for (const auto& region : small)
        for (const std::size_t pixel : region) mask.pixels[pixel] = holes ? 1 : 0;
    return !small.empty();
}

Everything::Everything(tensor::Context& context, const Model& model, const Picture& picture, const EverythingOptions& options,
                       const Embedded* whole)
    : m_context(context),
      m_model(model),
      m_picture(picture),
      m_options(options),
      m_crops(cropsOf(picture.width, picture.height, options)),
      m_whole(whole) {
    for (const Crop& crop : m_crops) {
        const std::int64_t n = pointsOnSide(options, crop.layer);
        m_total += n * n;
    }
    beginCrop();
}

void Everything::beginCrop() {
    const Crop& crop = m_crops[m_crop];
    const std::int64_t n = pointsOnSide(m_options, crop.layer);
    m_points.clear();
    for (std::int64_t y = 0; y < n; ++y)
        for (std::int64_t x = 0; x < n; ++x)
            m_points.push_back(
                {(double(x) + 0.5) / double(n) * double(crop.width), (double(y) + 0.5) / double(n) * double(crop.height)});
    m_point = 0, m_cropBegan = m_found.size();
    if (m_crop == 0 && m_whole) {
        m_embedded = *m_whole;
        return;
    }
    m_embedded.reset();
    m_cut = {crop.width, crop.height, std::vector<std::uint8_t>(std::size_t(3 * crop.width * crop.height))};
    for (std::int64_t y = 0; y < crop.height; ++y)
        std::copy_n(m_picture.rgb.data() + 3 * ((y + crop.y) * m_picture.width + crop.x), 3 * crop.width,
                    m_cut.rgb.data() + 3 * y * crop.width);
    m_encoding = m_model.encode(m_context, m_cut);
}

void Everything::askBatch(const std::function<void(const Found&)>& told) {
    const Crop& crop = m_crops[m_crop];
    const std::size_t end = std::min(m_points.size(), m_point + std::size_t(std::max<std::int64_t>(1, m_options.batch)));
    std::vector<Prompt> prompts;
    for (std::size_t i = m_point; i < end; ++i) prompts.push_back({{{m_points[i][0], m_points[i][1], true}}, {}, {}});
    const std::vector<Answer> answers = m_model.askAll(m_context, *m_embedded, prompts);
    for (std::size_t i = 0; i < answers.size(); ++i)
        for (std::size_t m = answers[i].masks > 1 ? 1 : 0; m < std::size_t(answers[i].masks); ++m) {
            if (double(answers[i].iou[m]) <= m_options.iouThreshold) continue;
            const std::vector<float> logits = fullSize(answers[i].of(m), answers[i].side, m_embedded->fit);
            const double stable = stability(logits, m_options.stabilityOffset);
            if (stable < m_options.stabilityThreshold) continue;
            Mask mask{crop.width, crop.height, std::vector<std::uint8_t>(logits.size())};
            for (std::size_t p = 0; p < logits.size(); ++p) mask.pixels[p] = logits[p] > 0;
            const auto [x, y, w, h] = boundsOf(mask);
            if (w == 0) continue;
            Found found{{},
                        double(answers[i].iou[m]),
                        stable,
                        {double(x + crop.x), double(y + crop.y), double(x + crop.x + w - 1), double(y + crop.y + h - 1)},
                        {m_points[m_point + i][0] + double(crop.x), m_points[m_point + i][1] + double(crop.y)},
                        std::int64_t(m_crop)};
            if (touches(found.box, crop, m_picture.width, m_picture.height)) continue;
            found.mask = encoded(placed(mask, crop, m_picture.width, m_picture.height));
            if (std::int64_t(m_found.size()) >= 4 * m_options.most) finishCrop();
            if (told) told(found);
            m_found.push_back(std::move(found));
        }
    m_asked += std::int64_t(end - m_point);
    m_point = end;
}

/// Doubles within the crop go, the one with the lower predicted IoU first.
void Everything::finishCrop() {
    std::vector<std::array<double, 4>> boxes;
    std::vector<double> scores;
    for (std::size_t i = m_cropBegan; i < m_found.size(); ++i)
        boxes.push_back(m_found[i].box), scores.push_back(m_found[i].predictedIou);
    std::vector<Found> kept;
    for (const std::size_t i : withoutDoubles(boxes, scores, m_options.boxOverlap))
        if (std::int64_t(kept.size()) < m_options.most) kept.push_back(std::move(m_found[m_cropBegan + i]));
    m_found.resize(m_cropBegan);
    std::ranges::move(kept, std::back_inserter(m_found));
}

void Everything::finish() {
    m_done = true;
    std::vector<std::array<double, 4>> boxes;
    std::vector<double> scores;
    if (m_crops.size() > 1) { // between crops the smaller one wins
        for (const Found& found : m_found) {
            const Crop& crop = m_crops[std::size_t(found.crop)];
            boxes.push_back(found.box), scores.push_back(1 / double(crop.width * crop.height));
        }
        std::vector<Found> kept;
        for (const std::size_t i : withoutDoubles(boxes, scores, m_options.cropBoxOverlap)) kept.push_back(std::move(m_found[i]));
        m_found = std::move(kept);
    }
    if (m_options.smallestRegion == 0) return;
    boxes.clear(), scores.clear();
    for (Found& found : m_found) {
        Mask mask = decoded(found.mask);
        const bool holes = withoutSmall(mask, m_options.smallestRegion, true),
                   islands = withoutSmall(mask, m_options.smallestRegion, false);
        const auto [x, y, w, h] = boundsOf(mask);
        found.mask = encoded(mask), found.box = {double(x), double(y), double(x + w - 1), double(y + h - 1)};
        boxes.push_back(found.box), scores.push_back(holes || islands ? 0 : 1); // untouched ones win
    }
    std::vector<Found> kept;
    for (const std::size_t i : withoutDoubles(boxes, scores, std::max(m_options.boxOverlap, m_options.cropBoxOverlap)))
        kept.push_back(std::move(m_found[i]));
    m_found = std::move(kept);
}

double Everything::step(double budgetMs, const std::function<void(const Found&)>& found) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    const auto left = [&] { return budgetMs - std::chrono::duration<double, std::milli>(Clock::now() - start).count(); };
    do {
        if (m_done) break;
        if (!m_embedded) {
            if (m_encoding->step(m_context, left()))
                m_embedded =
                    m_model.embedded(m_context, *m_encoding->features, fitInto(m_cut.width, m_cut.height, m_model.side()));
            continue;
        }
        askBatch(found);
        if (m_point < m_points.size()) continue;
        finishCrop();
        if (++m_crop < m_crops.size())
            beginCrop();
        else
            finish();
    } while (left() > 0);
    return m_done ? 1 : std::min(0.999, double(m_asked) / double(m_total));
}

} // namespace orrery::segmentation
