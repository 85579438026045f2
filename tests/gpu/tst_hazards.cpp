// SPDX-License-Identifier: GPL-3.0-or-later
// The barrier rule and the sub-allocator, both free of Vulkan.
#include "engine/gpu/hazards.h"
#include "engine/gpu/memory.h"

#include <QtTest/QtTest>

#include <random>

using namespace orrery::gpu;

class TestHazards : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void rule_data() {
        QTest::addColumn<bool>("firstWrites");
        QTest::addColumn<bool>("secondWrites");
        QTest::addColumn<bool>("sameBuffer");
        QTest::addColumn<quint64>("secondOffset");
        QTest::addColumn<bool>("barrier");
        QTest::newRow("read after write") << true << false << true << quint64(0) << true;
        QTest::newRow("write after read") << false << true << true << quint64(0) << true;
        QTest::newRow("write after write") << true << true << true << quint64(0) << true;
        QTest::newRow("read after read") << false << false << true << quint64(0) << false;
        QTest::newRow("other buffer") << true << true << false << quint64(0) << false;
        QTest::newRow("last byte overlaps") << true << false << true << quint64(99) << true;
        QTest::newRow("touching, not overlapping") << true << false << true << quint64(100) << false;
    }
    void rule() {
        QFETCH(bool, firstWrites);
        QFETCH(bool, secondWrites);
        QFETCH(bool, sameBuffer);
        QFETCH(quint64, secondOffset);
        QFETCH(bool, barrier);
        int a = 0, b = 0;
        Hazards hazards;
        QVERIFY(!hazards.needsBarrier({{&a, 0, 100, firstWrites}}));
        QCOMPARE(hazards.needsBarrier({{sameBuffer ? &a : &b, secondOffset, 100, secondWrites}}), barrier);
    }

    void aBarrierForgetsWhatWasBefore() {
        int a = 0;
        Hazards hazards;
        hazards.needsBarrier({{&a, 0, 8, true}});
        QVERIFY(hazards.needsBarrier({{&a, 0, 8, false}}));
        QVERIFY(!hazards.needsBarrier({{&a, 0, 8, false}})); // read, read
        QVERIFY(hazards.needsBarrier({{&a, 0, 8, true}}));
    }

    void freeListNeverOverlapsAndMergesBack() {
        constexpr std::uint64_t size = 1 << 16;
        FreeList list(size);
        std::vector<bool> taken(size);
        std::vector<std::pair<std::uint64_t, std::uint64_t>> held;
        std::mt19937 random(7);
        for (int round = 0; round < 5000; ++round) {
            if (held.empty() || random() % 3) {
                const std::uint64_t bytes = 1 + random() % 900, alignment = std::uint64_t{1} << (random() % 8);
                const std::uint64_t offset = list.take(bytes, alignment);
                if (offset == FreeList::none) continue;
                QCOMPARE(offset % alignment, std::uint64_t{0});
                QVERIFY(offset + bytes <= size);
                for (std::uint64_t i = offset; i < offset + bytes; ++i) {
                    QVERIFY2(!taken[i], "a byte was given out twice");
                    taken[i] = true;
                }
                held.emplace_back(offset, bytes);
            } else {
                const std::size_t k = random() % held.size();
                for (std::uint64_t i = held[k].first; i < held[k].first + held[k].second; ++i) taken[i] = false;
                list.give(held[k].first, held[k].second);
                held.erase(held.begin() + std::ptrdiff_t(k));
            }
        }
        for (const auto& [offset, bytes] : held) list.give(offset, bytes);
        QVERIFY(list.whole(size));
        QCOMPARE(list.take(size + 1, 1), FreeList::none);
    }
};

QTEST_GUILESS_MAIN(TestHazards)
#include "tst_hazards.moc"
