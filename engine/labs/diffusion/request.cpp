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

std::optional<LearnRequest> learnOf(const lab::Settings& s, Way way) {
    if (way == Way::forward || s.text("score") != "learned") return std::nullopt;
    const std::string &target = s.text("target"), &precision = s.text("precision");
    LearnRequest r;
    LearnOptions& o = r.options;
    o.shape = {int(s.integer("width")), int(s.integer("depth"))};
    for (const Target each : {Target::eps, Target::x0, Target::v, Target::score, Target::flow})
        if (target == toString(each)) o.target = each;
    o.preconditioned = s.flag("preconditioned");
    o.precision = precision == "fp16"    ? tensor::Precision::fp16
                  : precision == "mixed" ? tensor::Precision::mixed
                                         : tensor::Precision::fp32;
    o.seed = std::uint64_t(s.integer("net_seed"));
    o.batch = int(s.integer("batch"));
    o.rate = s.number("rate");
    r.file = s.text("network");
    r.averaged = s.flag("averaged");
    r.steps = int(s.integer("train_steps"));
    return r;
}

bool isGaussians(const std::string& shape) { return shape != "checkerboard" && shape != "file" && shape != "drawn"; }

DataRequest dataOf(const lab::Settings& s, Way way) {
    DataRequest d;
    d.shape = s.text("data");
    const std::string& score = s.text("score");
    const std::int64_t draws = way == Way::forward    ? 0
                               : score == "empirical" ? s.integer("draws")
                               : score == "learned"   ? s.integer("learn_points")
                                                      : 0;
    if (d.shape == "mixture") d.components = s.points("components");
    if (d.shape == "drawn") d.drawn = s.points("drawn");
    if (d.shape == "file") d.file = s.text("file");
    if (d.shape == "checkerboard") d.points = s.integer("points");
    d.sampled = isGaussians(d.shape) && draws > 0;
    if (d.sampled) d.points = draws;
    return d;
}

Mixture gaussians(const DataRequest& data) {
    if (data.shape == "rings") return mixture(ringOfRings());
    if (data.shape != "mixture") return mixture(shapeLaw(data.shape));
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
    r.learn = learnOf(settings, r.journey.way);
    r.particles = std::uint32_t(settings.integer("particles"));
    return r;
}

Mixture mixtureOf(const DataRequest& data, const std::vector<double>& filePoints) {
    const bool byHand = data.shape == "rings" || data.shape == "mixture";
    const bool law = isGaussians(data.shape) && (byHand || !data.sampled);
    Mixture made = law ? gaussians(data) : points(data, filePoints);
    if (byHand && data.sampled) made = pointCloud(draw(made, std::size_t(data.points), shapeSeed));
    const Moments m = made.moments();
    for (const int axis : {0, 1})
        if (!std::isfinite(m.mean[axis]) || !std::isfinite(m.fourth[axis]))
            throw Error("the data's numbers are too large to take their mean and variance; scale them down");
    return made;
}

} // namespace orrery::diffusion
