// SPDX-License-Identifier: GPL-3.0-or-later
// What the lab hands over to another: the tokens of the image embedding, and of the stage that is looked at.
#include "engine/error.h"
#include "engine/labs/segmentation/declared.h"
#include "engine/labs/segmentation/handed.h"
#include "engine/labs/segmentation/live_lab.h"

#include <algorithm>

namespace orrery::segmentation {

namespace {

constexpr const char* ofTheImage = "image-tokens";

std::int64_t covered(std::int64_t newSize, std::int64_t grid, std::int64_t side) { return (newSize * grid + side - 1) / side; }

} // namespace

std::vector<lab::Output> sentOutputs() {
    return {{ofTheImage, "npy", "Tokens of the image embedding, with the patch under each and the object there", {}},
            {"stage-tokens", "npy", "Tokens of the stage that is looked at, with the patch under each and the object there", {}}};
}

lab::Offer LiveLab::offer(const std::string& output) const {
    lab::Offer offer{.output = output};
    if (!m_desk.embedded()) {
        offer.why = m_desk.plan() ? "The picture is not encoded yet; wait until it is."
                                  : "There is no model that could encode the picture; choose one.";
    } else if (output == ofTheImage) {
        const Fit& fit = m_desk.fit();
        const std::int64_t G = m_desk.plan()->encoder().grid();
        offer.rows = covered(fit.newWidth, G, fit.side) * covered(fit.newHeight, G, fit.side);
        offer.dims = m_desk.embedded()->features.embedding.shape()[2];
    } else if (const TokenGrid* tokens = m_inside.tokens()) {
        offer.rows = tokens->rows * tokens->columns, offer.dims = tokens->channels;
    } else {
        offer.why = "No stage is looked at; let its embedding or affinity be shown, and wait until it is there.";
    }
    return offer;
}

std::function<lab::Bundle()> LiveLab::bundle(const std::string& output) {
    if (const lab::Offer there = offer(output); !there.why.empty()) throw Error(there.why);
    const Fit fit = m_desk.fit();
    std::shared_ptr<const TokenGrid> tokens;
    std::string what = "image embedding";
    if (output == ofTheImage) {
        const tensor::Tensor& e = m_desk.embedded()->features.embedding;
        const std::int64_t G = m_desk.plan()->encoder().grid();
        tokens = std::make_shared<TokenGrid>(TokenGrid{.grid = G,
                                                       .channels = e.shape()[2],
                                                       .columns = covered(fit.newWidth, G, fit.side),
                                                       .rows = covered(fit.newHeight, G, fit.side),
                                                       .values = m_desk.context().read(e)});
    } else {
        tokens = m_inside.sharedTokens();
        what = m_inside.stages()[m_inside.stage()].title;
    }
    std::vector<NamedMask> masks;
    for (const int number : objects())
        if (hasMask(number)) {
            const std::string name = nameOf(number);
            masks.push_back({name.empty() ? "object " + std::to_string(number) : name, encoded(mask(number))});
        }
    std::vector<std::pair<std::int64_t, NamedMask>> found; // what was found overlaps: the smallest says most
    for (std::size_t i = 0; i < m_found.size(); ++i)
        found.push_back({m_found[i].mask.area(), {"found " + std::to_string(i + 1), m_found[i].mask}});
    std::ranges::stable_sort(found, {}, &std::pair<std::int64_t, NamedMask>::first);
    for (auto& [area, each] : found) masks.push_back(std::move(each));
    return [title = m_desk.pictureName() + ", " + what, tokens, picture = m_desk.picture(), fit, masks = std::move(masks)] {
        return tokenBundle(title, tokens, picture, fit, masks);
    };
}

} // namespace orrery::segmentation
