// SPDX-License-Identifier: GPL-3.0-or-later
// "Send to Embedding" in the real window: from segmentation by the panel's button, with patches beside their points; from language
// by the menu; undone as one step; brought back by a scenario; and only where there is something to send.
#include "engine/lab/sending.h"
#include "engine/labs/embedding/lab.h"
#include "engine/labs/segmentation/lab.h"
#include "tests/support/window_test.h"

#include <QInputDialog>
#include <QMenuBar>
#include <QToolButton>

using namespace orrery;
using namespace orrery::test;

namespace {

void openLab(Window& window, const char* name) {
    auto* rail = window->findChild<QToolButton*>(QString("lab.%1").arg(name));
    if (!rail) qFatal("no button of the lab");
    QTest::mouseClick(rail, Qt::LeftButton);
    window.transport().pause();
}

template <class Holds>
bool waitFor(Window& window, Holds holds) {
    return QTest::qWaitFor(
        [&] {
            window.view().wake();
            return holds();
        },
        patience);
}

/// The cloud of a table that came from another lab.
const embedding::Table* arrived(Window& window) {
    if (window.session().declaration().name != "embedding") return nullptr;
    const auto& problem = dynamic_cast<embedding::EmbeddingLab&>(window.session().lab()).cloud().problem();
    return problem && problem->request.space.data.file ? problem->table.get() : nullptr;
}

/// It is there, and stands still where t-SNE has pulled it apart.
bool stands(Window& window) {
    if (!waitFor(window, [&] { return arrived(window) != nullptr; })) return false;
    window.transport().pause();
    window.transport().seek(300);
    return window.rest();
}

/// Presses a button of the next dialog that opens, having chosen a row of its list; false after a while without one.
void answerDialog(int row, bool accept, bool& answered) {
    auto* timer = new QTimer(qApp);
    QObject::connect(timer, &QTimer::timeout, timer, [timer, row, accept, &answered] {
        auto* dialog = qobject_cast<QInputDialog*>(QApplication::activeModalWidget());
        if (!dialog) return;
        timer->deleteLater();
        answered = dialog->comboBoxItems().size() > row;
        if (answered) dialog->setTextValue(dialog->comboBoxItems().at(row));
        accept ? dialog->accept() : dialog->reject();
    });
    timer->start(50);
}

} // namespace

class TestWindowSending : public QObject {
    Q_OBJECT

    QTemporaryDir m_cache;

 private Q_SLOTS:
    void initTestCase() { qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8()); }

    void patchesOfAPictureBecomeACloud() {
        Window window({}, false);
        QVERIFY(window.drawn());
        QVERIFY(!window->actions()["file.send"].isEnabled()); // without a network there is nothing
        QVERIFY(window->actions()["file.send"].toolTip().contains("choose the learned score"));
        QCOMPARE(window.control("send"), QPoint(-1, -1));
        openLab(window, "segmentation");
        auto* lab = dynamic_cast<segmentation::SegmentationLab*>(&window.session().lab());
        QVERIFY(waitFor(window, [&] { return lab->desk().embedded() && lab->answer(1); }) && window.rest());
        QTest::qWait(600); // the window looks four times a second what can be sent
        QVERIFY(window->actions()["file.send"].isEnabled());
        const lab::Offer offer = lab::offers(*lab).front();
        QVERIFY(offer.why.empty() && offer.rows > 0);
        const QPoint button = window.control("send");
        QVERIFY(button.x() > 0);
        window.click(button);
        QVERIFY(stands(window));
        const embedding::Table& table = *arrived(window);
        QCOMPARE(table.rows(), offer.rows);
        QCOMPARE(table.dims(), offer.dims);
        QCOMPARE(window.settings().text("method"), std::string("tsne")); // and it runs, from the components on
        QCOMPARE(window.settings().text("metric"), std::string("cosine"));
        QVERIFY(table.thumbnails && table.tokens.size() == std::size_t(offer.rows));
        QCOMPARE(window.settings().text("column"), std::string("object"));
        QVERIFY(window.settings().flag("show_pictures") && window.settings().flag("show_labels"));
        QVERIFY2(window.notice().contains("image embedding"), qPrintable(window.notice()));
        // Visible: points and patches are there, and go when they are isolated from nothing.
        const QImage cloud = window.picture();
        window.session().set("show_pictures", false);
        QVERIFY(window.rest());
        QVERIFY(difference(cloud, window.picture(), 20) > 0.002); // a patch alone is 0.001
        window.trigger("edit.undo");
        QVERIFY(window.rest());

        // A scenario brings it back; the way here is one step.
        const lab::Scenario kept = window.session().scenario("kept");
        window.trigger("edit.undo");
        QCOMPARE(window.settings().text("data"), std::string("glyphs"));
        QVERIFY(!window.session().canUndo());
        window.trigger("edit.redo");
        QVERIFY(stands(window));
        openLab(window, "diffusion");
        window->bench().openScenario(kept);
        QVERIFY(stands(window));
        QCOMPARE(arrived(window)->rows(), offer.rows);
    }

    void severalKindsAreAskedFor() {
        Window window({}, false);
        QVERIFY(window.drawn());
        openLab(window, "segmentation");
        auto* lab = dynamic_cast<segmentation::SegmentationLab*>(&window.session().lab());
        window.session().set({{"show", std::string("affinity")}, {"stage", std::int64_t(0)}});
        QVERIFY(waitFor(window, [&] { return lab->inside().tokens() != nullptr; }) && window.rest());
        const std::int64_t dims = lab->inside().tokens()->channels;
        bool answered = false;
        answerDialog(1, false, answered); // given up: nothing happens
        QTest::keyClick(&*window, Qt::Key_M, Qt::ControlModifier);
        QVERIFY(waitFor(window, [&] { return answered; }));
        QVERIFY(window.rest());
        QCOMPARE(window.session().declaration().name, std::string("segmentation"));
        answered = false;
        answerDialog(1, true, answered);
        window.click(window.control("send"));
        QVERIFY(stands(window));
        QVERIFY(answered);
        QCOMPARE(arrived(window)->dims(), dims);
    }

    void tokensOfAModelBecomeACloud() {
        Window window({}, false);
        QVERIFY(window.drawn());
        openLab(window, "language");
        QVERIFY(waitFor(window, [&] { return window->actions()["file.send"].isEnabled(); }));
        window.transport().pause();
        QAction* entry = nullptr; // of the menu of the lab
        for (QAction* top : window->menuBar()->actions())
            if (top->text() == "Lab") {
                Q_EMIT top->menu()->aboutToShow();
                for (QAction* each : top->menu()->actions())
                    if (each->text().startsWith("Send to Embedding")) entry = each;
            }
        QVERIFY(entry && entry->isEnabled());
        entry->trigger();
        QVERIFY(stands(window));
        const embedding::Table& table = *arrived(window);
        QCOMPARE(table.rows(), std::int64_t(2048));
        QCOMPARE(table.tokens.size(), std::size_t(2048));
        QCOMPARE(window.settings().text("column"), std::string("kind"));
        QVERIFY2(window.notice().contains("token embeddings"), qPrintable(window.notice()));
        const QImage named = window.picture();
        window.session().set("show_labels", false);
        QVERIFY(window.rest());
        QVERIFY(difference(named, window.picture(), 20) > 0.002);
    }

    void whatCannotBeWrittenIsSaid() {
        QTemporaryDir blocked;
        QFile file(blocked.filePath("orrery"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        qputenv("XDG_CACHE_HOME", blocked.path().toUtf8());
        {
            Window window({}, false);
            QVERIFY(window.drawn());
            openLab(window, "language");
            QVERIFY(waitFor(window, [&] { return window->actions()["file.send"].isEnabled(); }));
            window.trigger("file.send");
            QVERIFY(waitFor(window, [&] { return !window.notice().isEmpty(); }));
            QVERIFY2(window.notice().contains("cannot be written to"), qPrintable(window.notice()));
            QCOMPARE(window.session().declaration().name, std::string("language"));
        }
        qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8());
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowSending)
#include "tst_window_sending.moc"
