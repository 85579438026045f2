// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/scaler.h"

#include "engine/error.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace orrery::tensor {

namespace {

void check(bool good, const char* option, double value, const char* rule) {
    if (!good) throw Error("loss scaler: " + std::string(option) + " " + std::to_string(value) + " must be " + rule);
}

void checkPower(const char* option, double value) {
    int exponent = 0;
    check(std::isfinite(value) && value > 0 && std::frexp(value, &exponent) == 0.5, option, value,
          "a power of two, or scaling would round");
}

} // namespace

LossScaler::LossScaler(const ScalerOptions& options) : m_options(options), m_scale(options.initial) {
    checkPower("initial scale", options.initial);
    checkPower("growth", options.growth);
    checkPower("backoff", options.backoff);
    checkPower("minimum", options.minimum);
    checkPower("maximum", options.maximum);
    check(options.growth > 1, "growth", options.growth, "over 1");
    check(options.backoff < 1, "backoff", options.backoff, "under 1");
    check(options.interval >= 1, "interval", options.interval, "at least 1 step");
    check(options.minimum >= 0x1p-126, "minimum", options.minimum, "at least 2^-126, the least normal float32");
    check(options.maximum <= 0x1p126, "maximum", options.maximum, "at most 2^126, whose inverse is a normal float32");
    check(options.initial >= options.minimum && options.initial <= options.maximum, "initial scale", options.initial,
          "between minimum and maximum");
    check(options.history >= 1, "history", double(options.history), "at least 1 event");
}

LossScaler LossScaler::fixed(double scale) {
    ScalerOptions options;
    options.dynamic = false;
    options.initial = scale;
    return LossScaler(options);
}

bool LossScaler::update(bool foundNonFinite) {
    const double before = m_scale;
    if (foundNonFinite) {
        ++m_skipped;
        m_good = 0;
        if (m_options.dynamic) m_scale = std::max(m_options.minimum, m_scale * m_options.backoff);
    } else if (m_options.dynamic && ++m_good == m_options.interval) {
        m_good = 0;
        m_scale = std::min(m_options.maximum, m_scale * m_options.growth);
    }
    if (foundNonFinite || m_scale != before) {
        if (m_history.size() == m_options.history) m_history.pop_front();
        m_history.push_back({m_steps, before, m_scale, foundNonFinite});
    }
    ++m_steps;
    return !foundNonFinite;
}

double LossScaler::scaleAt(std::uint64_t step) const {
    const auto event = std::lower_bound(m_history.begin(), m_history.end(), step,
                                        [](const Event& e, std::uint64_t wanted) { return e.step < wanted; });
    return event == m_history.end() ? m_scale : event->before;
}

} // namespace orrery::tensor
