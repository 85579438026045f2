// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/transport.h"

#include <QtTest/QtTest>

#include <cmath>

using orrery::lab::Transport;

class TransportTest : public QObject {
    Q_OBJECT

    static Transport made(int steps) {
        Transport transport;
        transport.setSteps(steps);
        return transport;
    }

 private Q_SLOTS:
    void wholeClockInItsTime() {
        Transport transport = made(100);
        transport.setLoop(false);
        transport.play();
        int frames = 0;
        while (transport.playing() && frames < 10000) transport.update(0.01, transport.target()), ++frames;
        // 6 s at speed 1, in frames of 10 ms; one more sees the end and pauses.
        QVERIFY(std::abs(frames - 601) <= 1);
        QCOMPARE(transport.target(), 100);
    }

    void speedScales() {
        Transport transport = made(1000);
        transport.setSpeed(4);
        transport.play();
        transport.update(0.1, 0);
        QVERIFY(std::abs(transport.position() - 0.1 * 4 * 1000 / 6) < 1e-9);
        transport.setSpeed(1e9);
        QCOMPARE(transport.speed(), 64.0);
        transport.setSpeed(std::nan(""));
        QCOMPARE(transport.speed(), 64.0);
        transport.setSpeed(0);
        QCOMPARE(transport.speed(), 1.0 / 64);
    }

    void neverFarAheadOfTheLab() {
        Transport transport = made(600);
        transport.play();
        transport.seek(5);
        for (int i = 0; i < 100; ++i) transport.update(0.1, 5); // the lab is stuck at step 5
        QVERIFY(transport.target() <= 5 + 1 + 10);              // a frame's advance is 10 steps
        QVERIFY(transport.target() > 5);
    }

    void waitsWhileTheLabGoesBack() {
        Transport transport = made(100);
        transport.play();
        transport.seek(10);
        transport.update(0.1, 80);
        QCOMPARE(transport.target(), 10);
    }

    void seekKeepsPlayingAndStepPauses() {
        Transport transport = made(100);
        transport.play();
        transport.seek(1e9);
        QVERIFY(transport.playing());
        QCOMPARE(transport.target(), 100);
        transport.step(-1);
        QVERIFY(!transport.playing());
        QCOMPARE(transport.target(), 99);
        transport.step(-1000);
        QCOMPARE(transport.target(), 0);
        transport.seek(std::nan(""));
        QCOMPARE(transport.target(), 0);
        transport.seek(0.29 * 100); // 28.999999999999996
        QCOMPARE(transport.target(), 29);
    }

    void restsAndLoops() {
        Transport transport = made(10);
        transport.seek(10);
        transport.play(); // at the end: from the start
        QCOMPARE(transport.target(), 0);
        transport.seek(10);
        double rested = 0;
        while (transport.target() == 10 && rested < 10) transport.update(0.05, 10), rested += 0.05;
        QVERIFY(std::abs(rested - Transport::restAtEndSeconds) < 0.11);
        QCOMPARE(transport.target(), 0);
        QVERIFY(transport.playing());
    }

    void shareIsKept() {
        Transport transport = made(100);
        transport.seek(25);
        transport.setSteps(400);
        QCOMPARE(transport.target(), 100);
        transport.setSteps(0);
        QCOMPARE(transport.target(), 0);
        transport.play();
        transport.update(0.1, 0);
        QCOMPARE(transport.target(), 0);
    }

    void hiccupIsNoLeap() {
        Transport transport = made(600);
        transport.play();
        transport.update(3600, 0);
        QVERIFY(transport.target() <= 26);
        const double before = transport.position();
        transport.update(-5, transport.target());
        QCOMPARE(transport.position(), before);
    }
};

QTEST_APPLESS_MAIN(TransportTest)
#include "tst_transport.moc"
