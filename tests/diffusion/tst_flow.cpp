// SPDX-License-Identifier: GPL-3.0-or-later
// The probability-flow ODE: it keeps every particle's quantile (T10), and four samplers are one and the same step in four
// coordinate systems (T11). First float64 against golden values, then the GPU on the same noise.
#include "tests/diffusion/support.h"

#include <functional>

using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

const Schedule edm{.sde = Sde::ve, .sigmaMin = 0.002, .sigmaMax = 80};

Journey flowJourney(Method method, int steps, Mistake mistake = Mistake::none) {
    JourneyOptions options;
    options.way = Way::reverse, options.method = method, options.steps = steps, options.epsilon = 0;
    options.mistake = mistake;
    return plan(edm, options);
}

/// The share of the marginal of two peaks left of x, at noise level sigma.
double quantile(double x, double sigma) {
    const double s = std::sqrt(0.04 + sigma * sigma);
    return 0.25 * (std::erfc((1 - x) / s / std::sqrt(2)) + std::erfc((-1 - x) / s / std::sqrt(2)));
}

/// Where the float64 steps lead from x.
double follow(const Journey& journey, double x, const Mixture& mixture = twoPeaks()) {
    const Reference reference(mixture, journey, 1);
    Reference::Particle p{x, 0, 0, false};
    for (std::size_t k = 0; k < journey.steps.size(); ++k) p = reference.next(p, 0, k, reference.scores(k));
    return p.x;
}

struct Golden {
    double u, noise, data;
};
const Golden golden[] = {
    {0.3, -41.9554497141, -0.9493280460}, {0.1, -102.5324552735, -1.1683326627}, {0.49, -2.0056756142, -0.5892296809}};

bool hasOrder(Method method, double order, Mistake mistake = Mistake::none) {
    for (const Golden& g : golden) {
        const auto error = [&](int n) { return std::abs(follow(flowJourney(method, n, mistake), g.noise) - g.data); };
        if (!(std::abs(std::log2(error(400) / error(800)) - order) < 0.1) || !(error(800) < 0.02)) return false;
    }
    return true;
}

// --- T11 --------------------------------------------------------------------------------------------------------------

std::vector<double> karras(int nodes, double low = 0.002, double high = 80, double rho = 7) {
    std::vector<double> sigma;
    for (int i = 0; i < nodes; ++i)
        sigma.push_back(
            std::pow(std::pow(high, 1 / rho) + i / (nodes - 1.0) * (std::pow(low, 1 / rho) - std::pow(high, 1 / rho)), rho));
    return sigma;
}

/// One sampler in its own coordinates x = alpha(sigma) x_edm, as steps of the lab.
struct Sampler {
    const char* name;
    std::function<double(double)> alpha;                                                           ///< of the EDM noise level
    std::function<std::pair<double, double>(double a, double s, double b, double r)> coefficients; ///< keep, pull
};

/// (a, s): alpha and deviation at the step's start; (b, r): at its end.
const Sampler samplers[] = {
    {"Euler of EDM", [](double) { return 1.0; },
     [](double, double s, double, double r) { return std::pair(1.0, s * (s - r)); }}, // d = (x - D)/s = -s score
    {"DDIM of VP", [](double sigma) { return 1 / std::sqrt(1 + sigma * sigma); },
     [](double a, double s, double b, double r) { // x0 = (x + s^2 score)/a, eps = -s score: x' = b x0 + r eps
         return std::pair(b / a, b * s * s / a - r * s);
     }},
    {"Euler of the flow", [](double sigma) { return 1 / (1 + sigma); },
     [](double a, double s, double b, double r) { // x_t = a data + s noise with a + s = 1: v = x0 - eps, x' = x + (b - a) v
         (void)r;
         return std::pair(1 + (b - a) / a, (b - a) * (s * s / a + s));
     }},
    {"DPM-Solver-1", [](double sigma) { return 1 / std::sqrt(1 + sigma * sigma); },
     [](double a, double s, double b, double r) { // x' = (b/a) x - r (e^h - 1) eps, h the step of ln(alpha/sigma)
         const double h = std::log(b / r) - std::log(a / s);
         return std::pair(b / a, r * std::expm1(h) * s);
     }},
};

Journey mapped(const Sampler& sampler) {
    const std::vector<double> sigma = karras(20);
    Journey journey;
    journey.fromPrior = true;
    journey.startDeviation = 80 * sampler.alpha(80);
    journey.times = sigma;
    for (std::size_t i = 0; i + 1 < sigma.size(); ++i) {
        const double a = sampler.alpha(sigma[i]), b = sampler.alpha(sigma[i + 1]);
        Step step;
        std::tie(step.keep, step.pull) = sampler.coefficients(a, a * sigma[i], b, b * sigma[i + 1]);
        step.alpha = a, step.variance = a * a * sigma[i] * sigma[i];
        journey.steps.push_back(step);
    }
    return journey;
}

double endAt(const Sampler& sampler) { return follow(mapped(sampler), 37 * sampler.alpha(80)) / sampler.alpha(0.002); }

} // namespace

class TestFlow : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void goldenQuantiles() {
        for (const Golden& g : golden) {
            QVERIFY(std::abs(quantile(g.noise, 80) - g.u) < 1e-12);
            QVERIFY(std::abs(quantile(g.data, 0.002) - g.u) < 1e-9);
        }
    }

    void orders() {
        QVERIFY(hasOrder(Method::ode, 1));
        QVERIFY(hasOrder(Method::heun, 2));
    }

    void ordersCatchFaults() {
        QVERIFY(!hasOrder(Method::ode, 2));
        for (const Mistake mistake : {Mistake::sign, Mistake::noG2, Mistake::half}) QVERIFY(!hasOrder(Method::heun, 2, mistake));
    }

    void heunReachesTheGoldenValues() {
        for (const Golden& g : golden) {
            const double coarse = follow(flowJourney(Method::heun, 4000), g.noise),
                         fine = follow(flowJourney(Method::heun, 8000), g.noise);
            QVERIFY2(std::abs(fine + (fine - coarse) / 3 - g.data) < 1e-9,
                     qPrintable(QString::number(fine + (fine - coarse) / 3 - g.data))); // Richardson
        }
    }

    void gpuKeepsTheQuantiles() {
        const Journey journey = flowJourney(Method::heun, 200);
        Run run(twoPeaks(), journey, 256);
        const std::vector<float> noise = run.at(0), data = run.at(200);
        int kept = 0;
        for (std::size_t i = 0; i < 256; ++i) {
            // Second-order steps leave their own error, largest where the peaks part: measured in float64 on this place.
            const double own = std::abs(quantile(follow(journey, noise[2 * i]), 0.002) - quantile(noise[2 * i], 80));
            if (std::abs(quantile(data[2 * i], 0.002) - quantile(noise[2 * i], 80)) < own + 1e-3) ++kept;
        }
        QVERIFY(kept >= 254); // a particle on the watershed may be decided by rounding
        QVERIFY(compare(run, twoPeaks(), journey, {200}, 256).ratio <= 1);
        Run wrong(twoPeaks(), flowJourney(Method::heun, 200, Mistake::half), 256);
        const std::vector<float> lost = wrong.at(200);
        int same = 0;
        for (std::size_t i = 0; i < 256; ++i) same += std::abs(quantile(lost[2 * i], 0.002) - quantile(noise[2 * i], 80)) < 0.02;
        QVERIFY(same < 128);
    }

    void fourSamplersAreOne() {
        for (const Sampler& sampler : samplers) {
            const double end = endAt(sampler);
            QVERIFY2(printed(end, 0.87728323998, 1e-11), sampler.name);
            QVERIFY2(std::abs(end - endAt(samplers[0])) < 1e-12, sampler.name);
        }
        Sampler wrong = samplers[1];
        wrong.coefficients = [](double a, double s, double b, double r) { return std::pair(b / a, b * s * s / a + r * s); };
        QVERIFY(std::abs(endAt(wrong) - 0.87728323998) > 1e-3);
    }

    void fourSamplersAreOneOnTheGpu() {
        std::vector<std::vector<double>> ends;
        for (const Sampler& sampler : samplers) {
            const Journey journey = mapped(sampler);
            Run run(twoPeaks(), journey, 256);
            const Deviation deviation = compare(run, twoPeaks(), journey, {10, 19}, 256);
            QVERIFY2(deviation.ratio <= 1, sampler.name);
            QVERIFY(deviation.lost < 8);
            ends.emplace_back();
            for (const float x : run.at(19)) ends.back().push_back(x / sampler.alpha(0.002));
        }
        // The same noise goes to the same place by all four, as far as float32 carries (P14: x0 = x + s^2 score subtracts
        // numbers of size 80).
        int apart = 0;
        for (std::size_t i = 0; i < ends[0].size(); ++i)
            for (const auto& end : ends) apart += std::abs(end[i] - ends[0][i]) > 1e-3;
        QVERIFY2(apart <= 4, qPrintable(QString::number(apart)));
    }
};

ORRERY_TEST_MAIN(TestFlow)
#include "tst_flow.moc"
