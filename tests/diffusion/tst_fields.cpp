// SPDX-License-Identifier: GPL-3.0-or-later
// What the GPU evaluates on grids and sums up, against float64: density and score cell by cell, Stein's identities (T19) by
// quadrature over the GPU's own numbers, moments and log densities.
#include "engine/labs/diffusion/fields.h"
#include "engine/labs/diffusion/likeness.h"
#include "engine/labs/diffusion/measures.h"
#include "engine/labs/diffusion/rounding.h"
#include "tests/diffusion/support.h"

#include <functional>

using namespace orrery;
using namespace orrery::diffusion;
using namespace orrery::diffusion::test;

namespace {

using Cell = std::array<double, 3>; // score, ln density
using Evaluate = std::function<Cell(const Cell&, double x, double y)>;

const FieldGrid wide{-8, -8, 8, 8, 320, 320};

struct Place {
    double x, y;
};
Place centre(const FieldGrid& g, std::size_t cell) {
    return {g.lowX + (double(cell % g.width) + 0.5) * (g.highX - g.lowX) / g.width,
            g.lowY + (double(cell / g.width) + 0.5) * (g.highY - g.lowY) / g.height};
}

std::vector<Cell> fieldOf(const Mixture& mixture, const FieldGrid& grid, double alpha, double variance) {
    gpu::Device& device = orrery::test::device();
    const auto data = std::make_shared<DataBuffers>(device, mixture);
    Fields fields(device, kernels());
    fields.reset(data);
    gpu::Recorder recorder = device.record("test");
    const gpu::Download download = recorder.download(fields.field(recorder, Fields::heat, grid, alpha, variance));
    device.wait(device.submit(std::move(recorder)));
    const auto v = download.as<float>();
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < std::size_t(grid.width) * grid.height; ++i)
        cells.push_back({v[4 * i], v[4 * i + 1], v[4 * i + 2]});
    return cells;
}

/// E_p[s] = 0, E_p[x . s] = -2, and the density's sum is 1, from the GPU's cells changed by `change`.
bool stein(const std::vector<Cell>& cells, const FieldGrid& grid, const Evaluate& change) {
    const double area = (grid.highX - grid.lowX) * (grid.highY - grid.lowY) / (double(grid.width) * grid.height);
    double mass = 0, sx = 0, sy = 0, xs = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Place at = centre(grid, i);
        const Cell c = change(cells[i], at.x, at.y);
        const double p = std::exp(c[2]) * area;
        mass += p, sx += p * c[0], sy += p * c[1], xs += p * (at.x * c[0] + at.y * c[1]);
    }
    // Each number carries some ten float32 roundings; exponents reach 30, so densities some 2e-6.
    const double tolerance = 1e-5;
    return std::abs(mass - 1) < tolerance && std::abs(sx) < tolerance && std::abs(sy) < tolerance && std::abs(xs + 2) < tolerance;
}

} // namespace

class TestFields : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void cellsAreTheClosedForm() {
        const FieldGrid grid{-3, -2, 2.5, 3, 61, 43}; // no multiple of anything
        for (const auto& [alpha, variance] : {std::pair{1.0, 1e-4}, {0.8, 0.2}, {0.01, 0.9999}}) {
            const std::vector<Cell> cells = fieldOf(uneven(), grid, alpha, variance);
            const Marginal exact(uneven(), alpha, variance);
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const Place at = centre(grid, i);
                // The cell's place itself is rounded: its share is the slope of the score, and the score.
                const double shift = 4 * rounding::unit * (std::abs(at.x) + std::abs(at.y) + 3);
                const Marginal::Value v = exact.at(at.x, at.y);
                const double slope = std::abs(v.hessian[0]) + 2 * std::abs(v.hessian[1]) + std::abs(v.hessian[2]);
                const double size = std::hypot(v.score[0], v.score[1]);
                QVERIFY(std::hypot(cells[i][0] - v.score[0], cells[i][1] - v.score[1]) <= 2 * v.rounding + slope * shift);
                QVERIFY(std::abs(cells[i][2] - v.logDensity) <=
                        size * shift + 20 * rounding::unit * (10 + std::abs(v.logDensity)));
            }
        }
    }

    void steinIdentities() {
        const std::vector<Cell> cells = fieldOf(uneven(), wide, 0.9, 0.1);
        const auto with = [](double factor, double shift, double density) {
            return [=](const Cell& c, double, double) { return Cell{factor * c[0] + shift, factor * c[1], c[2] + density}; };
        };
        QVERIFY(stein(cells, wide, with(1, 0, 0)));
        QVERIFY(!stein(cells, wide, with(-1, 0, 0)));
        QVERIFY(!stein(cells, wide, with(0.5, 0, 0)));
        QVERIFY(!stein(cells, wide, with(1, 1e-3, 0)));
        QVERIFY(!stein(cells, wide, with(1, 0, 1e-3)));
        // Score of another time than the density's.
        const std::vector<Cell> other = fieldOf(uneven(), wide, 0.89, 0.1);
        std::vector<Cell> mixed = cells;
        for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i][0] = other[i][0], mixed[i][1] = other[i][1];
        QVERIFY(!stein(mixed, wide, with(1, 0, 0)));
    }

    void fieldsAreMadeOnce() {
        gpu::Device& device = orrery::test::device();
        const auto data = std::make_shared<DataBuffers>(device, uneven());
        Fields fields(device, kernels());
        fields.reset(data);
        const FieldGrid grid{-1, -1, 1, 1, 16, 16};
        const auto evaluated = [&](const char* name, Fields::Which which, double variance) {
            gpu::Recorder recorder = device.record(name);
            fields.field(recorder, which, grid, 1, variance);
            device.wait(device.submit(std::move(recorder)));
            for (const gpu::Timing& timing : device.timings(name))
                if (timing.name == "diffusion/field") return true;
            return false;
        };
        QVERIFY(evaluated("first", Fields::heat, 0.1));
        QVERIFY(!evaluated("again", Fields::heat, 0.1));
        QVERIFY(evaluated("other grid", Fields::arrows, 0.1));
        QVERIFY(evaluated("other time", Fields::heat, 0.2));
        QVERIFY(!evaluated("other grid again", Fields::heat, 0.2));
    }

    void momentsAreTheSums() {
        for (const std::uint32_t count : {2u, 100u, 5000u, 40000u}) {
            Run run(uneven(), journeyOf(Way::forward, 3), count);
            Measures measures(orrery::test::device(), kernels());
            measures.reset(count);
            const std::vector<float> places = run.at(2);
            gpu::Recorder recorder = orrery::test::device().record("test");
            measures.arrived(recorder, run.particles(), 2);
            measures.flush(recorder, run.particles());
            orrery::test::device().wait(orrery::test::device().submit(std::move(recorder)));
            const std::vector<Measured> all = measures.collect();
            QCOMPARE(all.size(), std::size_t(1));
            for (std::size_t axis = 0; axis < 2; ++axis) {
                double mean = 0, variance = 0;
                for (std::size_t i = axis; i < places.size(); i += 2) mean += places[i] / count;
                for (std::size_t i = axis; i < places.size(); i += 2)
                    variance += (places[i] - mean) * (places[i] - mean) / (count - 1);
                QVERIFY(std::abs(all[0].mean[axis] - mean) < 1e-6);
                QVERIFY(std::abs(all[0].variance[axis] - variance) < 1e-5);
            }
        }
    }

    /// Exact draws look like exact draws; a crumbled cloud of the same mean and variance does not.
    void likenessSeesShapes() {
        gpu::Device& device = orrery::test::device();
        const Mixture peaks = {{{-1, 0, 0.05, 0.5}, {1, 0, 0.05, 0.5}}};
        const auto compared = [&](const Mixture& cloud, std::uint64_t seed) {
            Run run(cloud, journeyOf(Way::forward, 1), 4096, seed);
            run.to(0);
            const auto data = std::make_shared<DataBuffers>(device, peaks);
            Likeness likeness(device, kernels());
            likeness.reset(data, 4096, 7);
            gpu::Recorder recorder = device.record("test");
            likeness.compare(recorder, run.particles().places(), 0, {1, 0}, 1, 0);
            device.wait(device.submit(std::move(recorder)));
            likeness.collect();
            return *likeness.at(0);
        };
        for (const std::uint64_t seed : {7u, 8u, 9u}) {
            const Likeness::Result same = compared(peaks, seed);
            QVERIFY(std::abs(same.particles - same.exact) < same.band);
        }
        const Likeness::Result blurred = compared({{{0, 0, 1, 1}}}, 7),
                               sharp = compared({{{-1, 0, 0.02, 0.5}, {1, 0, 0.02, 0.5}}}, 7);
        QVERIFY(blurred.particles - blurred.exact < -blurred.band);
        QVERIFY(sharp.particles - sharp.exact > sharp.band);
        const double entropy = -std::log(2 * M_PI * 0.0025) - std::log(2.0) - 1; // of two peaks that do not touch
        QVERIFY(std::abs(compared(peaks, 7).exact - entropy) < 5 / 64.0);
    }
};

ORRERY_TEST_MAIN(TestFields)
#include "tst_fields.moc"
