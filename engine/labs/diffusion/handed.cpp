// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/diffusion/handed.h"

#include "engine/lab/names.h"

#include <cstdio>

namespace orrery::diffusion {

namespace {

constexpr std::size_t mostNamed = 64;

std::string shortOf(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

} // namespace

lab::Output featureOutput() {
    return {"features", "npy", "What the network makes of the first 5,000 particles in its last hidden layer", {}};
}

lab::Bundle featureBundle(const std::string& title, Seen seen) {
    lab::Bundle bundle;
    bundle.title = title;
    bundle.rows = std::int64_t(seen.places.size() / 2), bundle.dims = seen.shape.width;
    const ScoreNetReference network(seen.shape, seen.parameters);
    const Marginal marginal(*seen.data, seen.alpha, seen.sigma * seen.sigma);
    const bool named = seen.data->components.size() <= mostNamed;
    lab::BundleColumn component{"component", {}}, x{"x", {}}, y{"y", {}};
    auto values = std::make_shared<std::vector<float>>();
    for (std::size_t i = 0; i < seen.places.size() / 2; ++i) {
        const double X = double(seen.places[2 * i]), Y = double(seen.places[2 * i + 1]);
        const double u = (X - seen.frame.centreX) / seen.frame.scale, v = (Y - seen.frame.centreY) / seen.frame.scale;
        for (const double feature : network.features(u, v, seen.alpha, seen.sigma)) values->push_back(float(feature));
        bundle.names.push_back("particle " + std::to_string(i));
        if (named) component.texts.push_back("component " + std::to_string(marginal.at(u, v, false).top + 1));
        x.texts.push_back(shortOf(X)), y.texts.push_back(shortOf(Y));
    }
    bundle.colour = named ? component.name : x.name;
    if (named) bundle.columns.push_back(std::move(component));
    bundle.columns.push_back(std::move(x)), bundle.columns.push_back(std::move(y));
    bundle.values = [values, width = std::int64_t(seen.shape.width)](std::int64_t first, std::span<float> out) {
        std::copy_n(values->begin() + first * width, out.size(), out.begin());
    };
    return bundle;
}

} // namespace orrery::diffusion
