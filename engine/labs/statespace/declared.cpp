// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/declared.h"

namespace orrery::statespace {

using namespace lab;

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
