// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/request.h"

#include "engine/error.h"

#include <cmath>

namespace orrery::precision {

namespace {

Written written(const lab::Settings& settings, const char* key) {
    try {
        return read(settings.text(key));
    } catch (const Error& error) {
        throw Error("parameter '" + std::string(key) + "' of precision: " + error.what());
    }
}

double finite(const lab::Settings& settings, const char* key) {
    const double value = written(settings, key).value;
    if (!std::isfinite(value))
        throw Error("parameter '" + std::string(key) + "' of precision must be finite, not '" + settings.text(key) + "'");
    return value;
}

Terms termsOf(const std::string& key) { return key == "uniform" ? Terms::uniform : key == "dot" ? Terms::dot : Terms::same; }

tensor::Precision precisionOf(const std::string& key) {
    for (const tensor::Precision p : Twins::all)
        if (key == tensor::toString(p)) return p;
    throw Error("there is no twin '" + key + "'");
}

TwinsRequest twins(const lab::Settings& s, std::uint64_t seed) {
    using tensor::Precision;
    TwinsRequest r;
    r.watched = precisionOf(s.text("watched"));
    r.format = &formatOf(s.text("format"));
    r.steps = int(s.integer("train_steps")), r.weight = int(s.integer("weight"));
    TwinSetup common{.network = s.text("network"), .rate = s.number("rate"), .seed = seed};
    std::vector<std::pair<std::string, bool>> narrow;
    for (const std::string& op : opsOf()) narrow.emplace_back(op, s.flag("op_" + op));
    for (const Precision p : Twins::all) {
        TwinSetup& setup = r.setups[std::size_t(p)] = common;
        setup.precision = p;
        r.runs[std::size_t(p)] = s.flag(std::string("train_") + tensor::toString(p));
        if (p != Precision::fp32 && p != Precision::fp16) setup.narrow = narrow;
    }
    const std::string &masters = s.text("masters"), &scaling = s.text("scaling");
    TwinSetup &mixed = r.setups[std::size_t(Precision::mixed)], &half = r.setups[std::size_t(Precision::fp16)];
    mixed.masters = masters != "none", half.masters = masters == "both";
    r.setups[std::size_t(Precision::bf16)].masters = mixed.masters;
    mixed.scaling = scaling == "none" ? Scaling::none : scaling == "fixed" ? Scaling::fixed : Scaling::dynamic;
    mixed.log2Scale = int(s.integer("initial_scale")), mixed.interval = int(s.integer("interval"));
    return r;
}

} // namespace

Request request(const lab::Settings& s, std::uint64_t seed) {
    const tensor::Format* format = &formatOf(s.text("format"));
    Request r;
    r.show = s.text("show");
    r.bits = {format, written(s, "value"), seed};
    r.sums = {format, termsOf(s.text("terms")), finite(s, "start"), finite(s, "term"), int(s.integer("count")), seed};
    r.gradients = {format, int(s.integer("log2_scale")), seed};
    r.twins = twins(s, seed);
    return r;
}

} // namespace orrery::precision
