// SPDX-License-Identifier: GPL-3.0-or-later
// The whole text with who wrote each token, and of the token that is chosen the distribution it came from, with the temperature
// and filters of the person and without.
#include "engine/labs/language/replay.h"
#include "ui/labs/language/round_page.h"
#include "ui/labs/language/text_picture.h"
#include "ui/labs/language/words.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

namespace {

class TextPage final : public RoundPage {
 public:
    using RoundPage::RoundPage;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;

 private:
    struct Row {
        Box box;
        std::int32_t token = 0;
        double sampled = 0, plain = -1; ///< with and without temperature and filters; -1: not known any more
    };
    static Box textBox(const Place& place);
    static Box lawBox(const Place& place);
    int chosen(const std::vector<Written>& text) const;
    void drawLaw(ImDrawList* list, const Look& look, const Box& box, const std::vector<Written>& text);
    static std::vector<double> withoutTemperature(const language::Visit& visit);
    std::optional<Told> tellToken(const Look& look, const Written& it) const;

    TextPicture m_text;
    std::vector<Row> m_rows;
    int m_scroll = 0;
};

Box TextPage::textBox(const Place& p) {
    const Box inner = between(p);
    return {inner.left, inner.top + p.px(24), inner.right - std::clamp(inner.width() * 0.36f, p.px(240), p.px(380)) - p.px(20),
            inner.bottom};
}

Box TextPage::lawBox(const Place& p) {
    const Box inner = between(p);
    return {inner.right - std::clamp(inner.width() * 0.36f, p.px(240), p.px(380)), inner.top, inner.right, inner.bottom};
}

int TextPage::chosen(const std::vector<Written>& text) const {
    return m_focus.token >= 0 && m_focus.token < int(text.size()) ? m_focus.token : int(text.size()) - 1;
}

/// softmax of the logits as the model gave them, at the visit's bars; empty when they were let go.
std::vector<double> TextPage::withoutTemperature(const language::Visit& visit) {
    if (visit.logits.empty()) return {};
    const double top = double(*std::max_element(visit.logits.begin(), visit.logits.end()));
    double sum = 0;
    for (const float logit : visit.logits) sum += std::exp(double(logit) - top);
    std::vector<double> p;
    for (const language::Bar& bar : visit.bars) p.push_back(std::exp(double(bar.logit) - top) / sum);
    return p;
}

void TextPage::drawLaw(ImDrawList* list, const Look& look, const Box& box, const std::vector<Written>& text) {
    m_rows.clear();
    const Theme& t = look.theme;
    drawSmallCapitals(list, look, {box.left, box.top}, toColour(t.faint), look.tr("Where it came from"));
    float y = box.top + look.px(20);
    const int at = chosen(text);
    const Written it = at >= 0 ? text[std::size_t(at)] : Written{};
    const Round* round = it.round >= 0 ? m_scene.rounds[std::size_t(it.round)] : nullptr;
    if (!round) {
        drawWords(list, look, {box.left, y}, box.width(), t.secondary,
                  look.tr("This token was given. Click one that was written, and see what else could have stood there."));
        return;
    }
    look.texts.note(quoted(m_scene, it.token));
    drawText(list, look.fonts.title, {box.left, y}, toColour(t.text),
             clipped(look.fonts.title, quoted(m_scene, it.token), box.width()));
    y += look.px(26);
    const int count = int(round->nodes.size());
    const int parent = it.node < count ? round->nodes[std::size_t(it.node)].parent : round->lastParent;
    const int index = language::visitOf(*round, parent);
    if (index < 0) {
        drawWords(list, look, {box.left, y}, box.width(), t.secondary, look.tr("Its distribution was not kept."));
        return;
    }
    const language::Visit& visit = round->visits[std::size_t(index)];
    const std::vector<double> plain = withoutTemperature(visit);
    const language::Sampling& s = round->sampling;
    std::string how = s.temperature <= 0 ? look.tr("temperature 0: the likeliest")
                                         : filled(look.tr("temperature %1"), {formatShort(s.temperature, 2)});
    if (s.topK > 0) how += ", top-k " + std::to_string(s.topK);
    if (s.topP < 1) how += ", top-p " + formatShort(s.topP, 2);
    list->AddRectFilled({box.left, y + look.px(4)}, {box.left + look.px(10), y + look.px(12)}, toColour(residualColour(look)),
                        look.px(2));
    drawText(list, look.fonts.small, {box.left + look.px(15), y}, toColour(t.secondary),
             clipped(look.fonts.small, how, box.width() - look.px(16)));
    y += look.px(16);
    list->AddRectFilled({box.left + look.px(4), y + look.px(2)}, {box.left + look.px(6), y + look.px(14)},
                        toColour(categoryColour(look, 0)));
    drawText(list, look.fonts.small, {box.left + look.px(15), y}, toColour(t.secondary),
             clipped(look.fonts.small,
                     plain.empty() ? look.tr("as the model gave it: let go, the round is long ago")
                                   : look.tr("as the model gave it: temperature 1, all tokens"),
                     box.width() - look.px(16)));
    y += look.px(22);
    const float tall = look.px(19), name = std::min(look.px(104), box.width() * 0.34f), figure = look.px(42);
    const auto fit = std::size_t(std::clamp((box.bottom - y - look.px(38)) / tall, 2.f, 18.f));
    const float left = box.left + name, length = std::max(look.px(20), box.width() - name - figure);
    double largest = 1e-9;
    for (std::size_t i = 0; i < visit.bars.size(); ++i)
        largest = std::max({largest, visit.bars[i].p, plain.empty() ? 0 : plain[i]});
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < visit.bars.size(); ++i) rows.push_back(i);
    std::stable_sort(rows.begin(), rows.end(),
                     [&](std::size_t a, std::size_t b) { return visit.bars[a].logit > visit.bars[b].logit; });
    const auto own = std::find_if(rows.begin(), rows.end(), [&](std::size_t r) { return visit.bars[r].token == it.token; });
    if (rows.size() > fit) {
        if (own != rows.end() && own - rows.begin() >= std::ptrdiff_t(fit)) rows[fit - 1] = *own;
        rows.resize(fit);
    }
    double rest = 1, restPlain = 1;
    for (const std::size_t r : rows) rest -= visit.bars[r].p, restPlain -= plain.empty() ? 0 : plain[r];
    const auto row = [&](std::int32_t token, double p, double unfiltered, bool mine) {
        const Box at{box.left, y, box.right, y + tall};
        if (mine) list->AddRectFilled(at.low(), at.high(), toColour(t.raised), look.px(4));
        const float words = y + (tall - fontHeight(look.fonts.mono)) / 2;
        if (token >= 0)
            drawPieces(list, look, look.fonts.mono, {box.left + look.px(4), words}, mine ? t.brass : t.text,
                       m_scene.tokens->of(token), name - look.px(10));
        else
            drawText(list, look.fonts.small, {box.left + look.px(4), y + (tall - fontHeight(look.fonts.small)) / 2},
                     toColour(t.faint), clipped(look.fonts.small, look.tr("the rest"), name - look.px(8)));
        const auto px = [&](double v) { return left + length * float(std::clamp(v / largest, 0., 1.)); };
        list->AddRectFilled({left, y + look.px(4)}, {std::max(px(p), left + (p > 0 ? 1.f : 0.f)), y + tall - look.px(4)},
                            toColour(residualColour(look)), look.px(2));
        if (unfiltered >= 0)
            list->AddRectFilled({px(unfiltered) - look.px(1), y + look.px(2)},
                                {px(unfiltered) + look.px(1), y + tall - look.px(2)}, toColour(categoryColour(look, 0)));
        drawText(list, look.fonts.mono, {box.right - look.px(2), words}, toColour(p > 0 ? t.secondary : t.faint),
                 p > 0 ? shortNumber(p) : "0", Align::right);
        m_rows.push_back({at, token, p, unfiltered});
        y += tall;
    };
    for (const std::size_t r : rows)
        row(visit.bars[r].token, visit.bars[r].p, plain.empty() ? -1 : plain[r], visit.bars[r].token == it.token);
    row(-1, std::max(0., rest), plain.empty() ? -1 : std::max(0., restPlain), false);
    drawText(list, look.fonts.small, {box.left, y + look.px(6)}, toColour(t.faint),
             filled(look.tr("entropy %1 bits"), {formatFixed(visit.entropy / std::log(2.), 2)}));
}

void TextPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    frame(list, look, place, "text", roundLine(look, m_scene));
    const std::vector<Written> text = writtenText(m_scene);
    const Box box = textBox(place), law = lawBox(place);
    m_text.drawLegend(list, look, {box.left, box.top - look.px(24)});
    m_scroll = std::clamp(m_scroll, 0, std::max(0, m_text.lines() - 1));
    m_text.draw(list, look, m_scene, text, box, chosen(text), m_scroll);
    note("text", box);
    Box token;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (m_text.box(int(i), token)) note("token " + std::to_string(i), token);
    drawLaw(list, look, law, text);
}

bool TextPage::input(const Input& event, const Camera& camera, const Place& place) {
    if (event.kind == Input::Kind::wheel && textBox(place).holds(event.px)) {
        m_scroll = std::clamp(m_scroll + (event.wheel > 0 ? 2 : -2), 0, std::max(0, m_text.lines() - 1));
        return true;
    }
    if (RoundPage::input(event, camera, place)) return true;
    if (event.kind != Input::Kind::press) return false;
    const int position = m_text.at(event.px);
    if (position >= 0) m_focus.token = m_focus.token == position ? -1 : position;
    return true;
}

std::optional<Told> TextPage::tellToken(const Look& look, const Written& it) const {
    Told told{quoted(m_scene, it.token), {{"token id", std::to_string(it.token)}}, {}};
    if (it.round < 0) {
        told.words = look.tr("prompt");
        return told;
    }
    const Round& round = *m_scene.rounds[std::size_t(it.round)];
    told.facts.push_back({"round", std::to_string(it.round + 1)});
    const bool drafted = it.node < int(round.nodes.size());
    const int parent = drafted ? round.nodes[std::size_t(it.node)].parent : round.lastParent;
    if (const int visit = language::visitOf(round, parent); visit >= 0)
        for (const language::Bar& bar : round.visits[std::size_t(visit)].bars)
            if (bar.token == it.token) {
                told.facts.push_back({"p, the target's", formatShort(bar.p, 4)});
                if (bar.q > 0) told.facts.push_back({"q, the draft's", formatShort(bar.q, 4)});
            }
    told.words = look.tr(it.ink == Ink::kept    ? "drafted and kept"
                         : it.ink == Ink::bonus ? "on top"
                         : it.ink == Ink::plain ? "written by the target alone"
                                                : "correction");
    return told;
}

std::optional<Told> TextPage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    if (const int position = m_text.at(px); position >= 0) {
        const std::vector<Written> text = writtenText(m_scene);
        if (position < int(text.size())) return tellToken(look, text[std::size_t(position)]);
    }
    for (const Row& row : m_rows) {
        if (!row.box.holds(px)) continue;
        Told told{row.token < 0 ? look.tr("all other tokens together") : quoted(m_scene, row.token), {}, {}};
        if (row.token >= 0) told.facts.push_back({"token id", std::to_string(row.token)});
        told.facts.push_back({"p as it was drawn from", formatShort(row.sampled, 4)});
        if (row.plain >= 0) told.facts.push_back({"p at temperature 1", formatShort(row.plain, 4)});
        return told;
    }
    return RoundPage::tell(px, look, camera, place);
}

} // namespace

std::unique_ptr<Page> makeTextPage(const Scene& scene, Focus& focus, Hands& hands) {
    return std::make_unique<TextPage>(scene, focus, hands);
}

} // namespace orrery::ui::lang
