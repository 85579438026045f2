// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab in the real window: a file is dropped and seen at once, turned in space, searched by typing, lassoed, isolated,
// saved; a scenario brings the view back; a file that is none is refused in one line.
#include "engine/labs/embedding/lab.h"
#include "tests/support/window_test.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct Lab {
    explicit Lab(Window& window) : window(window) {
        window.openLab("embedding");
        window.transport().pause();
    }
    embedding::EmbeddingLab& operator*() { return dynamic_cast<embedding::EmbeddingLab&>(window.session().lab()); }
    embedding::EmbeddingLab* operator->() { return &**this; }
    bool ready(std::int64_t rows) {
        return QTest::qWaitFor(
                   [&] {
                       window.view().wake();
                       const auto& problem = (*this)->cloud().problem();
                       return problem && problem->table->rows() == rows && !(*this)->cloud().preparing();
                   },
                   patience) &&
               window.rest();
    }
    Window& window;
};

/// Three groups of 40 rows of four numbers, with names.
QString table(const QTemporaryDir& folder, const QString& name, bool ragged = false) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) return {};
    QByteArray text = "name,a,b,c,d\n";
    std::uint32_t state = 7;
    const auto noise = [&] { return double((state = state * 1664525u + 1013904223u) >> 8) / (1 << 24) - 0.5; };
    for (int i = 0; i < 120; ++i) {
        const int group = i % 3;
        text += (group == 0 ? "apple" : group == 1 ? "pear" : "plum") + QByteArray::number(i);
        for (int d = 0; d < 4; ++d)
            if (!(ragged && i == 50 && d == 3)) text += "," + QByteArray::number(6.0 * (d == group) + noise());
        text += "\n";
    }
    file.write(text);
    return file.fileName();
}

} // namespace

class TestWindowEmbedding : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

 private Q_SLOTS:
    void droppedTurnedFoundAndSaved() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        window.session().set("count", std::int64_t(300));
        QVERIFY(window.drop(table(m_folder, "fruit.csv")));
        QVERIFY(lab.ready(120));
        QCOMPARE(window.notice(), QString());
        QCOMPARE(window.settings().text("method"), std::string("pca")); // seen at once
        const QImage flat = window.picture();

        window.session().set("dims", std::string("3d"));
        QVERIFY(lab.ready(120));
        const QImage space = window.picture();
        QVERIFY(difference(flat, space, 20) > 0.001);
        const QPoint middle(window.view().width() * 45 / 100, window.view().height() / 2);
        window.drag(middle, middle + QPoint(60, 20), 8);
        QVERIFY(window.rest());
        QVERIFY(std::abs(window.settings().number("turn") - 35) > 5);
        QVERIFY(difference(space, window.picture(), 20) > 0.001);
        window.trigger("edit.undo");
        QVERIFY(window.rest());
        QCOMPARE(window.settings().number("turn"), 35.0);

        // Typed into the panel: a part of the names.
        window.view().stage()->revealControl("find");
        window.frames(6);
        const QPoint field = window.control("find");
        QVERIFY(field.x() > 0);
        window.click(field);
        window.frames(3);
        for (const char letter : {'p', 'l', 'u', 'm'}) {
            QTest::keyClick(&window.view(), letter);
            window.frames(2);
        }
        QTest::keyClick(&window.view(), Qt::Key_Return);
        window.frames(3);
        QVERIFY(window.rest());
        QCOMPARE(window.settings().text("find"), std::string("plum"));
        const QImage found = window.picture();

        // A lasso around everything, by the hand with Shift; then one group taken by isolating what was found.
        window.session().set("find", std::string());
        window.session().set("dims", std::string("2d"));
        QVERIFY(lab.ready(120));
        window.click(window.control("lasso"));
        QVERIFY(window.rest());
        QCOMPARE(window.settings().text("tool"), std::string("lasso"));
        const QPoint row = window.control("row 0");
        QVERIFY(row.x() > 0);
        std::vector<int> expected;
        const int reach = 40;
        for (int i = 0; i < 120; ++i) {
            const QPoint at = window.control(QString("row %1").arg(i).toStdString().c_str()) - row;
            if (std::abs(at.x()) < reach - 2 && std::abs(at.y()) < reach - 2) expected.push_back(i);
        }
        QTest::mouseMove(&window.view(), row + QPoint(-reach, -reach));
        window.frames(2);
        QTest::mousePress(&window.view(), Qt::LeftButton, {}, row + QPoint(-reach, -reach));
        for (const QPoint corner : {QPoint(reach, -reach), QPoint(reach, reach), QPoint(-reach, reach)}) {
            QTest::mouseMove(&window.view(), row + corner);
            window.frames(2);
        }
        QTest::mouseRelease(&window.view(), Qt::LeftButton, {}, row + QPoint(-reach, reach));
        QVERIFY(window.rest());
        const auto& selected = lab->selection();
        QVERIFY2(selected.size() >= expected.size() && selected.size() < 120, qPrintable(QString::number(selected.size())));
        for (const int i : expected) QVERIFY(std::binary_search(selected.begin(), selected.end(), std::int64_t(i)));

        const QString csv = m_folder.filePath("picked.csv");
        window.session().lab().save("selected", csv.toStdString());
        QFile file(csv);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(std::size_t(lines.size()), selected.size() + 1);
        QVERIFY(lines[1].contains("apple0") || lines[1].contains("apple"));

        window.click(window.control("isolate"));
        QVERIFY(window.rest());
        QVERIFY(window.settings().flag("isolate"));
        window.click(window.control("clear"));
        QVERIFY(window.rest());
        QVERIFY(lab->selection().empty());

        // The scenario brings the view back.
        window.session().set({{"dims", std::string("3d")}, {"turn", -70.0}, {"chosen", std::int64_t(5)}});
        QVERIFY(lab.ready(120));
        const lab::Scenario kept = window.session().scenario("kept");
        window->bench().openLab("diffusion");
        window.transport().pause();
        window->bench().openScenario(kept);
        QVERIFY(lab.ready(120));
        QCOMPARE(window.settings().number("turn"), -70.0);
        QCOMPARE(window.settings().integer("chosen"), std::int64_t(5));
        QVERIFY(difference(found, window.picture(), 20) > 0.0001);
    }

    void whatIsNoTableIsRefused() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        window.session().set("count", std::int64_t(300));
        window.session().set("method", std::string("pca"));
        QVERIFY(lab.ready(300));
        QVERIFY(window.drop(table(m_folder, "ragged.csv", true)));
        QVERIFY(QTest::qWaitFor(
            [&] {
                window.view().wake();
                return !window.notice().isEmpty();
            },
            patience));
        QVERIFY2(window.notice().contains("ragged.csv") && window.notice().contains("52"),
                 qPrintable(window.notice())); // line 52
        QVERIFY(lab.ready(300));               // what was there is still there
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowEmbedding)
#include "tst_window_embedding.moc"
