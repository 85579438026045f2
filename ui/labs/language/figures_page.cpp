// SPDX-License-Identifier: GPL-3.0-or-later
// What the rounds so far come to: acceptance by depth and by rank, tokens of each round, and where its time went.
#include "engine/labs/language/tally.h"
#include "ui/labs/language/round_page.h"
#include "ui/labs/language/words.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::Share;
using language::Tally;

namespace {

class FiguresPage final : public RoundPage {
 public:
    using RoundPage::RoundPage;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;

 private:
    static Box cell(const Place& place, int index);
    void tally();
    Box drawTitle(ImDrawList* list, const Look& look, const Box& box, const std::string& title, const std::string& line) const;
    void drawShares(ImDrawList* list, const Look& look, const Box& box, const std::vector<Share>& shares, const std::string& axis,
                    const std::string& prefix);
    void drawTokens(ImDrawList* list, const Look& look, const Box& box);
    void drawTimes(ImDrawList* list, const Look& look, const Box& box);
    int roundAt(glm::dvec2 px) const;

    Tally m_tally;
    int m_tallied = -1;
    std::vector<Box> m_columns[2]; ///< of tokens and times: a box for each round
};

constexpr const char* parts[] = {"draft", "pass", "decide", "commit"};

double part(const language::Times& times, int index) {
    return index == 0 ? times.draft : index == 1 ? times.verify : index == 2 ? times.decide : times.commit;
}
glm::vec4 partColour(const Look& look, int index) {
    constexpr int colours[] = {0, 1, 6, 2};
    return categoryColour(look, colours[index]);
}

Box FiguresPage::cell(const Place& p, int index) {
    const Box inner = between(p);
    const float gap = p.px(34), w = (inner.width() - gap) / 2, h = (inner.height() - p.px(26)) / 2;
    const float x = inner.left + (w + gap) * float(index % 2), y = inner.top + (h + p.px(26)) * float(index / 2);
    return {x, y, x + w, y + h};
}

/// Anew for every moment that changes the number of whole rounds; a few hundred are counted in a moment.
void FiguresPage::tally() {
    const Reveal known = m_scene.reveal();
    const int whole = m_scene.shown + (known.written ? 1 : 0);
    m_tally = {};
    for (int r = 0; r < std::min(whole, int(m_scene.rounds.size())); ++r) m_tally.add(*m_scene.rounds[std::size_t(r)]);
    m_tallied = whole;
}

Box FiguresPage::drawTitle(ImDrawList* list, const Look& look, const Box& box, const std::string& title,
                           const std::string& line) const {
    drawText(list, look.fonts.body, box.low(), toColour(look.theme.text), clipped(look.fonts.body, title, box.width()));
    drawText(list, look.fonts.small, {box.left, box.top + look.px(17)}, toColour(look.theme.secondary),
             clipped(look.fonts.small, line, box.width()));
    return {box.left + look.px(40), box.top + look.px(54), box.right, box.bottom - look.px(20)};
}

void FiguresPage::drawShares(ImDrawList* list, const Look& look, const Box& box, const std::vector<Share>& shares,
                             const std::string& axis, const std::string& prefix) {
    const Theme& t = look.theme;
    const Plot plot{box, {0.5, double(std::max<std::size_t>(shares.size(), 4)) + 0.5}, {0, 1}};
    drawAxes(list, look, plot, axis, look.tr("kept, share"));
    const float wide = std::min(look.px(44), (plot.px(2) - plot.px(1)) * 0.62f);
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i].tried == 0) continue;
        const float x = plot.px(double(i + 1)), y = plot.py(shares[i].of());
        list->AddRectFilled({x - wide / 2, y}, {x + wide / 2, box.bottom}, toColour(keptColour(look), 0.85f), look.px(3));
        // What a share of so few trials may be off: one standard error.
        const double error = std::sqrt(shares[i].of() * (1 - shares[i].of()) / double(shares[i].tried));
        list->AddLine({x, plot.py(std::min(1., shares[i].of() + error))}, {x, plot.py(std::max(0., shares[i].of() - error))},
                      toColour(t.text), look.px(1.2f));
        const std::string figure = std::to_string(shares[i].kept) + "/" + std::to_string(shares[i].tried);
        if (textWidth(look.fonts.small, figure) < std::min(wide, plot.px(2) - plot.px(1)) && box.bottom - y > look.px(20))
            drawText(list, look.fonts.small, {x, box.bottom - look.px(17)}, toColour(t.ground), figure, Align::centre);
        note(prefix + std::to_string(i), {x - wide / 2, box.top, x + wide / 2, box.bottom});
    }
}

void FiguresPage::drawTokens(ImDrawList* list, const Look& look, const Box& box) {
    const int count = int(m_scene.rounds.size());
    m_columns[0].clear();
    int most = 2;
    for (const Round* round : m_scene.rounds) most = std::max(most, round->tokens());
    const Plot plot{box, {0.5, std::max(8, count) + 0.5}, {0, double(most) + 0.5}};
    drawAxes(list, look, plot, look.tr("round"), look.tr("tokens"));
    const float pitch = plot.px(2) - plot.px(1), wide = std::max(1.f, std::min(look.px(26), pitch - look.px(2)));
    for (int r = 0; r < count; ++r) {
        const Round& round = *m_scene.rounds[std::size_t(r)];
        const float x = plot.px(r + 1), strength = r < m_tallied ? 1 : 0.25f;
        const float kept = plot.py(double(round.path.size())), all = plot.py(round.tokens());
        list->AddRectFilled({x - wide / 2, kept}, {x + wide / 2, box.bottom}, toColour(keptColour(look), 0.85f * strength),
                            look.px(2));
        list->AddRectFilled({x - wide / 2, all}, {x + wide / 2, kept - look.px(1)},
                            toColour(round.nodes.empty() ? look.theme.secondary
                                     : round.bonus       ? bonusColour(look)
                                                         : residualColour(look),
                                     0.85f * strength),
                            look.px(2));
        m_columns[0].push_back({x - pitch / 2, box.top, x + pitch / 2, box.bottom});
        if (r == m_scene.shown)
            list->AddTriangleFilled({x, box.bottom + look.px(1)}, {x - look.px(4), box.bottom + look.px(7)},
                                    {x + look.px(4), box.bottom + look.px(7)}, toColour(look.theme.brass));
    }
    if (m_tally.rounds == 0) return;
    const float y = plot.py(m_tally.perRound());
    const ImVec2 line[] = {{box.left, y}, {box.right, y}};
    drawCurve(list, line, toColour(look.theme.text, 0.8f), look.px(1.3f), look.px(4));
}

void FiguresPage::drawTimes(ImDrawList* list, const Look& look, const Box& box) {
    const int count = int(m_scene.rounds.size());
    m_columns[1].clear();
    std::vector<double> totals;
    for (const Round* round : m_scene.rounds) totals.push_back(round->times.total());
    // One hiccup must not flatten all others.
    std::vector<double> sorted = totals;
    std::sort(sorted.begin(), sorted.end());
    const double most = sorted.empty() ? 1 : std::max(1e-3, std::min(sorted.back(), 2.5 * sorted[sorted.size() / 2]));
    const Plot plot{box, {0.5, std::max(8, count) + 0.5}, {0, most * 1.05}};
    drawAxes(list, look, plot, look.tr("round"), "ms");
    const float pitch = plot.px(2) - plot.px(1), wide = std::max(1.f, std::min(look.px(26), pitch - look.px(2)));
    list->PushClipRect({box.left, box.top - look.px(4)}, {box.right, box.bottom}, true);
    for (int r = 0; r < count; ++r) {
        const float x = plot.px(r + 1), strength = r < m_tallied ? 1 : 0.25f;
        double sum = 0;
        for (int i = 0; i < 4; ++i) {
            const double from = sum;
            sum += part(m_scene.rounds[std::size_t(r)]->times, i);
            list->AddRectFilled({x - wide / 2, plot.py(sum)}, {x + wide / 2, plot.py(from)},
                                toColour(partColour(look, i), strength));
        }
        if (sum > most * 1.05)
            list->AddTriangleFilled({x, box.top - look.px(4)}, {x - look.px(4), box.top + look.px(3)},
                                    {x + look.px(4), box.top + look.px(3)}, toColour(look.theme.text));
        m_columns[1].push_back({x - pitch / 2, box.top, x + pitch / 2, box.bottom});
    }
    list->PopClipRect();
}

void FiguresPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    frame(list, look, place, "figures", roundLine(look, m_scene));
    if (!m_scene.round()) return;
    tally();
    const Theme& t = look.theme;
    drawShares(list, look,
               drawTitle(list, look, cell(place, 0), look.tr("Acceptance by depth"), look.tr("of rounds that came so deep")),
               m_tally.byDepth, look.tr("depth"), "depth ");
    drawShares(list, look,
               drawTitle(list, look, cell(place, 1), look.tr("Acceptance by rank"),
                         look.tr("of candidates that were tried, in their order")),
               m_tally.byRank, look.tr("rank"), "rank ");
    const std::string mean = filled(look.tr("%1 a round, the target's own counted; %2 rounds"),
                                    {formatFixed(m_tally.perRound(), 2), std::to_string(m_tally.rounds)});
    drawTokens(list, look, drawTitle(list, look, cell(place, 2), look.tr("Tokens of a round"), mean));
    const Box times = cell(place, 3);
    const std::string speed =
        m_tally.rounds > 0 ? filled(look.tr("%1 tokens/s, measured on this machine"), {formatShort(m_tally.perSecond(), 3)})
                           : std::string();
    const Box plot = drawTitle(list, look, times, look.tr("Time of a round"), speed);
    drawTimes(list, look, plot);
    float x = times.right;
    for (int i = 3; i >= 0; --i) {
        const std::string& name = look.tr(parts[i]);
        x -= textWidth(look.fonts.small, name);
        drawText(list, look.fonts.small, {x, times.top + look.px(1)}, toColour(t.secondary), name);
        x -= look.px(13);
        list->AddRectFilled({x, times.top + look.px(4)}, {x + look.px(9), times.top + look.px(12)}, toColour(partColour(look, i)),
                            look.px(2));
        x -= look.px(10);
    }
    if (m_scene.rounds.front()->drafter.empty() && m_tally.byDepth.empty())
        drawWords(list, look, {cell(place, 0).left + look.px(60), cell(place, 0).top + look.px(70)},
                  cell(place, 0).width() - look.px(80), t.secondary, look.tr("Nothing is drafted, so nothing is accepted."));
}

int FiguresPage::roundAt(glm::dvec2 px) const {
    for (const auto& columns : m_columns)
        for (std::size_t r = 0; r < columns.size(); ++r)
            if (columns[r].holds(px)) return int(r);
    return -1;
}

bool FiguresPage::input(const Input& event, const Camera& camera, const Place& place) {
    if (RoundPage::input(event, camera, place)) return true;
    if (event.kind != Input::Kind::press) return false;
    if (const int round = roundAt(event.px); round >= 0) seek(round, language::moments(*m_scene.rounds[std::size_t(round)]));
    return true;
}

std::optional<Told> FiguresPage::tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const {
    if (const int r = roundAt(px); r >= 0 && r < int(m_scene.rounds.size())) {
        const Round& round = *m_scene.rounds[std::size_t(r)];
        Told told{filled(look.tr("Round %1"), {std::to_string(r + 1)}), {}, look.tr("Click: show this round.")};
        told.facts.push_back({"tokens drafted", std::to_string(round.nodes.size())});
        told.facts.push_back({"drafted and kept", std::to_string(round.path.size())});
        told.facts.push_back({"tokens of a round", std::to_string(round.tokens())});
        for (int i = 0; i < 4; ++i) told.facts.push_back({parts[i], formatShort(part(round.times, i), 3) + " ms"});
        return told;
    }
    for (const auto& [prefix, shares] : {std::pair("depth ", &m_tally.byDepth), std::pair("rank ", &m_tally.byRank)}) {
        const std::string at = spotAt(px, prefix);
        if (at.empty() || std::size_t(std::stoi(at)) >= shares->size()) continue;
        const Share& share = (*shares)[std::size_t(std::stoi(at))];
        return Told{look.tr(prefix[0] == 'd' ? "depth" : "rank") + " " + std::to_string(std::stoi(at) + 1),
                    {{"tried", std::to_string(share.tried)},
                     {"kept", std::to_string(share.kept)},
                     {"kept, share", formatFixed(share.of(), 3)}},
                    look.tr("The thin line: one standard error.")};
    }
    return RoundPage::tell(px, look, camera, place);
}

} // namespace

std::unique_ptr<Page> makeFiguresPage(const Scene& scene, Focus& focus, Hands& hands) {
    return std::make_unique<FiguresPage>(scene, focus, hands);
}

} // namespace orrery::ui::lang
