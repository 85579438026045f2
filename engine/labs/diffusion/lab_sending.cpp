// SPDX-License-Identifier: GPL-3.0-or-later
// What the lab hands over to another: how its network sees the particles.
#include "engine/error.h"
#include "engine/labs/diffusion/handed.h"
#include "engine/labs/diffusion/lab_impl.h"

#include <algorithm>

namespace orrery::diffusion {

lab::Offer LiveLab::offer(const std::string& output) const {
    lab::Offer offer{.output = output};
    if (!m_walk || particleCount() == 0)
        offer.why = "There is no network that sees the particles; choose the learned score.";
    else if (under(m_training))
        offer.why = "The network is being trained; wait until it has learned, or stop it.";
    else if (!(shown().variance > 0))
        offer.why = "The network knows only noisy places, and there is no noise at this moment; go to another.";
    else
        offer.rows = std::min(particleCount(), mostFeatureRows), offer.dims = m_walk->net().shape().width;
    return offer;
}

std::function<lab::Bundle()> LiveLab::bundle(const std::string& output) {
    const lab::Offer there = offer(output);
    if (!there.why.empty()) throw Error(there.why);
    const Shown now = shown();
    Seen seen{m_walk->net().shape(),
              m_walk->values(),
              placesArray(m_device, particles(), 1, std::uint64_t(there.rows), particleCount()).values,
              m_frame,
              now.alpha,
              std::sqrt(now.variance),
              m_mixture};
    char title[64];
    std::snprintf(title, sizeof title, "network's features at t = %.3f", clock(position()));
    return [title = std::string(title), seen = std::move(seen)] { return featureBundle(title, seen); };
}

} // namespace orrery::diffusion
