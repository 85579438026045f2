// SPDX-License-Identifier: GPL-3.0-or-later
// "Is it lossless?": each check with what it must be, what it is, how far it has come and what that says; and rules that are broken on
// purpose, which must be found out.
#include "ui/labs/language/page.h"
#include "ui/labs/language/words.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::ProofRow;
using language::Proved;

namespace {

class ProofPage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;

 private:
    struct Verdict {
        Rule rule;
        bool broken = false, pending = true, holds = true;
    };
    std::vector<Verdict> verdicts() const;
    float drawVerdicts(ImDrawList* list, const Look& look, const Box& box);
    void drawRow(ImDrawList* list, const Look& look, const Box& box, const ProofRow& row) const;
};

bool decided(const ProofRow& row) { return row.finished || (row.done > 0 && !row.holds()); }

std::string observed(const ProofRow& row) {
    if (row.done == 0) return "\xE2\x80\x93";
    switch (row.kind) {
        case Proved::law:
            return formatScientific(row.measured, 2);
        case Proved::token:
        case Proved::joint:
            return "p = " + formatShort(row.measured, 2);
        default:
            return formatFixed(row.measured, 0);
    }
}

std::string expected(const ProofRow& row) {
    switch (row.kind) {
        case Proved::law:
            return "\xE2\x89\xA4 " + formatScientific(row.bound, 1);
        case Proved::token:
        case Proved::joint:
            return "\xE2\x89\xA5 " + formatScientific(row.bound, 1);
        default:
            return "0";
    }
}

const char* what(Proved kind) {
    switch (kind) {
        case Proved::law:
            return "every case counted";
        case Proved::token:
            return "one token, drawn often";
        case Proved::joint:
            return "three tokens in a row";
        case Proved::coupled:
            return "sampled texts, token for token";
        case Proved::greedy:
            return "greedy texts, token for token";
    }
    return "";
}

const char* meaning(Proved kind) {
    switch (kind) {
        case Proved::law:
            return "At real nodes of this model: all candidates that can be drawn, all coins that can fall. The law of the token "
                   "that leaves the node must be p; the number is the largest difference.";
        case Proved::token:
            return "The first token of many rounds, counted and compared with p by a chi-square test: the number is the "
                   "probability of counts so far off.";
        case Proved::joint:
            return "Three tokens in a row of many texts, against their joint law: errors that single tokens hide.";
        case Proved::coupled:
            return "A text with a draft against the same text without, coin for coin: the number counts texts that differ.";
        case Proved::greedy:
            return "At temperature 0 a draft must change nothing: the number counts texts that differ.";
    }
    return "";
}

/// Where on a logarithmic scale from 1e-18 to 1 a value stands.
double onScale(double value) { return value <= 1e-18 ? 0 : std::clamp((std::log10(value) + 18) / 18, 0., 1.); }

std::vector<ProofPage::Verdict> ProofPage::verdicts() const {
    std::vector<Verdict> all;
    for (const ProofRow& row : m_scene.proof.rows) {
        auto it = std::find_if(all.begin(), all.end(), [&](const Verdict& v) { return v.rule == row.rule; });
        if (it == all.end()) it = all.insert(all.end(), {row.rule, row.broken, false, true});
        if (decided(row) && !row.holds()) it->holds = false;
        it->pending |= !row.finished;
    }
    return all;
}

float ProofPage::drawVerdicts(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    const std::vector<Verdict> all = verdicts();
    const float gap = look.px(8), tall = look.px(46);
    const auto perRow = std::size_t(std::clamp(int(box.width() / look.px(205)), 1, 5));
    const float wide = (box.width() - gap * float(perRow - 1)) / float(perRow);
    float y = box.top;
    for (std::size_t i = 0; i < all.size(); ++i) {
        const float x = box.left + (wide + gap) * float(i % perRow);
        y = box.top + (tall + gap) * float(i / perRow);
        const Verdict& v = all[i];
        const bool lossy = !v.holds;
        list->AddRectFilled({x, y}, {x + wide, y + tall}, toColour(t.card), look.px(8));
        const ImVec2 mark{x + look.px(18), y + tall / 2};
        if (v.pending && !lossy)
            list->AddCircle(mark, look.px(6), toColour(t.faint), 20, look.px(1.6f));
        else
            drawVerdict(list, look, mark, !lossy);
        const float left = x + look.px(34), room = wide - look.px(40);
        drawText(list, look.fonts.body, {left, y + look.px(6)}, toColour(t.text),
                 clipped(look.fonts.body, ruleName(look, v.rule), room));
        const std::string words = lossy       ? look.tr(v.broken ? "found out: it changes the law" : "not lossless")
                                  : v.pending ? look.tr("so far as it should be")
                                  : v.broken  ? look.tr("not found out: too few samples")
                                              : look.tr("lossless");
        drawText(list, look.fonts.small, {left, y + look.px(25)},
                 toColour(lossy       ? t.bad
                          : v.pending ? t.secondary
                          : v.broken  ? t.bad
                                      : t.ok),
                 clipped(look.fonts.small, words, room));
        note("verdict " + std::string(language::text(v.rule).key), {x, y, x + wide, y + tall});
    }
    return all.empty() ? box.top : y + tall;
}

void ProofPage::drawRow(ImDrawList* list, const Look& look, const Box& row, const ProofRow& it) const {
    const Theme& t = look.theme;
    const float w = row.width(), middle = (row.top + row.bottom) / 2, body = middle - fontHeight(look.fonts.body) / 2;
    const bool sure = decided(it), holds = it.holds();
    list->AddLine({row.left, row.top}, {row.right, row.top}, toColour(t.line, 0.6f), 1);
    const float name = row.left + w * 0.21f, kind = row.left + w * 0.42f, scale = row.left + w * 0.60f,
                seen = row.left + w * 0.76f, want = row.left + w * 0.90f;
    drawText(list, look.fonts.body, {row.left + look.px(2), body}, toColour(it.broken ? t.bad : t.secondary),
             clipped(look.fonts.body, ruleName(look, it.rule), name - row.left - look.px(8)));
    drawText(list, look.fonts.body, {name, body}, toColour(t.text),
             clipped(look.fonts.body, look.tr(what(it.kind)), kind - name - look.px(8)));
    const float share = it.wanted > 0 ? float(std::clamp(double(it.done) / double(it.wanted), 0., 1.)) : 0,
                length = scale - kind - look.px(16);
    list->AddRectFilled({kind, middle - look.px(2)}, {kind + length, middle + look.px(2)}, toColour(t.raised), look.px(2));
    list->AddRectFilled({kind, middle - look.px(2)}, {kind + length * share, middle + look.px(2)}, toColour(t.dimBrass),
                        look.px(2));
    // The number on a logarithmic scale, and the side of the mark on which it may be.
    if (it.kind == Proved::law || it.kind == Proved::token || it.kind == Proved::joint) {
        const float left = scale, right = seen - look.px(98), mark = left + (right - left) * float(onScale(it.bound));
        const bool below = it.kind == Proved::law;
        list->AddRectFilled({left, middle - look.px(3)}, {right, middle + look.px(3)}, toColour(t.bad, 0.35f), look.px(2));
        list->AddRectFilled({below ? left : mark, middle - look.px(3)}, {below ? mark : right, middle + look.px(3)},
                            toColour(t.ok, 0.55f), look.px(2));
        if (it.done > 0)
            list->AddCircleFilled({left + (right - left) * float(onScale(it.measured)), middle}, look.px(4.2f),
                                  toColour(holds ? t.ok : t.bad), 16);
    }
    const float mono = middle - fontHeight(look.fonts.mono) / 2;
    drawText(list, look.fonts.mono, {seen, mono}, toColour(it.done > 0 && !holds ? t.bad : t.text), observed(it), Align::right);
    drawText(list, look.fonts.mono, {want, mono}, toColour(t.secondary), expected(it), Align::right);
    if (sure && it.broken && holds) // this check does not see the mistake
        list->AddLine({row.right - look.px(16), middle}, {row.right - look.px(8), middle}, toColour(t.faint), look.px(2));
    else if (sure)
        drawVerdict(list, look, {row.right - look.px(12), middle}, holds);
    else
        list->AddCircle({row.right - look.px(12), middle}, look.px(5), toColour(t.faint), 18, look.px(1.3f));
}

void ProofPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Theme& t = look.theme;
    const Proof& proof = m_scene.proof;
    const Box room =
        drawHead(list, look, place, look.tr("Is it lossless?"),
                 look.tr("Asked of the model that is loaded: with a draft the text must have the law that it has without."));
    float y = room.top;
    float x = drawChip(list, look, "prove", {room.left, y}, look.tr(proof.rows.empty() ? "Is it lossless?" : "Ask again"),
                       proof.rows.empty()) +
              look.px(8);
    x = drawChip(list, look, "plant", {x, y}, look.tr("with broken rules"), m_scene.planted) + look.px(12);
    drawText(list, look.fonts.small, {x, y + look.px(4)}, toColour(t.faint),
             clipped(look.fonts.small, look.tr("mistakes that published code holds: they must be found out"), room.right - x));
    y += look.px(34);
    if (proof.rows.empty()) {
        drawWords(list, look, {room.left, y}, std::min(room.width(), look.px(560)), t.secondary,
                  look.tr("Counts every case at real nodes, draws thousands of tokens and texts by each rule, and compares whole "
                          "texts token for token. It takes a minute or two, and you see every number."));
        return;
    }
    y = drawVerdicts(list, look, {room.left, y, room.right, room.bottom}) + look.px(14);
    const float w = room.width();
    const auto head = [&](float share, const char* text, Align align) {
        drawText(list, look.fonts.small, {room.left + w * share, y}, toColour(t.faint), look.tr(text), align);
    };
    head(0, "rule", Align::left), head(0.21f, "check", Align::left), head(0.42f, "progress", Align::left);
    head(0.76f, "observed", Align::right), head(0.90f, "must be", Align::right);
    y += look.px(17);
    const float pitch = std::clamp((room.bottom - y) / float(proof.rows.size()), look.px(14), look.px(26));
    for (std::size_t i = 0; i < proof.rows.size(); ++i, y += pitch) {
        const Box row{room.left, y, room.right, y + pitch};
        drawRow(list, look, row, proof.rows[i]);
        note("row " + std::to_string(i), row);
    }
}

bool ProofPage::input(const Input& event, const Camera&, const Place&) {
    if (event.kind == Input::Kind::wheel) return true;
    if (event.kind != Input::Kind::press) return false;
    Box box;
    if (spot("prove", box) && box.holds(event.px)) m_hands.act("prove");
    if (spot("plant", box) && box.holds(event.px)) m_hands.want("plant", !m_scene.planted);
    return true;
}

std::optional<Told> ProofPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place&) const {
    if (const std::string key = spotAt(px, "verdict "); !key.empty()) {
        const language::RuleText& it = language::text(language::ruleOf(key));
        return Told{look.tr(it.name), {{"formula", ruleFormula(it.rule)}}, look.tr(it.meaning)};
    }
    const std::string at = spotAt(px, "row ");
    if (at.empty() || std::size_t(std::stoi(at)) >= m_scene.proof.rows.size()) return std::nullopt;
    const ProofRow& row = m_scene.proof.rows[std::size_t(std::stoi(at))];
    Told told{ruleName(look, row.rule) + ": " + look.tr(what(row.kind)), {}, look.tr(meaning(row.kind))};
    told.facts.push_back({"done", std::to_string(row.done) + " / " + std::to_string(row.wanted)});
    told.facts.push_back({"observed", observed(row)});
    told.facts.push_back({"must be", expected(row)});
    if (row.freedom > 0) {
        told.facts.push_back({"chi-square", formatShort(row.statistic, 4)});
        told.facts.push_back({"degrees of freedom", std::to_string(row.freedom)});
    }
    return told;
}

} // namespace

std::unique_ptr<Page> makeProofPage(const Scene& scene, Focus& focus, Hands& hands) {
    return std::make_unique<ProofPage>(scene, focus, hands);
}

} // namespace orrery::ui::lang
