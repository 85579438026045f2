// SPDX-License-Identifier: GPL-3.0-or-later
// The hands of the embedding lab in the real window, by clicks and keys: lasso, undo, redo, save, reopen; box, invert, isolate, what
// was found; an axis from point to point; a text field and its cross; a story that is dropped.
#include "engine/lab/scenario.h"
#include "engine/labs/embedding/lab.h"
#include "tests/support/window_test.h"

using namespace orrery;
using namespace orrery::test;

namespace {

using Rows = std::vector<std::int64_t>;

/// Three groups of 40 words in the plane of the first two of four numbers.
QString table(const QTemporaryDir& folder, const QString& name, int rows = 120) {
    QFile file(folder.filePath(name));
    if (!file.open(QIODevice::WriteOnly)) return {};
    QByteArray text = "name,a,b,c,d\n";
    std::uint32_t state = 7;
    const auto noise = [&] { return double((state = state * 1664525u + 1013904223u) >> 8) / (1 << 24) - 0.5; };
    for (int i = 0; i < rows; ++i) {
        text += (i % 3 == 0 ? "apple" : i % 3 == 1 ? "pear" : "plum") + QByteArray::number(i);
        for (int d = 0; d < 4; ++d) text += "," + QByteArray::number(6.0 * (d == i % 3) + noise());
        text += "\n";
    }
    file.write(text);
    return file.fileName();
}

struct Cloud {
    Cloud(Window& window, const QString& file, std::int64_t rows) : window(window) {
        window.openLab("embedding");
        window.transport().pause();
        window.session().set("count", std::int64_t(300));
        if (!window.drop(file)) qFatal("the file is not taken");
        if (!ready(rows)) qFatal("no picture");
    }
    embedding::EmbeddingLab& lab() const { return dynamic_cast<embedding::EmbeddingLab&>(window.session().lab()); }
    const Rows& selection() const { return lab().selection(); }
    bool ready(std::int64_t rows) const {
        return QTest::qWaitFor(
                   [&] {
                       window.view().wake();
                       const auto& problem = lab().cloud().problem();
                       return problem && problem->table->rows() == rows && !lab().cloud().preparing() &&
                              window.session().lab().jobs().empty();
                   },
                   patience) &&
               window.rest();
    }
    QPoint row(std::int64_t i) const { return window.control("row " + std::to_string(i)); }
    /// Corners of a box that holds all rows of a group (every third), and what else it holds.
    QRect around(int group) const {
        QRect box;
        for (int i = group; i < 120; i += 3) box |= QRect(row(i), QSize(1, 1));
        return box.adjusted(-8, -8, 8, 8);
    }
    Rows within(const QRect& box) const {
        Rows rows;
        for (int i = 0; i < 120; ++i)
            if (box.contains(row(i))) rows.push_back(i);
        return rows;
    }
    void stroke(const std::vector<QPoint>& line, Qt::KeyboardModifiers held = {}) const {
        QTest::mouseMove(&window.view(), line.front());
        window.frames(2);
        QTest::mousePress(&window.view(), Qt::LeftButton, held, line.front());
        for (std::size_t i = 1; i < line.size(); ++i) {
            QTest::mouseMove(&window.view(), line[i]);
            window.frames(2);
        }
        QTest::mouseRelease(&window.view(), Qt::LeftButton, held, line.back());
        window.frames(3);
        window.rest();
    }
    void lasso(const QRect& r, Qt::KeyboardModifiers held = {}) const {
        stroke({r.topLeft(), r.topRight(), r.bottomRight(), r.bottomLeft()}, held);
    }
    void key(Qt::Key key, Qt::KeyboardModifiers held = {}) const {
        QTest::keyClick(&window.view(), key, held);
        window.frames(4);
        window.rest();
    }
    void press(const std::string& name) const {
        const QPoint at = window.control(name);
        QTest::mouseMove(&window.view(), at);
        window.frames(3);
        window.click(at);
        window.frames(3);
        window.rest();
    }
    void type(const std::string& parameter, const char* text) const {
        window.view().stage()->revealControl(parameter);
        window.frames(8);
        press(parameter);
        for (const char* c = text; *c; ++c) {
            QTest::keyClick(&window.view(), *c);
            window.frames(2);
        }
        QTest::keyClick(&window.view(), Qt::Key_Return);
        window.frames(4);
        window.rest();
    }
    Window& window;
};

} // namespace

class TestWindowEmbeddingHands : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

 private Q_SLOTS:
    void aLassoIsAStepThatCanBeTakenBackAndKept() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Cloud cloud(window, table(m_folder, "fruit.csv"), 120);
        cloud.key(Qt::Key_O);
        QCOMPARE(window.settings().text("tool"), std::string("lasso"));
        const QRect apples = cloud.around(0), pears = cloud.around(1);
        QVERIFY(cloud.within(apples).size() >= 40 && cloud.within(pears).size() >= 40);
        cloud.lasso(apples);
        const Rows first = cloud.selection();
        QVERIFY2(first.size() >= 40 && first.size() <= cloud.within(apples.adjusted(-2, -2, 2, 2)).size(),
                 qPrintable(QString::number(first.size())));
        cloud.lasso(pears, Qt::ShiftModifier); // and more
        const Rows both = cloud.selection();
        QVERIFY(both.size() > first.size() && std::includes(both.begin(), both.end(), first.begin(), first.end()));
        const QImage there = window.picture();
        cloud.key(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(cloud.selection(), first); // one lasso, one step
        cloud.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(cloud.selection().empty());
        cloud.key(Qt::Key_Y, Qt::ControlModifier);
        cloud.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(cloud.selection(), both);
        QVERIFY(difference(there, window.picture(), 20) < 0.002);

        cloud.lasso(pears, Qt::AltModifier); // and less
        QCOMPARE(cloud.selection(), first);
        cloud.lasso(pears.united(apples), Qt::AltModifier | Qt::ShiftModifier); // what is in both
        QCOMPARE(cloud.selection(), first);

        for (const auto& [output, name] :
             {std::pair("figure", "cloud.svg"), {"selected-json", "picked.json"}, {"selected", "picked.csv"}}) {
            QVERIFY(window->exports().saveOutput(m_folder.filePath(name), output));
            QVERIFY(QFileInfo(m_folder.filePath(name)).size() > 500);
        }

        // Saved, another lab, opened: selected again; and a table of other rows refuses it in a line.
        const QString file = m_folder.filePath("kept.json");
        QVERIFY(window->files().saveScenario(file));
        window->bench().openLab("diffusion");
        window.transport().pause();
        QVERIFY(window->files().open(file));
        QVERIFY(cloud.ready(120));
        QCOMPARE(cloud.selection(), first);
        QVERIFY(QFileInfo(file).size() < 1500);
        QVERIFY(cloud.window.drop(table(m_folder, "more.csv", 150)));
        QVERIFY(cloud.ready(150));
        QVERIFY(cloud.selection().empty());
        QVERIFY(cloud.lab().picked().problem().find("120 rows; this one has 150") != std::string::npos);
        QVERIFY(window.control("selection problem").x() > 0);
        cloud.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(cloud.ready(120));
        QCOMPARE(cloud.selection(), first);
    }

    void boxInvertIsolateAndWhatWasFound() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Cloud cloud(window, table(m_folder, "fruit.csv"), 120);
        cloud.press("box");
        QCOMPARE(window.settings().text("tool"), std::string("box"));
        const QRect plums = cloud.around(2);
        cloud.stroke({plums.topLeft(), plums.center(), plums.bottomRight()});
        const Rows plain = cloud.selection();
        QCOMPARE(plain, cloud.within(plums.adjusted(1, 1, -1, -1)));
        cloud.press("invert");
        QCOMPARE(cloud.selection(), embedding::inverted(plain, 120));
        cloud.key(Qt::Key_I);
        QCOMPARE(cloud.selection(), plain);
        cloud.key(Qt::Key_X);
        QVERIFY(window.settings().flag("isolate"));
        cloud.press("clear");
        QVERIFY(cloud.selection().empty() && !window.settings().flag("isolate"));
        cloud.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(cloud.selection() == plain && window.settings().flag("isolate")); // one step

        cloud.key(Qt::Key_X);
        QVERIFY(!window.settings().flag("isolate"));
        cloud.type("find", "apple");
        QCOMPARE(window.settings().text("find"), std::string("apple"));
        cloud.press("select found");
        QCOMPARE(cloud.selection().size(), std::size_t(40));
        QCOMPARE(cloud.selection()[1], std::int64_t(3));
        cloud.press("combine add"); // from now on more
        QCOMPARE(window.settings().text("combine"), std::string("add"));
        cloud.stroke({plums.topLeft(), plums.center(), plums.bottomRight()});
        QCOMPARE(cloud.selection().size(), 40 + plain.size());

        // The text goes by its cross, by emptying it, by Escape.
        window.view().stage()->revealControl("find");
        window.frames(8);
        cloud.press("find clear");
        QCOMPARE(window.settings().text("find"), std::string());
        cloud.type("find", "pear");
        QCOMPARE(window.settings().text("find"), std::string("pear"));
        cloud.key(Qt::Key_Escape);
        QCOMPARE(window.settings().text("find"), std::string());
        QVERIFY(!cloud.selection().empty());
        cloud.key(Qt::Key_Escape);
        QVERIFY(cloud.selection().empty());
        window.session().set("find_as", std::string("regex"));
        cloud.type("find", "app(le");
        QVERIFY(window.control("search error").x() > 0);
        QCOMPARE(window.notice(), QString());
    }

    void anAxisFromPointToPoint() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Cloud cloud(window, table(m_folder, "fruit.csv"), 120);
        cloud.key(Qt::Key_A);
        QCOMPARE(window.settings().text("tool"), std::string("axis"));
        const auto name = [&](const char* key) { return window.settings().text(key); };
        cloud.stroke({cloud.row(0), (cloud.row(0) + cloud.row(1)) / 2, cloud.row(1)});
        QVERIFY(cloud.ready(120));
        QCOMPARE(name("method"), std::string("axes"));
        const auto at = [&](const std::string& word) {
            return embedding::rowsNamed(*cloud.lab().cloud().problem()->table, word).front();
        };
        const auto& y = cloud.lab().cloud().picture();
        QVERIFY(at(name("x_from")) % 3 == 0 && at(name("x_to")) % 3 == 1);
        QVERIFY(std::abs(y[0][at(name("x_from"))]) < 1e-4 && std::abs(y[0][at(name("x_to"))] - 1) < 1e-4);
        cloud.press("axis y"); // then by two clicks
        QCOMPARE(name("axis"), std::string("y"));
        window.click(cloud.row(3));
        window.frames(3);
        window.click(cloud.row(5));
        QVERIFY(cloud.ready(120));
        QVERIFY(at(name("y_from")) % 3 == 0 && at(name("y_to")) % 3 == 2);
        cloud.key(Qt::Key_Z, Qt::ControlModifier);
        QVERIFY(cloud.ready(120));
        QCOMPARE(name("y_from"), std::string());
        QCOMPARE(name("method"), std::string("axes"));
    }

    void aStoryIsReadAndVectorsAreShown() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Cloud cloud(window, table(m_folder, "fruit.csv"), 120);
        QFile story(m_folder.filePath("story.txt"));
        QVERIFY(story.open(QIODevice::WriteOnly));
        for (int i = 0; i < 40; ++i)
            story.write("The old king had 3 daughters, and the queen had none.\nOne day the king went out to see the sea.\n");
        story.close();
        QVERIFY(cloud.window.drop(story.fileName()));
        QVERIFY(QTest::qWaitFor(
            [&] {
                window.view().wake();
                return cloud.lab().learns() && cloud.lab().learning().corpus();
            },
            patience));
        QCOMPARE(window.notice(), QString());
        QCOMPARE(window.settings().text("corpus"), std::string("file"));
        QFile vectors(m_folder.filePath("vectors.txt"));
        QVERIFY(vectors.open(QIODevice::WriteOnly));
        vectors.write("4 3\na 1 2 3\nb 2 3 4\nc 3 4 5\nd 1 1 1\n");
        vectors.close();
        QVERIFY(cloud.window.drop(vectors.fileName()));
        QVERIFY(cloud.ready(4));
        QCOMPARE(window.settings().text("data"), std::string("file"));
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowEmbeddingHands)
#include "tst_window_embedding_hands.moc"
