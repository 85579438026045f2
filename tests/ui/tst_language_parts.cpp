// SPDX-License-Identifier: GPL-3.0-or-later
// What the language view is drawn from: tokens made readable, and trees laid out.
#include "engine/labs/language/shape.h"
#include "ui/labs/language/token_text.h"
#include "ui/labs/language/tree_layout.h"

#include <QtTest/QtTest>

using namespace orrery;
using namespace orrery::ui::lang;

namespace {

/// A round with the nodes of a shape, whose tokens are their numbers.
language::Round roundOf(const language::Shape& shape, int lastParent = -1) {
    language::Round round;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        language::RoundNode node;
        node.token = std::int32_t(i);
        node.parent = shape.parent(i);
        node.depth = int(shape.nodes()[i].size());
        round.nodes.push_back(node);
    }
    round.lastParent = lastParent;
    return round;
}

} // namespace

class TestLanguageParts : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void tokensAreReadable_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("shown");
        QTest::newRow("space") << QByteArray(" the") << QString::fromUtf8("\xC2\xB7the");
        QTest::newRow("line end") << QByteArray(".\n") << QString::fromUtf8(".\xE2\x86\xB5");
        QTest::newRow("tab") << QByteArray("\t") << QString::fromUtf8("\xE2\x87\xA5");
        QTest::newRow("Chinese") << QByteArray("\xE7\x81\xAF") << QString::fromUtf8("\xE7\x81\xAF");
        QTest::newRow("two of three bytes") << QByteArray("\xE7\x81")
                                            << QString::fromUtf8(
                                                   "\xE2\x80\xB9"
                                                   "E7\xE2\x80\xBA\xE2\x80\xB9"
                                                   "81\xE2\x80\xBA");
        QTest::newRow("overlong") << QByteArray("\xC0\x80")
                                  << QString::fromUtf8(
                                         "\xE2\x80\xB9"
                                         "C0\xE2\x80\xBA\xE2\x80\xB9"
                                         "80\xE2\x80\xBA");
        QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80")
                                   << QString::fromUtf8(
                                          "\xE2\x80\xB9"
                                          "ED\xE2\x80\xBA\xE2\x80\xB9"
                                          "A0\xE2\x80\xBA\xE2\x80\xB9"
                                          "80\xE2\x80\xBA");
        QTest::newRow("beyond the fonts") << QByteArray("\xF0\x9F\x98\x80") << QString("U+1F600");
        QTest::newRow("control") << QByteArray("\x1B[", 2)
                                 << QString::fromUtf8(
                                        "\xE2\x80\xB9"
                                        "1B\xE2\x80\xBA[");
        QTest::newRow("zero") << QByteArray("\0", 1)
                              << QString::fromUtf8(
                                     "\xE2\x80\xB9"
                                     "00\xE2\x80\xBA");
        QTest::newRow("nothing") << QByteArray() << QString::fromUtf8("\xE2\x88\x85");
    }
    void tokensAreReadable() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, shown);
        QCOMPARE(QString::fromStdString(plainText(readable(bytes.toStdString()))), shown);
    }
    void signsAreToldFromLetters() {
        const std::vector<Piece> wanted = {{"\xC2\xB7", true}, {"a", false}, {"\xC2\xB7", true}};
        QVERIFY(readable(" a ") == wanted);
        const std::vector<Piece> letter = {{"\xC2\xB7", false}}; // the character itself is no sign
        QVERIFY(readable("\xC2\xB7") == letter);
    }

    void treesAreTidy_data() {
        QTest::addColumn<QString>("shape");
        for (const language::NamedShape& named : language::publishedShapes())
            QTest::newRow(named.key.c_str()) << QString::fromStdString(named.key);
        for (const char* shape : {"chain1", "chain16", "2x2x2", "4x3x2x1", "0;1;2;1,0;1,0,0;1,0,0,0;2,0;2,1"})
            QTest::newRow(shape) << QString(shape);
    }
    void treesAreTidy() {
        QFETCH(QString, shape);
        const language::Shape given = language::shapeOf(shape.toStdString());
        for (const int lastParent : {-1, 0, int(given.size()) - 1})
            for (const glm::vec2 room : {glm::vec2(900, 600), glm::vec2(380, 300)}) {
                const language::Round round = roundOf(given, lastParent);
                const TreeLayout layout = layOut(round, {room, [](std::int32_t token) { return 10.f + float(token % 9) * 14; }});
                const std::size_t count = given.size() + 2;
                QCOMPARE(layout.chips.size(), count);
                const auto parentOf = [&](std::size_t chip) {
                    return std::size_t(chip + 1 == count ? lastParent + 1 : round.nodes[chip - 1].parent + 1);
                };
                for (std::size_t i = 0; i < count; ++i) {
                    const TreeLayout::Chip& chip = layout.chips[i];
                    QVERIFY(chip.low.x >= -0.01f && chip.low.y >= -0.01f);
                    QVERIFY(chip.high.x <= layout.size.x + 0.01f && chip.high.y <= layout.size.y + 0.01f);
                    QCOMPARE(layout.at((chip.low + chip.high) * 0.5f), int(i));
                    if (i > 0) QVERIFY(layout.chips[parentOf(i)].high.x < chip.low.x); // to the right of its parent
                    for (std::size_t j = 0; j < i; ++j) {
                        const TreeLayout::Chip& other = layout.chips[j];
                        const bool apart = other.high.x <= chip.low.x || other.low.x >= chip.high.x ||
                                           other.high.y <= chip.low.y + 0.01f || other.low.y + 0.01f >= chip.high.y;
                        QVERIFY2(apart, qPrintable(QStringLiteral("%1 lies over %2").arg(i).arg(j)));
                    }
                }
                // A parent stands in the middle of its first and last child, who come in their order.
                for (std::size_t p = 0; p < count; ++p) {
                    std::vector<float> rows;
                    for (std::size_t i = 1; i < count; ++i)
                        if (parentOf(i) == p) rows.push_back(layout.chips[i].left().y);
                    if (rows.empty()) continue;
                    QVERIFY(std::is_sorted(rows.begin(), rows.end()));
                    QVERIFY(std::abs((rows.front() + rows.back()) / 2 - layout.chips[p].left().y) < 0.01f);
                }
            }
    }

    /// Nodes of no children beside a deep branch do not push it away: 63 nodes with 42 leaves take fewer rows than leaves.
    void treesArePacked() {
        const language::Round round = roundOf(language::shapeOf("mc-sim-7b-63"));
        const TreeLayout layout = layOut(round, {{900, 4000}, [](std::int32_t) { return 40.f; }});
        const float pitch = 54;
        QVERIFY2(layout.size.y < pitch * 42, qPrintable(QString::number(double(layout.size.y / pitch))));
    }
};

QTEST_GUILESS_MAIN(TestLanguageParts)
#include "tst_language_parts.moc"
