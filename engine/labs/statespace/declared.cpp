// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/declared.h"

namespace orrery::statespace {

using namespace lab;

namespace {

Parameter named(Parameter more, std::string key, std::string label, std::string group, Type type, Value fallback,
                std::string meaning) {
    more.key = std::move(key), more.label = std::move(label), more.group = std::move(group);
    more.type = type, more.fallback = std::move(fallback), more.meaning = std::move(meaning);
    return more;
}

} // namespace

Parameter choice(std::string key, std::string label, std::string group, std::string fallback, std::vector<Choice> choices,
                 std::string meaning, Parameter more) {
    more.choices = std::move(choices);
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::choice, std::move(fallback),
                 std::move(meaning));
}

Parameter number(std::string key, std::string label, std::string group, double fallback, double low, double high, double step,
                 std::string unit, std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.step = step, more.unit = std::move(unit);
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::number, fallback, std::move(meaning));
}

Parameter integer(std::string key, std::string label, std::string group, std::int64_t fallback, double low, double high,
                  std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.step = 1;
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::integer, fallback,
                 std::move(meaning));
}

Parameter flag(std::string key, std::string label, std::string group, bool fallback, std::string meaning, Parameter more) {
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::flag, fallback, std::move(meaning));
}

Parameter file(std::string key, std::string label, std::string group, std::string meaning, Parameter more) {
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::file, std::string(),
                 std::move(meaning));
}

Parameter points(std::string key, std::string label, std::string group, Points fallback, std::vector<std::string> columns,
                 double low, double high, std::size_t most, std::string meaning, Parameter more) {
    more.low = low, more.high = high, more.step = 0.01, more.columns = std::move(columns), more.maxRows = most;
    return named(std::move(more), std::move(key), std::move(label), std::move(group), Type::points, std::move(fallback),
                 std::move(meaning));
}

const std::vector<MethodText>& methodTexts() {
    static const std::vector<MethodText> all = [] {
        std::vector<MethodText> texts(methods);
        const auto put = [&](Method m, const char* name, bool first, int colour, const char* meaning) {
            texts[std::size_t(m)] = {m, toString(m), name, meaning, first, colour};
        };
        put(Method::legsScaled, "LegS", true, 0, "Legendre polynomials on the whole history, every age with the same weight");
        put(Method::legs, "constant LegS", false, 3, "The same matrix without 1/t, as S4 takes it: weight e^(-age)");
        put(Method::legt, "LegT", true, 1, "Legendre polynomials on a window");
        put(Method::lmu, "LMU", false, 4, "The same window, polynomials without their roots");
        put(Method::lagt, "LagT", true, 2, "Laguerre functions over all ages");
        put(Method::glagt, "weighted LagT", false, 4, "The generalised LagT, with a weight over ages");
        put(Method::fout, "FouT", true, 6, "Sines and cosines on a window");
        put(Method::fourierWindow, "one-sided Fourier", false, 5,
            "The same window, with half of the value that leaves it (trap T3)");
        put(Method::fourierHistory, "whole Fourier", false, 5, "Sines and cosines on the whole history");
        return texts;
    }();
    return all;
}

std::vector<Choice> constantMethods() {
    std::vector<Choice> choices;
    for (const MethodText& m : methodTexts())
        if (m.method != Method::legsScaled && m.method != Method::fourierHistory)
            choices.push_back({m.key, m.method == Method::legs ? "LegS" : m.name, m.meaning});
    return choices;
}

std::vector<Choice> trapChoices() {
    return {{"t1", "T1", "forward Euler explodes"},
            {"t2", "T2", "eigenvectors beyond float64"},
            {"t3", "T3", "half of the endpoint"},
            {"t4", "T4", "a scaling off by √2"},
            {"t5", "T5", "an order of accuracy lost"},
            {"t6", "T6", "samples from the end of the step"},
            {"t7", "T7", "the gate that is not one"},
            {"t8", "T8", "a product that underflows"},
            {"t9", "T9", "a window of two"},
            {"t11", "T11", "a phase without digits"},
            {"t14", "T14", "a step too long for an explicit scheme"},
            {"pole", "z = -1", "a pole that is a node"}};
}

} // namespace orrery::statespace
