// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/precision/twins.h"

#include "engine/lab/names.h"
#include "engine/labs/precision/number.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>

namespace orrery::precision {

namespace {

using tensor::Precision, tensor::PrecisionStats;

constexpr int probeAfter = 2; ///< steps: the first picture comes first

std::string keyed(const char* what, Precision p) { return std::string(what) + "_" + tensor::toString(p); }

std::string percent(double share) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g %%", 100 * share);
    return text;
}

std::string short4(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.4g", value);
    return text;
}

} // namespace

double mixedTolerance(const std::string& network) { return network == "spirals" ? 0.05 : 0.01; }

void Twins::configure(const TwinsRequest& request) {
    const auto before = std::exchange(m_request, request);
    const std::size_t w = std::size_t(request.watched);
    const bool lookAnew = !m_configured || before.watched != request.watched || before.format != request.format ||
                          before.setups[w] != request.setups[w];
    for (std::size_t i = 0; i < count; ++i) {
        if (m_configured && before.setups[i] == request.setups[i]) continue;
        m_twins[i].reset();
        for (const char* what : {"loss", "accuracy", "ms"}) m_series.erase(keyed(what, Precision(i)));
        if (Precision(i) == Precision::mixed) m_series.erase("scale");
    }
    if (lookAnew) clearLooks();
    if (before.weight != request.weight && !lookAnew) {
        m_series.erase("weight"), m_series.erase("weight_16");
        for (int n = 1; watched() && n <= watched()->looked(); ++n) addLook(n);
    }
    const auto& now = m_request.setups[std::size_t(Precision::mixed)];
    const auto& was = before.setups[std::size_t(Precision::mixed)];
    if (now.network != was.network || now.seed != was.seed) m_infinity.reset(), m_unscaled.reset();
    m_configured = true;
    m_position = std::min(m_position, m_request.steps);
    for (const Precision p : all)
        if (runs(p)) m_position = std::min(m_position, twin(p) ? twin(p)->computed() : 0);
}

void Twins::clearLooks() {
    for (const auto& each : m_twins)
        if (each) each->forgetLooks();
    for (const char* key :
         {"swallowed", "weight", "weight_16", "gradients_lost", "gradients_subnormal", "gradients_normal", "gradients_overflow"})
        m_series.erase(key);
}

bool Twins::advance(gpu::Recorder&, int target, double budgetMs) {
    target = std::clamp(target, 0, m_request.steps);
    const bool there = lab::slice(budgetMs, 1, [&] { return piece(target); });
    int least = target;
    for (const Precision p : all)
        if (runs(p)) least = std::min(least, twin(p) ? twin(p)->computed() : 0);
    m_position = least;
    return there;
}

bool Twins::piece(int target) {
    Twin* behind = nullptr;
    int least = target;
    Precision which = Precision::fp32;
    for (const Precision p : all) {
        if (!runs(p)) continue;
        std::unique_ptr<Twin>& each = m_twins[std::size_t(p)];
        const int done = !each ? 0 : p == m_request.watched ? each->looked() : each->computed();
        if (done >= least) continue;
        if (!each) each = std::make_unique<Twin>(m_device, m_request.setups[std::size_t(p)]);
        least = done, behind = each.get(), which = p;
    }
    const bool probing = !m_infinity || !m_unscaled;
    if (probing && least >= std::min(probeAfter, target) && target > 0) {
        const TwinSetup& mixed = m_request.setups[std::size_t(Precision::mixed)];
        m_infinity ? void(m_unscaled = probeScaling(m_device, mixed)) : void(m_infinity = probeInfinity(m_device, mixed));
        return true;
    }
    if (!behind) return false;
    const int known = behind->computed();
    if (which == m_request.watched) {
        behind->forwardLooking(*m_request.format);
        addLook(behind->looked());
    } else {
        behind->forward();
    }
    if (behind->computed() > known) addSamples(which, behind->computed());
    return true;
}

void Twins::addSamples(Precision p, int n) {
    const Twin& t = *twin(p);
    const auto put = [&](const std::string& key, double value) {
        if (std::isfinite(value)) m_series[key].push_back({n, double(n), value});
    };
    put(keyed("loss", p), t.step(n).loss);
    if (n > 2) put(keyed("ms", p), t.usualMilliseconds(n)); // the first two make kernels
    if (p == Precision::mixed) put("scale", std::log2(t.step(n).scale));
    if (!t.accuracies().empty() && t.accuracies().back().first == n)
        put(keyed("accuracy", p), 100 * t.accuracies().back().second);
}

void Twins::addLook(int n) {
    const auto put = [&](const char* key, double value) {
        std::vector<lab::Sample>& samples = m_series[key];
        if (std::isfinite(value) && (samples.empty() || samples.back().step < n)) samples.push_back({n, double(n), value});
    };
    const Look& l = watched()->look(n);
    const Moved m = moved(n);
    const tensor::Format& narrow = narrowOf(m_request.watched);
    put("weight", m.after);
    put("weight_16", tensor::decode(narrow, tensor::encode(narrow, m.after)));
    put("swallowed", l.wanted ? 100 * double(l.stayed) / double(l.wanted) : 0);
    PrecisionStats sum;
    for (const LayerStats& layer : l.layers) sum += layer.of[LayerStats::activationGradients];
    put("gradients_lost", 100 * sum.share(sum.zero + sum.lost)), put("gradients_subnormal", 100 * sum.share(sum.subnormal));
    put("gradients_normal", 100 * sum.share(sum.normal)),
        put("gradients_overflow", 100 * sum.share(sum.overflow + sum.nonFinite));
}

int Twins::lookStep() const { return watched() ? std::min(m_position, watched()->looked()) : 0; }

double Twins::accuracy(Precision p) const {
    double newest = NAN;
    if (twin(p))
        for (const auto& [n, share] : twin(p)->accuracies())
            if (n <= m_position) newest = share;
    return newest;
}

bool Twins::emulated(Precision p) const {
    if (p == Precision::fp32) return false;
    return p == Precision::bf16 || p == Precision::stochastic || !m_device.info().float16; // those are rounded and held in FP32
}

Twins::Moved Twins::moved(int n) const {
    const Twin& t = *watched();
    const std::size_t at = t.weightAt(std::size_t(m_request.weight));
    const std::vector<float>& before = n > 1 ? t.look(n - 1).weights : t.initialWeights();
    return {double(before[at]), double(t.look(n).weights[at]), double(t.look(n).updates[at])};
}

std::vector<lab::Mark> Twins::marks() const { return {{0, "untrained"}, {steps(), std::to_string(steps()) + " steps"}}; }

std::string Twins::status() const {
    std::string text = "n = " + std::to_string(m_position);
    if (m_position > 0 && watched())
        text += std::string(" \xC2\xB7 ") + labelOf(m_request.watched) + " " + short4(watched()->step(m_position).loss);
    return text;
}

std::span<const lab::Sample> Twins::series(const std::string& key) const {
    const auto found = m_series.find(key);
    return found == m_series.end() ? std::span<const lab::Sample>() : std::span<const lab::Sample>(found->second);
}

lab::HostArray Twins::array(gpu::Device&, const std::string& key) {
    const auto n = std::uint64_t(m_position);
    if (key == "losses") {
        lab::HostArray out{{n, count}, {}};
        for (int step = 1; step <= m_position; ++step)
            for (std::size_t i = 0; i < count; ++i)
                out.values.push_back(runs(Precision(i)) ? float(twin(Precision(i))->step(step).loss) : NAN);
        return out;
    }
    const Look* const shown = look();
    if (!shown) return {{0}, {}};
    if (key == "weights") return {{shown->weights.size()}, shown->weights};
    if (key == "updates") return {{shown->updates.size()}, shown->updates};
    if (key != "layers") return {{0}, {}};
    lab::HostArray out{{shown->layers.size(), std::uint64_t(LayerStats::kinds), 2 + std::uint64_t(PrecisionStats::bins)}, {}};
    for (const LayerStats& layer : shown->layers)
        for (const PrecisionStats& s : layer.of) {
            out.values.push_back(float(s.zero)), out.values.push_back(float(s.under));
            for (const std::uint64_t k : s.histogram) out.values.push_back(float(k));
        }
    return out;
}

std::vector<lab::Fact> Twins::inspect(Precision p, int n) const {
    const Twin* const t = twin(p);
    if (!t || n < 1 || n > t->computed()) return {};
    std::vector<lab::Fact> facts{{"step", std::to_string(n)},
                                 {"loss", short4(t->step(n).loss)},
                                 {"length of the gradient", short4(t->step(n).norm)},
                                 {"time per step", short4(t->usualMilliseconds(n)) + " ms"},
                                 {"weights", lab::rounded(double(t->memory().weights)) + "B"},
                                 {"moments", lab::rounded(double(t->memory().moments)) + "B"},
                                 {"kept for the way back", lab::rounded(double(t->memory().kept)) + "B"}};
    if (t->setup().scaling != Scaling::none) facts.push_back({"loss scale", "2^" + std::to_string(std::ilogb(t->step(n).scale))});
    if (t->step(n).skipped) facts.push_back({"step", "skipped"});
    if (emulated(p)) facts.push_back({"here", "emulated"});
    return facts;
}

std::vector<lab::Fact> Twins::inspect(std::size_t layer, LayerStats::Kind kind, int bin) const {
    if (!look() || layer >= look()->layers.size()) return {};
    const PrecisionStats& s = look()->layers[layer].of[kind];
    std::vector<lab::Fact> facts;
    if (bin >= 0 && bin < PrecisionStats::bins) {
        const int from = PrecisionStats::lowest + PrecisionStats::octaves * bin;
        facts.push_back(
            {"magnitude", "2^" + std::to_string(from) + " \xE2\x80\xA6 2^" + std::to_string(from + PrecisionStats::octaves)});
        const std::uint64_t n = s.histogram[std::size_t(bin)];
        facts.push_back({"counted", std::to_string(n) + "  " + percent(s.share(n))});
    }
    const std::pair<const char*, std::uint64_t> fates[] = {
        {"zero", s.zero}, {"lost", s.lost}, {"subnormal", s.subnormal}, {"normal", s.normal}, {"overflow", s.overflow}};
    for (const auto& [name, n] : fates) facts.push_back({name, std::to_string(n) + "  " + percent(s.share(n))});
    if (s.nonFinite) facts.push_back({"infinite or no number", std::to_string(s.nonFinite)});
    return facts;
}

} // namespace orrery::precision
