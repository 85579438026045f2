// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/lab/fake_lab.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::lab;

class JobsTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void runsToTheEndInOrder() {
        Jobs jobs;
        std::string log;
        double a = 0, b = 0;
        jobs.add({"A", "rows", 100, [&](double) { return log += 'a', a += 0.5; }, [&] { log += 'A'; }});
        jobs.add({"B", "rows", 100, [&](double) { return log += 'b', b += 0.5; }, [&] { log += 'B'; }});
        for (int i = 0; i < 10; ++i) jobs.run(5);
        QCOMPARE(log, std::string("aaAbbB"));
        QVERIFY(jobs.empty());
    }

    void budgetIsPassedOn() {
        Jobs jobs;
        double seen = 0;
        jobs.add({"A", "rows", 1, [&](double budget) { return seen = budget, 1.0; }});
        jobs.run(7.5);
        QCOMPARE(seen, 7.5);
    }

    void statusSaysHowFar() {
        Job job("Reading a.csv", "rows", 1e6, [](double) {
            QTest::qWait(20);
            return 0.25;
        });
        QVERIFY(job.secondsLeft() < 0);
        job.run(1);
        const QString status = QString::fromStdString(job.status());
        QVERIFY2(status.startsWith("Reading a.csv  25 %"), qPrintable(status));
        QVERIFY2(status.contains("rows/s") && status.contains("s left"), qPrintable(status));
        QVERIFY(job.rate() > 1e5 && job.rate() < 0.25e6 / 0.02);
        QVERIFY(std::abs(job.secondsLeft() - 0.75e6 / job.rate()) < 0.01);
    }

    void cancelledJobsNeverFinish() {
        Jobs jobs;
        int finished = 0, slices = 0;
        Job& job = jobs.add({"A", "rows", 1, [&](double) { return ++slices, 0.5; }, [&] { ++finished; }});
        jobs.run(1);
        job.cancel();
        jobs.run(1);
        QCOMPARE(slices, 1);
        QCOMPARE(finished, 0);
        QVERIFY(jobs.empty());
    }

    void cancelAllFromWithinASlice() {
        Jobs jobs;
        int finished = 0;
        jobs.add({"A", "rows", 1, [&](double) { return jobs.cancelAll(), 1.0; }, [&] { ++finished; }});
        jobs.add({"B", "rows", 1, [&](double) { return 1.0; }, [&] { ++finished; }});
        jobs.run(1);
        QCOMPARE(finished, 0);
        QVERIFY(jobs.empty());
    }

    void finishedMayAddTheNext() {
        Jobs jobs;
        bool second = false;
        jobs.add({"A", "rows", 1, [](double) { return 1.0; },
                  [&] {
                      for (int i = 0; i < 20; ++i) jobs.add({"B", "rows", 1, [&](double) { return second = true, 1.0; }});
                  }});
        jobs.run(1);
        QVERIFY(!second);
        jobs.run(1);
        QVERIFY(second);
        QCOMPARE(jobs.all().size(), std::size_t(19));
    }

    void errorEndsThatJobOnly() {
        Jobs jobs;
        bool other = false;
        jobs.add({"A", "rows", 1, [](double) -> double { throw Error("row 3 is not a number"); }});
        jobs.add({"B", "rows", 1, [&](double) { return other = true, 1.0; }});
        QCOMPARE(test::errorOf([&] { jobs.run(1); }), std::string("row 3 is not a number"));
        QCOMPARE(jobs.all().size(), std::size_t(1));
        jobs.run(1);
        QVERIFY(other);
    }
};

QTEST_GUILESS_MAIN(JobsTest)
#include "tst_jobs.moc"
