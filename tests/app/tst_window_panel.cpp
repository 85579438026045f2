// SPDX-License-Identifier: GPL-3.0-or-later
// A slider in the viewport's panel, dragged with the mouse: the value, what the lab computes with it, undo and redo.
#include "tests/support/window_test.h"

using namespace orrery;

namespace {

/// α at t = 1 of the VP equation, exp(-½ ∫β dt) with β linear (Song et al. 2021, appendix B).
double alphaAtOne(const lab::Settings& settings) {
    return std::exp(-0.25 * (settings.number("beta_max") - settings.number("beta_min")) - 0.5 * settings.number("beta_min"));
}

} // namespace

class TstWindowPanel : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void dragsASlider() {
        test::Window window({.scenario = "ring-of-rings"});
        QVERIFY(window.drawn() && window.rest());
        window.view().stage()->revealControl("beta_max");
        QVERIFY(window.rest());
        QVERIFY(window.control("beta_max").x() > 0);
        const double before = window.settings().number("beta_max");
        const bool couldUndo = window.session().canUndo();
        // From the handle (somewhere on the track) far to the left.
        window.drag(window.control("beta_max", 0.4), window.control("beta_max", 0.02));
        const double after = window.settings().number("beta_max");
        QVERIFY2(after < before && after >= 0.1, qPrintable(QString("%1 -> %2").arg(before).arg(after)));
        QVERIFY(couldUndo || window.session().canUndo());
        QCOMPARE(window.session().undoLabel(), window.session().declaration().find("beta_max")->label);
        QVERIFY(window->actions()["edit.undo"].isEnabled());

        // The lab computes with it.
        int noise = 0;
        for (const lab::Mark& mark : window.session().lab().marks())
            if (window.session().lab().clock(mark.step) > 0.99 && !noise) noise = mark.step;
        window.transport().seek(noise);
        QVERIFY(window.rest());
        const auto alpha = window.session().lab().series("alpha");
        QVERIFY(!alpha.empty());
        double smallest = 1;
        for (const lab::Sample& sample : alpha) smallest = std::min(smallest, sample.value);
        QVERIFY2(std::abs(smallest - alphaAtOne(window.settings())) < 1e-4,
                 qPrintable(QString("%1 %2").arg(smallest).arg(alphaAtOne(window.settings()))));

        // One entry for the whole drag, back and forth by keyboard.
        QTest::keyClick(&window.view(), Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(window.settings().number("beta_max"), before);
        QTest::keyClick(&window.view(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QCOMPARE(window.settings().number("beta_max"), after);
    }

    void choosesASegment() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        QCOMPARE(window.settings().text("sde"), std::string("vp"));
        window.view().stage()->revealControl("sde");
        QVERIFY(window.rest());
        window.click(window.control("sde", 0.97));
        QCOMPARE(window.settings().text("sde"), std::string("subvp"));
        window.trigger("edit.undo");
        QCOMPARE(window.settings().text("sde"), std::string("vp"));
    }

    void typesANumber() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        window.view().stage()->revealControl("beta_max");
        QVERIFY(window.rest());
        window.click(window.control("beta_max", 0.4)); // the control has the focus now
        QTest::keyClick(&window.view(), Qt::Key_Return);
        window.frames(3);
        glm::dvec2 px;
        QVERIFY(window.view().stage()->textCursor(px));
        // Letters and Space are text now, not shortcuts.
        const bool playing = window.transport().playing();
        QTest::keyClick(&window.view(), Qt::Key_1);
        window.frames(2);
        QInputMethodEvent commit;
        commit.setCommitString("7");
        QCoreApplication::sendEvent(&window.view(), &commit);
        window.frames(2);
        QInputMethodQueryEvent query(Qt::ImEnabled | Qt::ImCursorRectangle);
        QCoreApplication::sendEvent(&window.view(), &query);
        QVERIFY(query.value(Qt::ImEnabled).toBool());
        QVERIFY(query.value(Qt::ImCursorRectangle).toRectF().x() > 0);
        QTest::keyClick(&window.view(), Qt::Key_Return);
        window.frames(3);
        QCOMPARE(window.settings().number("beta_max"), 17.0);
        QCOMPARE(window.transport().playing(), playing);
        QVERIFY(!window.view().stage()->textCursor(px));
        // And the arrows belong to the control that has the focus, until the picture is clicked.
        QTest::keyClick(&window.view(), Qt::Key_Right);
        QVERIFY(window.settings().number("beta_max") > 17.0);
        QCOMPARE(window.transport().target(), 0);
    }

    void foldsByTab() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QImage with = window.picture();
        QTest::keyClick(&window.view(), Qt::Key_Tab);
        QVERIFY(!window.view().stage()->panelShown());
        QVERIFY(!window->actions()["view.panel"].isChecked());
        QVERIFY(window.rest());
        const QImage without = window.picture();
        QVERIFY(test::difference(with, without, 10) > 0.03);
        QTest::keyClick(&window.view(), Qt::Key_Tab);
        QVERIFY(window.view().stage()->panelShown());
    }

    void zoomsByWheel() {
        test::Window window;
        QVERIFY(window.drawn() && window.rest());
        const QPointF at(window.view().width() * 0.6, window.view().height() * 0.5);
        const double ratio = window.view().devicePixelRatio();
        const glm::dvec2 px{at.x() * ratio, at.y() * ratio};
        const glm::dvec2 before = window.view().stage()->camera().toData(px);
        const double height = window.view().camera().height;
        QWheelEvent turn(at, window.view().mapToGlobal(at), {}, {0, 120}, Qt::NoButton, {}, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(&window.view(), &turn);
        QVERIFY(window.rest());
        QVERIFY(window.view().camera().height < height);
        const glm::dvec2 after = window.view().stage()->camera().toData(px);
        QVERIFY(glm::length(after - before) < 0.01 * height);
        window.trigger("view.fit");
        QVERIFY(window.rest());
        QVERIFY(std::abs(window.view().camera().height - height) < 0.05 * height);
    }

    void defaultsAreOneEntry() {
        test::Window window;
        window.session().set("beta_max", 7.0);
        window.session().set("sde", std::string("ve"));
        window.trigger("edit.defaults");
        for (const lab::Parameter& p : window.session().declaration().parameters) QVERIFY(window.settings().isDefault(p.key));
        window.trigger("edit.undo");
        QCOMPARE(window.settings().number("beta_max"), 7.0);
        QCOMPARE(window.settings().text("sde"), std::string("ve"));
    }
};

ORRERY_WINDOW_TEST_MAIN(TstWindowPanel)
#include "tst_window_panel.moc"
