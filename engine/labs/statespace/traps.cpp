// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/traps.h"

#include "engine/labs/statespace/diagonal.h"
#include "engine/labs/statespace/kernel.h"
#include "engine/labs/statespace/legs.h"
#include "engine/labs/statespace/optimum.h"
#include "engine/labs/statespace/selective.h"
#include "engine/labs/statespace/signals.h"
#include "engine/labs/statespace/structure.h"
#include "engine/labs/statespace/sweep.h"

#include <cstdio>
#include <numbers>

namespace orrery::statespace {

namespace {

constexpr double pi = std::numbers::pi;

template <class... Values>
std::string words(const char* format, Values... values) {
    char text[320];
    std::snprintf(text, sizeof text, format, values...);
    return text;
}
long long number(std::int64_t n) { return static_cast<long long>(n); }

} // namespace

Finding eulerExplodes(std::int64_t N) {
    double peaks[2] = {};
    const LegsStep steps[2] = {LegsStep::forwardEuler, LegsStep::midpoint};
    for (int i = 0; i < 2; ++i) {
        Vector x(static_cast<std::size_t>(N));
        for (std::int64_t k = 0; k < 4 * N; ++k) {
            advance(steps[i], x, std::sin(2 * pi * 5 * (double(k) + 0.5) / double(4 * N)), k);
            peaks[i] = std::max(peaks[i], largestMagnitude(x));
        }
    }
    return {
        "T1",
        "Forward Euler explodes",
        words(
            "Forward Euler multiplies state n by 1 - (n + 1) / k, beyond -1 while k < N: with N = %lld a coefficient of a signal "
            "within 1 reached %.1e.",
            number(N), peaks[0]),
        "Take a bilinear, backward Euler or exact step: they are stable from the first sample on.",
        peaks[0],
        peaks[1],
        peaks[0] > 1e3,
        "largest coefficient"};
}

Finding eigenvectorsExplode(std::int64_t N) {
    const Conditioning c = conditioning(hippo(Method::legs, N));
    return {"T2",           "Eigenvectors beyond float64",
            c.sentence,     "Diagonalise the normal part, whose eigenvectors are unitary, and add the low rank part back.",
            c.log10Largest, 0,
            c.hopeless,     "log10 of the largest entry"};
}

Finding endpointHalved(std::int64_t N, double band, std::uint64_t seed) {
    const double dt = 1.0 / 2048, duration = 16;
    const Signal u = noise(band, 1, seed, std::int64_t(duration / dt), dt);
    double errors[3] = {}, power = 0;
    const Method methods[2] = {Method::fourierWindow, Method::fout};
    int looks = 0;
    for (std::size_t from = u.samples.size() / 4; from + 2048 <= u.samples.size(); from += 2048, ++looks) {
        const std::span<const double> past = std::span(u.samples).first(from + 2048);
        for (int i = 0; i < 2; ++i) {
            const System s = hippo(methods[i], N);
            Vector x(static_cast<std::size_t>(N));
            const BlockStepper stepper(discretise(s, Scheme::zoh, dt));
            stepper.step(x, past.last(std::min<std::size_t>(past.size(), 8 * 2048)));
            errors[i] += errorOf(s, x, past.last(2048), dt);
        }
        const Projection best = project(hippo(Method::fout, N), past.last(2048), dt);
        errors[2] += best.error, power += best.power;
    }
    for (double& e : errors) e = std::sqrt(e / power);
    return {"T3",
            "Half of the endpoint",
            words("At a jump a Fourier sum tends to the mean of both sides. Taken for the value that leaves the window it gives "
                  "an error of "
                  "%.0f %%; as 2 sum - u(t) it gives %.1f %%, and no %lld numbers of this basis can do better than %.1f %%.",
                  100 * errors[0], 100 * errors[1], number(N), 100 * errors[2]),
            "Take 2 sum - u(t) for the value that leaves the window (FouT).",
            errors[0],
            errors[1],
            errors[0] > 2 * errors[1],
            "error"};
}

Finding scalingOff(std::int64_t N) {
    // Orthonormal on [-1, 1]: B_n = (2 / w) sqrt((2n + 1) / 2); x = c / lambda.
    double ratios[2] = {};
    const System lmu = hippo(Method::lmu, N);
    for (std::int64_t n = 0; n < N; ++n) {
        const double own = 2 * std::sqrt(double(2 * n + 1) / 2), wanted = std::abs(lmu.B[std::size_t(n)]);
        ratios[0] = std::max(ratios[0], wanted / (own / (2 / rootOf(n))));
        ratios[1] = std::max(ratios[1], wanted / (own / std::sqrt(2 / double(2 * n + 1))));
    }
    return {"T4",
            "A scaling off by √2",
            words("Scaled by 2 / sqrt(2n + 1), LegT's input weights miss LMU's by a factor of %.6f.", ratios[0]),
            "Scale by sqrt(2 / (2n + 1)).",
            ratios[0],
            ratios[1],
            std::abs(ratios[0] - 1) > 1e-9,
            "factor"};
}

Finding orderLost(std::int64_t L) {
    const auto order = [&](LegsStep step) { return std::log2(convergenceError(step, L) / convergenceError(step, 2 * L)); };
    const double published = order(LegsStep::bilinear), logTime = order(LegsStep::logTime);
    return {"T5",
            "An order of accuracy lost",
            words("With 1 / k for ln((k + 1) / k) the error falls as the number of samples to the power of -%.2f; with the "
                  "logarithm to "
                  "the power of -%.2f, at the same cost.",
                  published, logTime),
            "Step by ln((k + 1) / k) or 1 / (k + 1/2), the same on both sides.",
            published,
            logTime,
            published < 1.5 && logTime > 1.5,
            "order"};
}

Finding sampledAtTheEnd(std::int64_t L) {
    const System s = hippo(Method::legs, 8);
    const double delta = 1 / double(L);
    const BlockStepper stepper(discretise(s, Scheme::zoh, delta));
    // Truth: midpoints of a grid so fine that its own error is out of sight.
    constexpr std::int64_t finer = 64;
    Vector truth, ends, middles;
    BlockStepper(discretise(s, Scheme::zoh, delta / finer)).step(truth, smoothSamples(finer * L));
    stepper.step(ends, smoothSamples(L, 1)), stepper.step(middles, smoothSamples(L));
    const double end = relative(ends, truth), middle = relative(middles, truth);
    return {"T6",
            "Samples from the end of the step",
            words("Holding the sample from the right end of each step shifts the signal by half a step: an error of %.1e with "
                  "%lld samples; the "
                  "middle gives %.1e.",
                  end, number(L), middle),
            "Let samples stand at the middles of their steps, or average over them.",
            end,
            middle,
            end > 10 * middle,
            "error"};
}

Finding gateIsEuler(double z) {
    const double step = softplus(z), gate = 1 / (1 + std::exp(-z));
    const auto error = [&](InputRule rule) {
        return std::abs(inputFactor(rule, step, -1) - gate) + std::abs(std::exp(-step) - (1 - gate));
    };
    return {"T7",
            "The gate that is not one",
            words("With Mamba's shipped Euler input the factor of x is Delta = softplus(z) = %.4f, not sigmoid(z) = %.4f: the "
                  "state is no mean "
                  "of what it was and what comes.",
                  step, gate),
            "Use ZOH's input factor, for which 1 - e^(-softplus(z)) = sigmoid(z).",
            error(InputRule::euler),
            error(InputRule::zoh),
            error(InputRule::euler) > 1e-6,
            "distance from the gate"};
}

Finding productUnderflows(double rate, std::int64_t L) {
    const Vector a(std::size_t(L), std::exp(-rate)), b(std::size_t(L), 1.0);
    const DividedScan divided = scannedByDivision(a, b);
    const bool bad = divided.firstBad >= 0;
    return {"T8",
            "A product that underflows",
            bad ? words("Dividing by the product of all factors ends in NaN at step %lld, where e^(-%.0f) has left float32.",
                        static_cast<long long>(divided.firstBad), divided.decayed)
                : words("Over %lld steps the product of the factors stays within float32.", number(L)),
            "Scan pairs (a, b); nothing is ever divided.",
            double(divided.firstBad),
            -1,
            bad,
            "first step that is NaN"};
}

Finding windowIsTwo(std::int64_t N) {
    System halved = hippo(Method::legt, N);
    for (double& a : halved.A.values) a /= 2;
    for (double& b : halved.B) b /= 2;
    const double dt = 1.0 / 1024;
    const Signal u = sines({{1.3, 1, 0.4}}, 8192, dt);
    Vector x;
    BlockStepper(discretise(halved.A, halved.B, Scheme::zoh, dt)).step(x, u.samples);
    const auto error = [&](double theta) {
        const System s = hippo(Method::legt, N, {.theta = theta});
        const auto window = std::span(u.samples).last(std::size_t(theta / dt));
        return std::sqrt(errorOf(s, x, window, dt) / 0.5);
    };
    const double one = error(1), two = error(2);
    return {"T9",
            "A window of two",
            words("Halved A and B, as one published file has them, remember a window of 2 units. Read as 1 unit the error is "
                  "%.0f %%, read as 2 "
                  "it is %.2g %%.",
                  100 * one, 100 * two),
            "Divide by the window you mean: A / theta, B / theta.",
            one,
            two,
            one > 10 * two,
            "error"};
}

Finding phaseLost(std::int64_t N, double delta, std::int64_t L) {
    const Diagonal d = diagonal(DiagonalInit::legs, N, 1);
    const PhaseLoss loss = phaseLoss(delta * d.lambda[0].imag(), L);
    return {"T11",
            "A phase without digits",
            words("After %lld steps the fastest state has turned by %.3g radians; as a float32 its cosine is off by %.1e, as "
                  "turns in a uint32 "
                  "by %.1e.",
                  number(L), loss.angle, loss.byFloat, loss.byTurns),
            "Count turns in a uint32, which wraps for nothing.",
            loss.byFloat,
            loss.byTurns,
            loss.byFloat > 1e-3,
            "error of a cosine"};
}

Finding explicitNeedsSmallSteps(std::int64_t N, double delta) {
    const ComplexVector lambda = eigenvalues(hippo(Method::legs, N).A);
    const Stability euler = stability(lambda, Scheme::forwardEuler, delta), cure = stability(lambda, Scheme::bilinear, delta);
    return {"T14",          "A step too long for an explicit scheme",
            euler.sentence, "Keep \xCE\x94 N below 2, or take an implicit scheme.",
            euler.radius,   cure.radius,
            !euler.stable,  "growth per step"};
}

Finding poleAtMinusOne(std::int64_t N) {
    const System s = hippo(Method::legs, N);
    const Vector C(std::size_t(N), 1.0);
    constexpr double delta = 0.02;
    const Dplr d = dplr(s, C, delta, 64);
    const Complex published = generatingByDplr(d, -1, CauchyForm::published),
                  exact = generating(discretise(s, Scheme::bilinear, delta), C, 64, -1);
    const bool lost = !std::isfinite(std::abs(published));
    const double apart = std::abs(generatingByDplr(d, -1) - exact) / std::abs(exact);
    return {
        "z = -1",
        "A pole that is a node",
        words(
            "At z = -1, a node of every even length, (1 - z) / (1 + z) is infinite and the kernel's spectrum there is no number. "
            "Multiplied through by 1 + z it is off by %.1e of itself.",
            apart),
        "Multiply numerator and denominator by 1 + z: no node is special then.",
        lost ? 0 : std::abs(published),
        apart,
        lost,
        "error at z = -1"};
}

std::vector<Finding> findings() {
    return {eulerExplodes(32),
            eigenvectorsExplode(32),
            endpointHalved(32, 2, 1),
            scalingOff(16),
            orderLost(4096),
            sampledAtTheEnd(512),
            gateIsEuler(1),
            productUnderflows(0.5, 1024),
            windowIsTwo(32),
            phaseLost(64, 0.1, 1024),
            explicitNeedsSmallSteps(64, 0.1),
            poleAtMinusOne(32)};
}

} // namespace orrery::statespace
