// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/request.h"

#include "engine/error.h"
#include "engine/labs/diffusion/datasets.h"

#include <cmath>

namespace orrery::diffusion {

namespace {

/// "New noise" changes the particles' noise and leaves the data as it is.
constexpr std::uint64_t shapeSeed = 1;

Schedule scheduleOf(const lab::Settings& s) {
    const std::string& sde = s.text("sde");
    return {.sde = sde == "ve"      ? Sde::ve
                   : sde == "subvp" ? Sde::subVp
                                    : Sde::vp,
            .betaMin = s.number("beta_min"),
            .betaMax = s.number("beta_max"),
            .sigmaMin = s.number("sigma_min"),
            .sigmaMax = s.number("sigma_max")};
}

JourneyOptions journeyOf(const lab::Settings& s) {
    const std::string &way = s.text("journey"), &forward = s.text("forward"), &method = s.text("method");
    const std::string& mistake = s.text("mistake");
    JourneyOptions o;
    o.way = way == "forward" ? Way::forward : way == "reverse" ? Way::reverse : Way::round;
    o.forward = forward == "chain" ? ForwardStep::chain : forward == "exact" ? ForwardStep::exact : ForwardStep::em;
    o.forwardSteps = int(s.integer("forward_steps"));
    o.method = method == "ode" ? Method::ode : method == "heun" ? Method::heun : Method::sde;
    o.steps = int(s.integer("steps"));
    o.lambda = s.number("lambda");
    o.epsilon = s.number("epsilon");
    o.mistake = mistake == "sign"    ? Mistake::sign
                : mistake == "no_g2" ? Mistake::noG2
                : mistake == "half"  ? Mistake::half
                                     : Mistake::none;
    return o;
}

DataRequest dataOf(const lab::Settings& s, Way way) {
    DataRequest d;
    d.shape = s.text("data");
    d.empirical = way != Way::forward && s.text("score") == "empirical";
    if (d.shape == "mixture") d.components = s.points("components");
    if (d.shape == "drawn") d.drawn = s.points("drawn");
    if (d.shape == "file") d.file = s.text("file");
    const bool made = d.shape != "file" && d.shape != "drawn", gaussians = d.shape == "rings" || d.shape == "mixture";
    if (made && !gaussians) d.points = s.integer("points");
    if (gaussians && d.empirical) d.points = s.integer("draws");
    return d;
}

Mixture gaussians(const DataRequest& data) {
    if (data.shape == "rings") return mixture(ringOfRings());
    std::vector<Component> components;
    const std::vector<double>& v = data.components.values;
    for (std::size_t i = 0; i + 3 < v.size(); i += 4) components.push_back({v[i], v[i + 1], v[i + 2], v[i + 3]});
    return mixture(std::move(components));
}

Mixture points(const DataRequest& data, const std::vector<double>& filePoints) {
    if (data.shape == "drawn") return pointCloud(data.drawn.values);
    if (data.shape != "file") return pointCloud(shapePoints(data.shape, std::size_t(data.points), shapeSeed));
    if (filePoints.size() / 2 > mostDataPoints)
        throw Error(data.file + " holds " + std::to_string(filePoints.size() / 2) +
                    " points; every particle's score reads all of them in every step, so " + std::to_string(mostDataPoints) +
                    " is the most; take a sample of the file");
    return pointCloud(filePoints);
}

} // namespace

Request request(const lab::Settings& settings) {
    Request r;
    r.schedule = scheduleOf(settings);
    r.journey = journeyOf(settings);
    r.data = dataOf(settings, r.journey.way);
    r.particles = std::uint32_t(settings.integer("particles"));
    return r;
}

Mixture mixtureOf(const DataRequest& data, const std::vector<double>& filePoints) {
    const bool isGaussians = data.shape == "rings" || data.shape == "mixture";
    Mixture made = isGaussians ? gaussians(data) : points(data, filePoints);
    if (isGaussians && data.empirical) made = pointCloud(draw(made, std::size_t(data.points), shapeSeed));
    const Moments m = made.moments();
    for (const int axis : {0, 1})
        if (!std::isfinite(m.mean[axis]) || !std::isfinite(m.fourth[axis]))
            throw Error("the data's numbers are too large to take their mean and variance; scale them down");
    return made;
}

} // namespace orrery::diffusion
