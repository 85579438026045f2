// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/lab/fake_lab.h"
#include "tests/support/test_main.h"

using namespace orrery;
using namespace orrery::lab;
using orrery::test::errorOf;
using orrery::test::FakeLab;

namespace {

struct Fixture {
    FakeLab* lab = nullptr;
    std::unique_ptr<Session> session;
    Fixture() {
        auto made = std::make_unique<FakeLab>();
        lab = made.get();
        session = std::make_unique<Session>(test::device(), std::move(made));
    }
    Session* operator->() { return session.get(); }
    bool frame(double seconds = 0.016, double budget = 8) {
        gpu::Recorder recorder = test::device().record("test");
        return session->update(recorder, seconds, budget);
    }
};

} // namespace

class SessionTest : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void startsWithEverythingChanged() {
        Fixture f;
        QCOMPARE(f.lab->lastChanged.size(), f.lab->declaration().parameters.size());
        QCOMPARE(f->transport().steps(), 100);
        QVERIFY(!f->canUndo() && !f->canRedo());
    }

    void undoRedo() {
        Fixture f;
        f->set("beta_max", 30.0);
        f->setSeed(9);
        QCOMPARE(f.lab->lastChanged, std::vector<std::string>());
        QCOMPARE(f->undoLabel(), std::string("Seed"));
        f->undo();
        QCOMPARE(f->seed(), std::uint64_t(1));
        QCOMPARE(f->undoLabel(), std::string("beta max"));
        f->undo();
        QCOMPARE(f->settings().number("beta_max"), 20.0);
        QCOMPARE(f.lab->lastChanged, std::vector<std::string>{"beta_max"});
        QVERIFY(!f->canUndo());
        f->redo(), f->redo();
        QCOMPARE(f->settings().number("beta_max"), 30.0);
        QCOMPARE(f->seed(), std::uint64_t(9));
        f->undo();
        f->set("beta_min", 0.2); // a new branch: nothing to redo
        QVERIFY(!f->canRedo());
    }

    void sameValueIsNoEntry() {
        Fixture f;
        const auto revision = f->revision();
        f->set("beta_max", 20.0);
        QVERIFY(!f->canUndo());
        QCOMPARE(f->revision(), revision);
    }

    void gestureIsOneEntry() {
        Fixture f;
        f->beginGesture();
        for (int i = 1; i <= 20; ++i) f->set("beta_max", 20.0 + i);
        f->endGesture();
        f->set("beta_max", 45.0);
        f->undo();
        QCOMPARE(f->settings().number("beta_max"), 40.0);
        f->undo();
        QCOMPARE(f->settings().number("beta_max"), 20.0);
        QVERIFY(!f->canUndo());
        f->redo();
        QCOMPARE(f->settings().number("beta_max"), 40.0);
    }

    void refusedChangesNothing() {
        Fixture f;
        f->set("beta_min", 4.0);
        f->transport().seek(50);
        const auto revision = f->revision();
        int told = 0;
        f->changed = [&] { ++told; };
        QCOMPARE(errorOf([&] { f->set("beta_max", 1.0); }), std::string("beta_min is above beta_max"));
        QVERIFY(!errorOf([&] { f->set({{"sde", std::string("ve")}, {"beta_max", 999.0}}); }).empty());
        QCOMPARE(f->settings().number("beta_max"), 20.0);
        QCOMPARE(f->settings().text("sde"), std::string("vp"));
        QCOMPARE(f->revision(), revision);
        QCOMPARE(f->transport().target(), 50);
        QCOMPARE(told, 0);
        QCOMPARE(f->undoLabel(), std::string("beta min"));
        f->set({{"beta_max", 3.0}, {"beta_min", 0.5}}, "Both");
        QCOMPARE(told, 1);
        QCOMPARE(f->undoLabel(), std::string("Both"));
    }

    void whatAppliesAtResetRunsAgainToTheSameMoment() {
        Fixture f;
        f->transport().play();
        f->transport().seek(50);
        f->set("beta_min", 0.2); // live
        f->set("glow", false);   // view
        QCOMPARE(f->transport().target(), 50);
        f->set("steps", std::int64_t(200)); // live, keeps the share
        QCOMPARE(f->transport().target(), 100);
        f->runTo(100);
        f->set("beta_max", 21.0); // reset
        QCOMPARE(f->lab().position(), 0);
        QCOMPARE(f->transport().target(), 100);
        f->runTo(f->transport().target());
        QCOMPARE(f->lab().position(), 100);
    }

    void historyIsBounded() {
        Fixture f;
        for (int i = 0; i < 700; ++i) f->set("beta_max", 1.0 + i * 0.01);
        int undone = 0;
        while (f->canUndo()) f->undo(), ++undone;
        QCOMPARE(undone, 500);
        QCOMPARE(f->settings().number("beta_max"), 1.0 + 199 * 0.01);
    }

    void framesFollowTheTransport() {
        Fixture f;
        QVERIFY(f.frame());  // the first one shows something new
        QVERIFY(!f.frame()); // then nothing changes
        f->transport().seek(50);
        QVERIFY(f.frame(0.016, 8));
        QCOMPARE(f.lab->at, 8);
        for (int i = 0; i < 10; ++i) f.frame();
        QCOMPARE(f.lab->at, 50);
        QVERIFY(!f.frame());
        f->set("glow", false);
        QVERIFY(f.frame());
        QVERIFY(f.lab->collected >= 14);
    }

    void jobsTakeTheirShare() {
        Fixture f;
        double budget = 0, done = 0;
        f.lab->work.add({"A", "rows", 1, [&](double ms) { return budget = ms, done += 0.5; }});
        f->transport().seek(50);
        QVERIFY(f.frame(0.016, 9));
        QVERIFY(std::abs(budget - 3) < 1e-9);
        QCOMPARE(f.lab->at, 6);
    }

    void runToWaitsForJobs() {
        Fixture f;
        double done = 0;
        bool early = false;
        f.lab->work.add({"A", "rows", 1, [&](double) { return early |= f.lab->at > 0, done += 0.1; }});
        int last = -1;
        f->runTo(70, [&](int position) { last = position; });
        QVERIFY(!early && done > 0.99);
        QCOMPARE(f.lab->at, 70);
        QCOMPARE(last, 70);
        QCOMPARE(f->transport().target(), 70);
        f->runTo(1000);
        QCOMPARE(f.lab->at, 100);
        f->runTo(3);
        QCOMPARE(f.lab->at, 3);
    }

    void runToStopsOnError() {
        Fixture f;
        f.lab->work.add({"A", "rows", 1, [](double) -> double { throw Error("bad file"); }});
        QCOMPARE(errorOf([&] { f->runTo(5); }), std::string("bad file"));
    }

    void changeWhoseJobFailsIsTakenBack() {
        Fixture f;
        f->set("beta_max", 30.0);
        f->set({{"sde", std::string("ve")}, {"file", std::string("long.csv")}}, "long.csv");
        f.frame(), f.frame();
        QCOMPARE(f->settings().text("file"), std::string("long.csv"));
        QCOMPARE(errorOf([&] { f.frame(); }), std::string("long.csv, row 9: not a number"));
        QCOMPARE(f->settings().text("file"), std::string());
        QCOMPARE(f->settings().text("sde"), std::string("vp"));
        QCOMPARE(f->settings().number("beta_max"), 30.0);
        QVERIFY(!f->canRedo() && f->undoLabel() == "beta max");
        QVERIFY(f.lab->work.empty());
        f.frame();
    }

    void scenarioThereAndBack() {
        Fixture f;
        f->set("beta_max", 33.0);
        f->setSeed(77);
        f->runTo(29);
        const Scenario kept = f->scenario("Mine");
        Fixture g;
        g->apply(kept);
        QCOMPARE(g->transport().target(), 29);
        QVERIFY(g->settings() == f->settings());
        QCOMPARE(g->seed(), std::uint64_t(77));
        QCOMPARE(g->undoLabel(), std::string("Mine"));
        g->undo();
        QVERIFY(g->settings() == Settings(g->declaration()));
        QCOMPARE(g->seed(), std::uint64_t(1));
        Scenario other = kept;
        other.lab = "elsewhere";
        QVERIFY(!errorOf([&] { g->apply(other); }).empty());
    }

    void closedWhileAJobRuns() {
        Fixture f;
        f.lab->work.add({"A", "rows", 1, [](double) { return 0.1; }});
        f.frame();
        f.session.reset(); // the sanitizers watch
    }
};

ORRERY_TEST_MAIN(SessionTest)
#include "tst_session.moc"
