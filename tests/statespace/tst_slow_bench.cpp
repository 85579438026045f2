// SPDX-License-Identifier: GPL-3.0-or-later
// Speeds as ratios in one run: what the lab promises (goals P1 to P5 and P7).
#include "engine/labs/statespace/bench.h"
#include "engine/labs/statespace/selective.h"
#include "tests/statespace/support.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::statespace;
using namespace orrery::statespace::test;

class TestBench : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void thePlainLoopIsTheLayer() {
        const SelectiveLayer layer = selective({.channels = 6, .states = 8}, 1);
        const Matrix u = normalMatrix(50, 6, 2);
        const Gates g = gates(layer, u);
        const auto narrow = [](const Vector& x) { return std::vector<float>(x.begin(), x.end()); };
        std::vector<float> y(300);
        selectiveLoop(narrow(g.delta.values).data(), narrow(u.values).data(), narrow(layer.A.values).data(),
                      narrow(g.B.values).data(), narrow(g.C.values).data(), narrow(layer.skip).data(), y.data(), 50, 6, 8);
        WITHIN(relative(Vector(y.begin(), y.end()), selectiveScan(layer, g, u).values), 1e-5);
    }

    void figuresKeepTheirPromises() {
        const bool cpu = orrery::test::device().isCpu();
        const std::vector<bench::Figure> figures = benchStatespace(orrery::test::device());
        const double goals[] = {cpu ? 0.35 : 0.5, cpu ? 0.8 : 0.7, 4, 8, cpu ? 4.0 : 20.0, 5, 0.5, 1};
        QCOMPARE(figures.size(), std::size(goals));
        for (std::size_t i = 0; i < figures.size(); ++i) {
            qInfo("%s: %g %s, %.2f of %s", figures[i].name.c_str(), figures[i].value, figures[i].unit.c_str(), figures[i].ratio,
                  figures[i].limit.c_str());
            QVERIFY2(figures[i].ratio >= goals[i], figures[i].name.c_str());
        }
    }
};

ORRERY_TEST_MAIN(TestBench)
#include "tst_slow_bench.moc"
