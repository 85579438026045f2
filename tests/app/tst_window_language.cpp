// SPDX-License-Identifier: GPL-3.0-or-later
// Speculative decoding in the real window: a draft is stepped through moment by moment and its tree read from the screen, scrubbed,
// replayed; a rule is changed in the middle of a round; the proof finds a broken rule.
#include "engine/labs/language/lab.h"
#include "engine/labs/language/moments.h"
#include "tests/support/window_test.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct Lab {
    explicit Lab(Window& window) : window(window) { window.openLab("language"); }
    language::LanguageLab& operator*() { return dynamic_cast<language::LanguageLab&>(window.session().lab()); }
    language::LanguageLab* operator->() { return &**this; }
    bool opened() {
        return QTest::qWaitFor([this] { return (*this)->decoding() != nullptr; }, patience) && window.rest();
    }
    /// Nodes of the tree that are on the screen.
    std::set<int> nodesShown(int most = 200) {
        std::set<int> shown;
        for (int node = 0; node < most; ++node)
            if (window.control("node " + std::to_string(node)).x() >= 0) shown.insert(node);
        return shown;
    }
    void press(const std::string& spot) {
        window.click(window.control(spot));
        window.frames(3);
    }
    Window& window;
};

QString told(const std::set<int>& numbers) {
    QString text;
    for (const int number : numbers) text += QString::number(number) + ' ';
    return text;
}

void type(Window& window, Qt::Key key) {
    QTest::keyClick(&window.view(), key);
    window.frames(3);
}

} // namespace

class TestWindowLanguage : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aDraftIsSteppedScrubbedAndReplayed() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(lab.opened());
        QCOMPARE(window.notice(), QString());
        window.transport().pause();
        window.transport().seek(4);
        QVERIFY(window.rest());
        QCOMPARE(lab->position(), 4);
        QVERIFY(window.control("tree").x() > 0);

        // Into the fifth round: its draft grows level by level, then coins fall, then it is text.
        QTest::mouseMove(&window.view(), window.control("moment forth"));
        lab.press("moment forth");
        QVERIFY(window.rest());
        QVERIFY(window.transport().position() > 4 && window.transport().position() < 5);
        QVERIFY(lab->decoding()->rounds().size() >= 5);
        const language::Round round = lab->decoding()->rounds()[4];
        QVERIFY(!round.nodes.empty());
        const int last = language::moments(round);
        std::vector<QImage> pictures;
        for (int moment = 0; moment < last; ++moment) {
            const language::Reveal known = language::reveal(round, moment);
            std::set<int> wanted;
            for (std::size_t n = 0; n < round.nodes.size(); ++n)
                if (round.nodes[n].depth <= known.levels) wanted.insert(int(n));
            if (known.written) wanted.insert(int(round.nodes.size())); // the token after them
            QCOMPARE(told(lab.nodesShown()), told(wanted));
            QCOMPARE(lab->position(), 4); // the text grows when the round is over
            pictures.push_back(window.picture());
            type(window, Qt::Key_Down);
            QVERIFY(window.rest());
        }
        QCOMPARE(window.transport().position(), 5.0);
        QCOMPARE(lab->position(), 5);
        const auto text = lab->decoding()->text();
        QCOMPARE(int(text.size()), round.length + round.tokens());

        // Scrubbed back along the beads: the same moment is the same picture.
        type(window, Qt::Key_Up);
        QVERIFY(window.rest());
        window.drag(window.control("moment " + std::to_string(last - 1)), window.control("moment 2"));
        QVERIFY(window.rest());
        QTest::mouseMove(&window.view(), QPoint(3, 3));
        window.frames(2);
        QCOMPARE(told(lab.nodesShown()), [&] {
            std::set<int> wanted;
            for (std::size_t n = 0; n < round.nodes.size(); ++n)
                if (round.nodes[n].depth <= std::min(2, language::levels(round))) wanted.insert(int(n));
            return told(wanted);
        }());

        // Replayed from the prompt: the same tokens, the same coins.
        window.transport().seek(0);
        QVERIFY(window.rest());
        QCOMPARE(lab->position(), 0);
        lab->act("restart");
        window.transport().seek(5);
        QVERIFY(window.rest());
        const language::Round& again = lab->decoding()->rounds()[4];
        QCOMPARE(again.written(), round.written());
        QCOMPARE(again.steps.size(), round.steps.size());
        for (std::size_t i = 0; i < again.steps.size(); ++i) QCOMPARE(again.steps[i].decision.coin, round.steps[i].decision.coin);
    }

    /// While it plays, moments pass by themselves.
    void itPlays() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(lab.opened());
        window.transport().seek(1);
        QVERIFY(window.rest());
        window.transport().setSpeed(1.0 / 16);
        window.transport().play();
        std::set<std::size_t> sizes;
        QVERIFY(QTest::qWaitFor(
            [&] {
                window.view().wake();
                sizes.insert(lab.nodesShown().size());
                return sizes.size() >= 3; // levels came one after the other
            },
            patience));
        window.transport().pause();
    }

    /// A node is decided again by another rule; then the whole round is.
    void aRuleIsChangedInTheMiddle() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(lab.opened());
        window.transport().pause();
        window.transport().seek(3);
        QVERIFY(window.rest());
        window.transport().seek(3.6);
        QVERIFY(window.rest());
        const language::Round before = lab->decoding()->rounds()[3];
        const QImage was = window.picture();
        if (window.control("rule topk").x() > 0) {
            lab.press("rule topk");
            QVERIFY(difference(was, window.picture(), 40) > 0.001);
            QCOMPARE(lab->decoding()->rounds()[3].written(), before.written()); // only looked at
            lab.press("rule as-it-was");
        }
        window.session().set("rule", std::string("topk"));
        QVERIFY(window.rest());
        QVERIFY(lab->decoding()->rounds().size() >= 4);
        const language::Round& after = lab->decoding()->rounds()[3];
        QVERIFY(after.rule == language::Rule::topK);
        QCOMPARE(after.length, before.length); // the same place in the text
        QVERIFY(lab->decoding()->rounds()[2].rule != language::Rule::topK);
        window->bench().session().undo();
        QVERIFY(window.rest());
        QCOMPARE(lab->decoding()->rounds()[3].written(), before.written());
    }

    void everyPageIsDrawn() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(lab.opened());
        window.transport().pause();
        window.transport().seek(6);
        QVERIFY(window.rest());
        QImage last = window.picture();
        for (const char* page : {"cache", "text", "figures", "tree"}) {
            lab.press("tab " + std::string(page)); // a click on the picture itself
            QVERIFY(window.rest());
            QCOMPARE(window.settings().text("picture"), std::string(page));
            const QImage now = window.picture();
            QVERIFY2(difference(last, now, 20) > 0.02, page);
            last = now;
        }
        for (const char* show : {"race", "proof"}) {
            window.session().set("show", std::string(show));
            QVERIFY(window.rest());
            const QImage now = window.picture();
            QVERIFY2(difference(last, now, 20) > 0.02, show);
            last = now;
        }
        QCOMPARE(window.notice(), QString());
    }

    void theProofFindsABrokenRule() {
        Window window({}, false);
        QVERIFY(window.drawn());
        Lab lab(window);
        QVERIFY(lab.opened());
        window.transport().pause();
        window.transport().seek(0);
        window.session().set({{"show", std::string("proof")},
                              {"samples", std::int64_t(1000)},
                              {"texts", std::int64_t(100)},
                              {"prompts", std::int64_t(1)}});
        QVERIFY(window.rest());
        if (!window.settings().flag("plant")) lab.press("plant");
        QVERIFY(window.rest());
        QVERIFY(window.settings().flag("plant"));
        if (lab->jobs().empty() && !lab->proof()) lab.press("prove");
        QVERIFY(QTest::qWaitFor([&] { return lab->proof() && lab->proof()->finished(); }, 4 * patience));
        QVERIFY(window.rest());
        QVERIFY(lab->proof()->verdict(language::Rule::ratioOnTopK) == language::Proof::Verdict::lossy);
        QVERIFY(lab->proof()->verdict(language::Rule::withoutReplacement) == language::Proof::Verdict::lossless);
        QVERIFY(window.control("verdict broken-ratio").x() > 0);
    }
};

ORRERY_WINDOW_TEST_MAIN(TestWindowLanguage)
#include "tst_window_language.moc"
