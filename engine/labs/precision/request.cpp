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

} // namespace

Request request(const lab::Settings& s, std::uint64_t seed) {
    const tensor::Format* format = &formatOf(s.text("format"));
    Request r;
    r.show = s.text("show");
    r.bits = {format, written(s, "value"), seed};
    r.sums = {format, termsOf(s.text("terms")), finite(s, "start"), finite(s, "term"), int(s.integer("count")), seed};
    r.gradients = {format, int(s.integer("log2_scale")), seed};
    return r;
}

} // namespace orrery::precision
