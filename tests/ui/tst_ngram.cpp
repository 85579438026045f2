// SPDX-License-Identifier: GPL-3.0-or-later
// The n-gram explorer in the viewport: tokens that are clicked, pages and smoothings that are chosen, what is marked red, the card
// with the way of a probability.
#include "engine/labs/language/lab.h"
#include "tests/ui/rig.h"

using namespace orrery;
using namespace orrery::test;

namespace {

struct NgramRig : Rig {
    explicit NgramRig(const std::string& scenario) : Rig(1280, 720, "language") {
        session.apply(lab::loadScenario(scenario, "language"));
        rest();
    }
    const language::NgramExplorer& it() const { return dynamic_cast<const language::LanguageLab&>(session.lab()).ngrams(); }
    bool there(const std::string& name) const {
        Area area;
        return control(name, area);
    }
    Area spot(const std::string& name) const {
        Area area;
        if (!control(name, area)) qFatal("no spot %s", name.c_str());
        return area;
    }
    /// Pixels of the colour of what is bad, within a spot.
    int red(const std::string& name) {
        const glm::dvec2 low = spot(name).at(0, 0), high = spot(name).at(1, 1);
        const glm::vec4 bad = ui::darkTheme().bad;
        return count(rest(), low - 2., high + 2., [&](const Rgb& c) {
            return std::abs(c.r - 255 * bad.r) + std::abs(c.g - 255 * bad.g) + std::abs(c.b - 255 * bad.b) < 40;
        });
    }
};

} // namespace

class TestNgram : public QObject {
    Q_OBJECT

 private Q_SLOTS:
    void aClickedTokenIsWhereTheClockStands() {
        NgramRig rig("sam");
        QVERIFY(rig.it().ready());
        QCOMPARE(rig.it().scores().size(), std::size_t(8)); // I am Sam and I like ham </s>
        for (const int token : {2, 6, 0, 7}) {
            rig.click(rig.spot("token " + std::to_string(token)).at(0.5));
            rig.rest();
            QCOMPARE(rig.it().position(), token);
            QVERIFY(rig.there("next 0") && rig.there("node 1"));
        }
        QVERIFY(!rig.there("token 8"));
        QVERIFY(rig.errors.empty());
    }

    void pagesAndSmoothingsAreChosenByHand() {
        NgramRig rig("sam");
        rig.click(rig.spot("look law").at(0.5));
        rig.rest();
        QCOMPARE(rig.session.settings().text("ngram_look"), std::string("law"));
        QVERIFY(rig.there("law plot") && !rig.there("next 0"));
        rig.click(rig.spot("worth mle").at(0.5));
        rig.rest();
        QVERIFY(rig.it().counted()->options().method == language::Smoothing::mle);
        QCOMPARE(rig.it().judgements().size(), std::size_t(3));
        rig.click(rig.spot("look grams").at(0.5));
        rig.rest();
        QVERIFY(rig.there("gram 0") && rig.there("drawn"));
        QVERIFY(rig.errors.empty());
    }

    void whatIsImpossibleIsRed() {
        NgramRig rig("sam"); // "and" never stood after "Sam"
        QCOMPARE(rig.red("token 3"), 0);
        rig.session.set("ngram_smoothing", std::string("mle"));
        QVERIFY(rig.red("token 3") > 30);
        QCOMPARE(rig.red("token 1"), 0); // "am" after "I" is as it was
    }

    void aRestingPointerIsToldTheWay() {
        NgramRig rig("sam");
        const ui::Picture before = rig.rest();
        rig.move(rig.spot("token 2").at(0.5));
        const ui::Picture told = rig.frames(4, 0.2);
        int changed = 0;
        for (std::size_t i = 0; i < before.rgba.size(); ++i) changed += before.rgba[i] != told.rgba[i];
        QVERIFY2(changed > 20'000, qPrintable(QString::number(changed)));
    }

    void bytesAreCutIntoPieces() {
        NgramRig rig("pieces");
        QVERIFY(rig.it().pieces().size() > 1 && rig.it().pieces().size() < rig.it().scores().size());
        QVERIFY(rig.there("token 0") && rig.there("gram 0"));
        QVERIFY(rig.errors.empty());
    }
};

ORRERY_TEST_MAIN(TestNgram)
#include "tst_ngram.moc"
