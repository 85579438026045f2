// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/request.h"

#include "engine/error.h"
#include "engine/labs/statespace/declared.h"

namespace orrery::statespace {

namespace {

template <class Kind>
Kind byKey(const std::string& key, int count) {
    for (int i = 0; i < count; ++i)
        if (key == toString(Kind(i))) return Kind(i);
    throw Error("the state-space lab knows no '" + key + "'");
}

} // namespace

LegsStep legsStepOf(const std::string& key) { return byKey<LegsStep>(key, legsSteps); }
Scheme schemeOf(const std::string& key) { return byKey<Scheme>(key, schemes); }
Method methodOf(const std::string& key) { return byKey<Method>(key, methods); }
Derivation derivationOf(const std::string& key) { return byKey<Derivation>(key, derivations); }

SignalRequest signalRequest(const lab::Settings& s, std::uint64_t seed) {
    SignalRequest r;
    r.kind = s.text("signal");
    r.duration = s.number("duration"), r.samples = s.integer("samples");
    r.frequency = s.number("frequency"), r.endFrequency = s.number("end_frequency"), r.stepAt = s.number("step_at");
    r.parts = s.points("parts"), r.points = s.points("drawn");
    r.file = s.text("file"), r.channel = s.integer("channel") - 1, r.resample = s.flag("resample");
    r.stretch = s.integer("stretch"), r.seed = seed;
    return r;
}

RememberRequest rememberRequest(const lab::Settings& s, std::shared_ptr<const Source> source) {
    RememberRequest r;
    r.source = std::move(source);
    for (const MethodText& m : methodTexts())
        if (s.flag("use_" + m.key)) r.methods.push_back(m.method);
    r.N = s.integer("states");
    r.options = {s.number("theta"), s.number("alpha"), s.number("beta")};
    r.unit = s.number("age_unit");
    r.stepping = {schemeOf(s.text("scheme")), s.number("gbt"), legsStepOf(s.text("legs_step"))};
    r.stretch = s.integer("stretch");
    return r;
}

SignalRequest convolvedSignalRequest(const lab::Settings& s, std::uint64_t seed) {
    SignalRequest signal = signalRequest(s, seed);
    signal.stretch = 1, signal.resample = true, signal.samples = s.integer("length");
    return signal;
}

ConvolvingRequest convolvingRequest(const lab::Settings& s, std::uint64_t seed, std::shared_ptr<const Source> source) {
    ConvolvingRequest r;
    r.kernel = s.text("kernel"), r.N = s.integer("states"), r.L = s.integer("length"), r.delta = s.number("delta");
    r.padding = s.text("padding") == "none" ? Padding::none : Padding::doubled;
    r.angle = s.number("angle"), r.seed = seed;
    const Vector* samples = &source->signal.samples;
    r.signal = std::shared_ptr<const Vector>(std::move(source), samples);
    return r;
}

AnatomyRequest anatomyRequest(const lab::Settings& s) {
    return {methodOf(s.text("method")), s.integer("states"), schemeOf(s.text("scheme")), s.number("gbt"), s.number("delta")};
}

OrdersRequest ordersRequest(const lab::Settings& s) {
    return {s.integer("order_states"), methodOf(s.text("method")), s.number("order_alpha")};
}

DerivingRequest derivingRequest(const lab::Settings& s) {
    return {
        derivationOf(s.text("derivation")),
        {s.integer("derived_states"), s.number("moment"), s.number("derived_step"), s.number("derived_angle"), s.flag("slip")}};
}

ChoosingRequest choosingRequest(const lab::Settings& s, std::uint64_t seed) {
    return {s.integer("tokens"),
            s.integer("channel_shown") - 1,
            s.integer("head"),
            s.integer("chunk"),
            s.text("rule") == "zoh" ? InputRule::zoh : InputRule::euler,
            seed};
}

BoardOptions boardRequest(const lab::Settings& s, std::uint64_t seed) {
    const std::string& planted = s.text("planted");
    return {s.integer("board_length"), seed, 0.02,
            planted == "sign"        ? Planted::signFlip
            : planted == "delta"     ? Planted::deltaSwap
            : planted == "unpadded"  ? Planted::unpaddedFft
            : planted == "exclusive" ? Planted::exclusiveScan
                                     : Planted::nothing};
}

TableOptions tableRequest(const lab::Settings& s, std::uint64_t seed) {
    TableOptions o;
    o.samples = s.integer("table_samples"), o.states = s.integer("table_states"), o.seed = seed;
    o.dt = 100.0 / double(o.samples); // 100 seconds, as a million steps of 1e-4 s are
    return o;
}

} // namespace orrery::statespace
