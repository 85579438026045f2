// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/choice_picture.h"

#include "engine/error.h"
#include "ui/labs/language/words.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <bit>

namespace orrery::ui::lang {

using language::Choice;
using language::Decision;
using language::Step;
using language::Visit;

namespace {

constexpr Rule offered[] = {
    Rule::withoutReplacement, Rule::iid,         Rule::topK,           Rule::coupled, Rule::greedy, Rule::typical,
    Rule::ratioOnTopK,        Rule::iidResidual, Rule::alignedResidual};
/// For a chip; the full name is in its card.
const char* shortName(Rule rule) {
    switch (rule) {
        case Rule::withoutReplacement:
            return "none twice";
        case Rule::iid:
            return "replaced";
        case Rule::topK:
            return "top-k";
        case Rule::typical:
            return "typical";
        case Rule::ratioOnTopK:
            return "p/q on top";
        case Rule::iidResidual:
            return "stale q";
        case Rule::alignedResidual:
            return "by place";
        default:
            return language::text(rule).name;
    }
}

constexpr float rowTall = 20, barTall = 17; ///< logical pixels

} // namespace

int ChoicePicture::group(const Scene& scene, const Focus& focus) {
    const Round* round = scene.round();
    if (!round) return -1;
    const int count = int(round->nodes.size());
    if (focus.round == scene.shown && focus.selected != Focus::none) {
        if (focus.selected < 0) return -1;
        return focus.selected >= count ? round->lastParent : round->nodes[std::size_t(focus.selected)].parent;
    }
    if (scene.lookAt >= 0 && scene.lookAt < count) return scene.lookAt;
    const Reveal known = scene.reveal();
    if (known.kept) { // at rest: where something was refused, there is most to see
        for (const Step& step : round->steps)
            if (!step.decision.accepted) return step.decision.parent;
        return -1;
    }
    if (known.written) return round->lastParent;
    return known.decided > 0 ? round->steps[std::size_t(known.decided - 1)].decision.parent : -1;
}

void ChoicePicture::refresh(const Scene& scene, const Focus& focus) {
    m_round = scene.round();
    const int node = group(scene, focus);
    m_visit = language::visitOf(*m_round, node);
    const Reveal known = scene.reveal();
    m_verified = known.verified;
    m_replayed = !focus.rule.empty();
    m_known = 0;
    std::vector<std::uint64_t> key = {std::uint64_t(m_round->index),
                                      std::uint64_t(m_visit + 1),
                                      scene.plan.seed,
                                      m_replayed ? std::uint64_t(language::ruleOf(focus.rule)) + 1 : 0,
                                      std::bit_cast<std::uint64_t>(scene.plan.typical.epsilon),
                                      std::bit_cast<std::uint64_t>(scene.plan.typical.delta),
                                      std::uint64_t(m_round->length),
                                      std::uint64_t(m_round->nodes.size())};
    if (m_visit >= 0) {
        const Visit& at = m_round->visits[std::size_t(m_visit)];
        if (!at.bars.empty()) key.push_back(std::bit_cast<std::uint64_t>(at.bars.front().p));
        key.push_back(std::uint64_t(at.logits.size()));
        for (int i = 0; i < known.decided; ++i) m_known += m_round->steps[std::size_t(i)].visit == m_visit;
    }
    if (key == m_key) return;
    m_key = key;
    m_choice.reset(), m_error.clear();
    if (m_visit < 0) return;
    try {
        m_choice = m_replayed
                       ? language::replay(*m_round, m_visit, language::ruleOf(focus.rule), scene.plan.typical, {scene.plan.seed})
                       : language::happened(*m_round, m_visit);
    } catch (const Error& error) {
        m_error = error.what();
    }
}

void ChoicePicture::point(glm::dvec2 px) { m_pointer = px; }

int ChoicePicture::shownStep() const {
    if (!m_choice) return -1;
    const int known = m_replayed ? int(m_choice->steps.size()) : std::min(m_known, int(m_choice->steps.size()));
    for (std::size_t i = 0; i < m_candidates.size(); ++i)
        if (m_candidates[i].holds(m_pointer) && int(i) < known) return int(i);
    return known - 1;
}

float ChoicePicture::drawRules(ImDrawList* list, const Look& look, const Scene&, const Focus& focus, const Box& box,
                               const Note& note) const {
    const Theme& t = look.theme;
    const ImFont* font = look.fonts.small;
    float x = box.left, y = box.top;
    const auto chip = [&](const std::string& name, const std::string& text, bool on, bool broken) {
        const float wide = textWidth(font, text) + look.px(12), high = look.px(19);
        if (x > box.left && x + wide > box.right) x = box.left, y += high + look.px(3);
        const Box at{x, y, x + wide, y + high};
        list->AddRectFilled(at.low(), at.high(), toColour(on ? t.brass : t.raised), look.px(6));
        if (broken) list->AddRect(at.low(), at.high(), toColour(t.bad, on ? 1.f : 0.6f), look.px(6));
        drawText(list, font, {x + look.px(6), y + (high - fontHeight(font)) / 2},
                 toColour(on       ? t.ground
                          : broken ? t.bad
                                   : t.brass),
                 text);
        note("rule " + name, at);
        x += wide + look.px(4);
    };
    chip("as-it-was", look.tr("as it happened"), focus.rule.empty(), false);
    for (const Rule rule : offered) {
        const language::RuleText& text = language::text(rule);
        chip(text.key, look.tr(shortName(rule)), focus.rule == text.key, language::isBroken(rule));
    }
    return y + look.px(19) - box.top;
}

float ChoicePicture::drawCandidates(ImDrawList* list, const Look& look, const Scene& scene, const Box& box, const Note& note) {
    const Theme& t = look.theme;
    m_candidates.clear();
    const Choice& c = *m_choice;
    const std::size_t known = m_replayed ? c.steps.size() : std::min(std::size_t(m_known), c.steps.size());
    const float tall = look.px(rowTall), name = std::min(look.px(96), box.width() * 0.3f), number = look.px(40);
    float y = box.top;
    const std::size_t most = std::size_t(std::max(1.f, box.height() / tall));
    for (std::size_t i = 0; i < std::min(c.candidates.size(), most); ++i, y += tall) {
        const Box row{box.left, y, box.right, y + tall};
        m_candidates.push_back(row);
        note("candidate " + std::to_string(i), row);
        const bool decided = i < known;
        const bool now = int(i) == shownStep();
        if (now) list->AddRectFilled(row.low(), row.high(), toColour(t.raised), look.px(5));
        const float middle = (row.top + row.bottom) / 2, text = middle - fontHeight(look.fonts.mono) / 2;
        drawPieces(list, look, look.fonts.mono, {row.left + look.px(6), text}, decided ? t.text : t.faint,
                   scene.tokens->of(c.candidates[i]), name - look.px(8));
        const float left = row.left + name + look.px(4), right = row.right - number - look.px(22);
        if (!decided) {
            drawText(list, look.fonts.small, {left, middle - fontHeight(look.fonts.small) / 2}, toColour(t.faint),
                     clipped(look.fonts.small, look.tr(known == c.steps.size() ? "not tried" : "not yet"), right - left));
            continue;
        }
        const Decision& d = c.steps[i].decision;
        const float mark = left + (right - left) * float(std::clamp(d.acceptance, 0., 1.)), h = look.px(3);
        list->AddRectFilled({left, middle - h}, {mark, middle + h}, toColour(keptColour(look)), look.px(2));
        list->AddRectFilled({mark, middle - h}, {right, middle + h}, toColour(refusedColour(look), 0.45f), look.px(2));
        std::string figure = shortNumber(d.acceptance);
        if (c.rule == Rule::typical) { // p against a threshold instead of a coin
            const float x = left + (right - left) * float(std::clamp(d.p, 0., 1.));
            list->AddLine({x, middle - look.px(6)}, {x, middle + look.px(6)}, toColour(t.brass), look.px(2));
        } else if (c.rule != Rule::greedy && c.rule != Rule::coupled) {
            const float x = left + (right - left) * float(std::clamp(d.coin, 0., 1.));
            list->AddCircleFilled({x, middle}, look.px(5), toColour(t.ground), 16);
            list->AddCircleFilled({x, middle}, look.px(3.8f), toColour(t.brass), 16);
        }
        drawText(list, look.fonts.mono, {row.right - look.px(22), text}, toColour(t.secondary), figure, Align::right);
        drawVerdict(list, look, {row.right - look.px(9), middle}, d.accepted);
    }
    return y - box.top;
}

ChoicePicture::Bars ChoicePicture::barsAt(int step, const std::vector<std::size_t>& rows) const {
    const Visit& at = m_round->visits[std::size_t(m_visit)];
    std::vector<double> p, q, pAfter, qAfter;
    Bars bars;
    if (step >= 0) {
        const Step& s = m_choice->steps[std::size_t(step)];
        p = s.before, q = s.qBefore;
        bars.refused = !s.decision.accepted && s.before != s.after;
        if (bars.refused) pAfter = s.after, qAfter = s.qAfter;
    } else {
        const bool drafted = at.restQ > 0 || std::any_of(at.bars.begin(), at.bars.end(), [](const auto& b) { return b.q > 0; });
        for (const language::Bar& bar : at.bars) {
            p.push_back(bar.p);
            if (drafted) q.push_back(bar.q);
        }
    }
    const auto pick = [&](const std::vector<double>& from, std::vector<double>& to) {
        if (from.empty()) return;
        double rest = 1;
        for (const std::size_t row : rows) to.push_back(from[row]), rest -= from[row];
        to.push_back(std::max(0., rest));
    };
    pick(p, bars.p), pick(q, bars.q), pick(pAfter, bars.pAfter), pick(qAfter, bars.qAfter);
    if (!m_verified && !m_replayed) bars.p.clear();
    return bars;
}

void ChoicePicture::drawLegend(ImDrawList* list, const Look& look, ImVec2 at, float width, bool both) const {
    const float start = at.x;
    const auto entry = [&](const glm::vec4& colour, bool hollow, const std::string& text) {
        const float wide = textWidth(look.fonts.small, text) + look.px(24);
        if (at.x > start && at.x + wide > start + width) at.x = start, at.y += look.px(14);
        const ImVec2 low{at.x, at.y + look.px(3)}, high{at.x + look.px(10), at.y + look.px(11)};
        list->AddRectFilled(low, high, toColour(colour, hollow ? 0.25f : 1), look.px(2));
        if (hollow) list->AddRect(low, high, toColour(colour), look.px(2));
        drawText(list, look.fonts.small, {at.x + look.px(14), at.y}, toColour(look.theme.secondary), text);
        at.x += wide;
    };
    if (!both) return entry(residualColour(look), false, "p");
    entry(keptColour(look), false, "min(p, q)");
    entry(residualColour(look), false, "(p \xE2\x88\x92 q)\xE2\x82\x8A");
    entry(refusedColour(look), true, "(q \xE2\x88\x92 p)\xE2\x82\x8A");
}

void ChoicePicture::drawBars(ImDrawList* list, const Look& look, const Scene& scene, const Box& box) {
    const Theme& t = look.theme;
    m_rows.clear();
    const Visit& at = m_round->visits[std::size_t(m_visit)];
    const float head = look.px(17), legend = look.px(18);
    const std::size_t fit = std::size_t(std::max(3.f, (box.height() - head - legend) / look.px(barTall)));
    // The likeliest, and of the candidates as many as leave room for them: first the one that is being decided.
    std::vector<std::size_t> rows;
    std::vector<bool> tried(at.bars.size());
    std::size_t most = std::max<std::size_t>(1, fit / 2);
    const auto mark = [&](std::int32_t token) {
        for (std::size_t i = 0; i < at.bars.size() && most > 0; ++i)
            if (at.bars[i].token == token && !tried[i]) tried[i] = true, --most;
    };
    const int step = shownStep();
    if (step >= 0) mark(m_choice->candidates[std::size_t(step)]);
    if (m_choice)
        for (const std::int32_t token : m_choice->candidates) mark(token);
    std::size_t extra = std::size_t(std::count(tried.begin(), tried.end(), true));
    for (std::size_t i = 0; i < at.bars.size() && rows.size() + 1 < fit; ++i) {
        if (!tried[i] && rows.size() + 1 + extra >= fit) continue;
        if (tried[i]) --extra;
        rows.push_back(i);
    }
    const Bars bars = barsAt(step, rows);
    double largest = 1e-6;
    for (const auto* values : {&bars.p, &bars.q, &bars.pAfter})
        for (const double v : *values) largest = std::max(largest, v);
    const float name = std::min(look.px(84), box.width() * 0.28f), gap = look.px(10);
    const float column = bars.refused ? (box.width() - name - gap) / 2 : box.width() - name;
    const float figure = look.px(34), length = std::max(look.px(10), column - figure);
    const float first = box.left + name, second = first + column + gap;
    std::string title = look.tr(bars.p.empty() ? "q; p is not known yet" : bars.q.empty() ? "p" : "p and q");
    if (step >= 0) title = look.tr(bars.refused ? "before the refusal" : "when it was decided");
    drawText(list, look.fonts.small, {first, box.top}, toColour(t.faint), clipped(look.fonts.small, title, column));
    if (bars.refused)
        drawText(list, look.fonts.small, {second, box.top}, toColour(t.faint),
                 clipped(look.fonts.small, look.tr("after it: p from here on"), column));
    const float tall = look.px(barTall);
    float y = box.top + head;
    const std::size_t count = rows.size() + 1;
    for (std::size_t i = 0; i < count; ++i, y += tall) {
        const bool rest = i == rows.size();
        const std::int32_t token = rest ? -1 : at.bars[rows[i]].token;
        const Box row{box.left, y, box.right, y + tall};
        const double p = bars.p.empty() ? 0 : bars.p[i], q = bars.q.empty() ? 0 : bars.q[i];
        m_rows.push_back({row, token, p, q, bars.pAfter.empty() ? -1 : bars.pAfter[i]});
        const float text = y + (tall - fontHeight(look.fonts.small)) / 2;
        if (step >= 0 && m_choice->candidates[std::size_t(step)] == token)
            list->AddRectFilled(row.low(), row.high(), toColour(t.raised), look.px(4));
        if (rest)
            drawText(list, look.fonts.small, {box.left, text}, toColour(t.faint),
                     clipped(look.fonts.small, look.tr("the rest"), name - look.px(6)));
        else
            drawPieces(list, look, look.fonts.small, {box.left + look.px(2), text}, t.text, scene.tokens->of(token),
                       name - look.px(8));
        const auto px = [&](float left, double v) { return left + length * float(v / largest); };
        const float low = y + look.px(3), high = y + tall - look.px(3);
        const auto bar = [&](float left, double from, double to, const glm::vec4& colour, bool hollow) {
            if (to <= from) return;
            const ImVec2 a{px(left, from), low}, b{std::max(px(left, to), px(left, from) + 1), high};
            list->AddRectFilled(a, b, toColour(colour, hollow ? 0.22f : 1), look.px(2));
            if (hollow) list->AddRect(a, b, toColour(colour, 0.9f), look.px(2));
        };
        if (bars.q.empty()) {
            bar(first, 0, p, residualColour(look), false);
        } else {
            bar(first, 0, std::min(p, q), keptColour(look), false);
            bar(first, q, p, residualColour(look), false);
            bar(first, p, q, refusedColour(look), true);
        }
        drawText(list, look.fonts.small, {px(first, std::max(p, q)) + look.px(4), text}, toColour(t.secondary),
                 shortNumber(bars.p.empty() ? q : p));
        if (!bars.refused) continue;
        const double after = bars.pAfter[i];
        bar(second, 0, after, residualColour(look), false);
        if (!bars.qAfter.empty() && bars.qAfter[i] > 0) {
            const float x = px(second, std::min(largest, bars.qAfter[i]));
            list->AddLine({x, low - look.px(1)}, {x, high + look.px(1)}, toColour(categoryColour(look, 0)), look.px(1.8f));
        }
        drawText(list, look.fonts.small, {px(second, after) + look.px(4), text}, toColour(after > 0 ? t.secondary : t.faint),
                 shortNumber(after));
    }
    drawLegend(list, look, {box.left, y + look.px(3)}, box.width(), !bars.q.empty());
}

void ChoicePicture::draw(ImDrawList* list, const Look& look, const Scene& scene, const Focus& focus, const Box& box,
                         const Note& note) {
    m_rows.clear(), m_candidates.clear();
    if (!scene.round()) return;
    refresh(scene, focus);
    const Theme& t = look.theme;
    const int node = group(scene, focus);
    const std::int32_t token = node < 0 ? m_round->root : m_round->nodes[std::size_t(node)].token;
    float y = box.top;
    const float caption =
        drawSmallCapitals(list, look, {box.left, y + look.px(2)}, toColour(t.faint), look.tr("What follows")) + look.px(10);
    look.texts.note(quoted(scene, token));
    drawText(list, look.fonts.body, {box.left + caption, y}, toColour(t.text),
             clipped(look.fonts.body, filled(look.tr("after %1"), {quoted(scene, token)}), box.width() - caption));
    y += look.px(21);
    y += drawRules(list, look, scene, focus, {box.left, y, box.right, box.bottom}, note) + look.px(8);
    const Rule rule = m_replayed ? language::ruleOf(focus.rule) : m_round->rule;
    const std::string formula = ruleFormula(rule);
    const bool fits = textWidth(look.fonts.mono, formula) <= box.width() - look.px(18);
    const ImFont* font = fits ? look.fonts.mono : look.fonts.small;
    const float lines = std::ceil((textWidth(font, formula) + 1) / (box.width() - look.px(18)));
    const float tall = lines * fontHeight(font) + look.px(10);
    list->AddRectFilled({box.left, y}, {box.right, y + tall}, toColour(t.card), look.px(6));
    list->AddRectFilled({box.left, y}, {box.left + look.px(3), y + tall}, toColour(t.brass), look.px(2));
    drawWords(list, look, {box.left + look.px(10), y + look.px(4)}, box.width() - look.px(18), t.text, formula, font);
    y += tall + look.px(8);
    if (m_visit < 0) {
        drawWords(
            list, look, {box.left, y}, box.width(), t.secondary,
            look.tr(
                "Nobody came here: of this node only p and q of its candidates were kept. Click a node that was decided on."));
        return;
    }
    if (!m_error.empty()) {
        drawWords(list, look, {box.left, y}, box.width(), t.bad, look.tr(m_error));
        return;
    }
    const float most = std::min((box.bottom - y) * 0.4f, look.px(rowTall) * float(m_choice->candidates.size()));
    if (!m_choice->candidates.empty())
        y += drawCandidates(list, look, scene, {box.left, y, box.right, y + most + 1}, note) + look.px(4);
    std::string line;
    if (m_choice->chance >= 0 && !m_choice->candidates.empty())
        line = filled(look.tr("chance that one of these stays: %1"), {shortNumber(m_choice->chance)});
    if (m_choice->redrawn) line += (line.empty() ? "" : " \xC2\xB7 ") + look.tr("candidates drawn anew, as this rule needs");
    if (m_replayed && m_choice->kept < 0 && m_choice->token >= 0) {
        line += (line.empty() ? "" : " \xC2\xB7 ") + filled(look.tr("then %1 is written"), {quoted(scene, m_choice->token)});
        look.texts.note(line);
    }
    if (!line.empty()) y += drawWords(list, look, {box.left, y}, box.width(), t.secondary, line, look.fonts.small) + look.px(5);
    if (box.bottom - y > look.px(90)) drawBars(list, look, scene, {box.left, y, box.right, box.bottom});
}

std::optional<Told> ChoicePicture::tell(glm::dvec2 px, const Look& look, const Scene& scene) const {
    for (std::size_t i = 0; i < m_candidates.size(); ++i) {
        if (!m_candidates[i].holds(px) || !m_choice || int(i) > shownStep()) continue;
        const Decision& d = m_choice->steps[i].decision;
        Told told{quoted(scene, m_choice->candidates[i]), {}, {}};
        told.facts.push_back({"p at that moment", formatShort(d.p, 4)});
        if (d.q > 0) told.facts.push_back({"q at that moment", formatShort(d.q, 4)});
        told.facts.push_back(
            {m_choice->rule == Rule::typical ? "threshold" : "kept while u is below", formatFixed(d.acceptance, 4)});
        if (d.coin > 0) told.facts.push_back({"coin u", formatFixed(d.coin, 4)});
        if (d.mass > 0) told.facts.push_back({"mass left of p", formatShort(d.mass, 4)});
        told.words = look.tr(d.accepted ? "kept" : "refused");
        return told;
    }
    for (const Row& row : m_rows) {
        if (!row.box.holds(px)) continue;
        Told told{row.token < 0 ? look.tr("all other tokens together") : quoted(scene, row.token), {}, {}};
        told.facts.push_back({"p", formatShort(row.p, 4)});
        told.facts.push_back({"q", formatShort(row.q, 4)});
        if (row.token >= 0 && row.q > 0) {
            told.facts.push_back({"min(p, q)", formatShort(std::min(row.p, row.q), 4)});
            told.facts.push_back({"max(0, p \xE2\x88\x92 q)", formatShort(std::max(0., row.p - row.q), 4)});
        }
        if (row.after >= 0) told.facts.push_back({"p after the refusal", formatShort(row.after, 4)});
        return told;
    }
    return std::nullopt;
}

} // namespace orrery::ui::lang
