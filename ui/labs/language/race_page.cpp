// SPDX-License-Identifier: GPL-3.0-or-later
// Every strategy on the same prompts: tokens of a round, how much faster the clock says it was, how much faster its parts say it
// should be, where its time went. Who lost is said to have lost.
#include "ui/labs/language/page.h"
#include "ui/labs/language/words.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::LaneResult;

namespace {

class RacePage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;

 private:
    struct Columns {
        float name, tokens, measured, modelled, parts, right;
    };
    static Columns columns(const Look& look, const Box& box);
    float drawTable(ImDrawList* list, const Look& look, const Box& box);
    void drawPasses(ImDrawList* list, const Look& look, const Box& box) const;
    void drawTimes(ImDrawList* list, const Look& look, const Box& box) const;
    double scale() const; ///< the greatest speed-up that must fit
};

constexpr const char* timeNames[] = {"draft", "pass", "decide", "commit"};

glm::vec4 measuredColour(const Look& look) { return residualColour(look); }
glm::vec4 modelledColour(const Look& look) { return categoryColour(look, 0); }

glm::vec4 timeColour(const Look& look, int part) {
    constexpr int colours[] = {3, 4, 6, 2};
    return categoryColour(look, colours[part]);
}

double timePart(const language::Times& t, int part) {
    return part == 0 ? t.draft : part == 1 ? t.verify : part == 2 ? t.decide : t.commit;
}

std::string times(double value) { return formatFixed(value, 2) + "\xC3\x97"; }

double RacePage::scale() const {
    double most = 1.5;
    for (const LaneResult& lane : m_scene.race.lanes) most = std::max({most, lane.measured, lane.modelled});
    return most * 1.04;
}

RacePage::Columns RacePage::columns(const Look& look, const Box& box) {
    const float w = box.width(), parts = std::max(look.px(150), w * 0.19f);
    const float name = std::min(look.px(210), w * 0.26f), tokens = look.px(58);
    const float bars = (w - parts - name - tokens - look.px(36)) / 2;
    Columns c{};
    c.name = box.left, c.tokens = box.left + name + tokens, c.measured = c.tokens + look.px(16);
    c.modelled = c.measured + bars + look.px(10), c.parts = c.modelled + bars + look.px(10), c.right = box.right;
    return c;
}

float RacePage::drawTable(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    const Columns c = columns(look, box);
    const ImFont* small = look.fonts.small;
    const auto head = [&](float x, const glm::vec4& colour, const std::string& text, float room, Align align = Align::left) {
        drawText(list, small, {x, box.top}, toColour(colour), clipped(small, text, room), align);
    };
    const float bars = c.modelled - c.measured - look.px(10);
    head(c.name, t.faint, look.tr("strategy"), c.tokens - c.name - look.px(60));
    head(c.tokens, t.faint, look.tr("tokens"), look.px(60), Align::right);
    head(c.measured, measuredColour(look), look.tr("measured: faster by the clock"), bars);
    head(c.modelled, modelledColour(look), look.tr("modelled: E / (g c + v + s)"), bars);
    const char* const names[] = {"g c", "v(n)", "s"};
    const float part = (c.right - c.parts) / 3;
    for (int i = 0; i < 3; ++i) head(c.parts + part * float(i + 1), t.faint, names[i], part, Align::right);
    const std::size_t count = m_scene.race.lanes.size();
    const float pitch =
        std::clamp((box.height() - look.px(22)) / float(std::max<std::size_t>(1, count)), look.px(17), look.px(27));
    float y = box.top + look.px(19);
    const double most = scale();
    for (std::size_t i = 0; i < count; ++i, y += pitch) {
        const LaneResult& lane = m_scene.race.lanes[i];
        const bool plain = i == 0, begun = lane.tally.rounds > 0, loses = begun && !plain && lane.measured < 1;
        const Box row{box.left, y, box.right, y + pitch};
        note("lane " + std::to_string(i), row);
        list->AddLine({row.left, row.top}, {row.right, row.top}, toColour(t.line, 0.7f), 1);
        const float text = y + (pitch - fontHeight(look.fonts.body)) / 2, figures = y + (pitch - fontHeight(look.fonts.mono)) / 2;
        const std::string name = laneName(look, lane.name);
        const float room = c.tokens - look.px(58) - c.name - (loses ? look.px(16) : 0);
        drawText(list, look.fonts.body, {c.name, text}, toColour(begun ? t.text : t.faint), clipped(look.fonts.body, name, room));
        if (loses) { // a mark, not only a colour
            const float x = c.tokens - look.px(58), m = y + pitch / 2, r = look.px(4);
            list->AddTriangleFilled({x - r, m - r * 0.7f}, {x + r, m - r * 0.7f}, {x, m + r}, toColour(t.bad));
        }
        if (!begun) continue;
        drawText(list, look.fonts.mono, {c.tokens, figures}, toColour(t.text), formatFixed(lane.tally.perRound(), 2),
                 Align::right);
        const auto bar = [&](float left, double value, const glm::vec4& colour, bool hollow) {
            const float length = bars - look.px(48), one = left + length * float(1 / most),
                        end = left + length * float(std::clamp(value / most, 0., 1.));
            const float low = y + pitch * 0.24f, high = y + pitch * 0.76f;
            list->AddRectFilled({left, low}, {end, high}, toColour(colour, hollow ? 0.22f : 0.95f), look.px(3));
            if (hollow) list->AddRect({left, low}, {end, high}, toColour(colour), look.px(3));
            list->AddLine({one, y + 1}, {one, y + pitch - 1}, toColour(t.secondary, 0.6f), 1);
            drawText(list, look.fonts.mono, {end + look.px(5), figures}, toColour(loses && !hollow ? t.bad : t.text),
                     times(value));
        };
        bar(c.measured, lane.measured, measuredColour(look), false);
        if (lane.modelled > 0) bar(c.modelled, lane.modelled, modelledColour(look), true);
        const double values[] = {lane.cost.draft, lane.cost.verify, lane.cost.other};
        for (int k = 0; k < 3; ++k)
            drawText(list, look.fonts.mono, {c.parts + part * float(k + 1), figures}, toColour(t.secondary),
                     formatFixed(values[k], 2), Align::right);
    }
    return y;
}

void RacePage::drawPasses(ImDrawList* list, const Look& look, const Box& box) const {
    drawText(list, look.fonts.body, box.low(), toColour(look.theme.text),
             clipped(look.fonts.body, look.tr("What a pass of n rows costs, measured"), box.width()));
    const language::PassTimes& passes = m_scene.race.passes;
    const Box inner{box.left + look.px(38), box.top + look.px(40), box.right, box.bottom - look.px(20)};
    double rows = 8, most = 2;
    for (const auto& [n, ms] : passes.points()) rows = std::max(rows, double(n)), most = std::max(most, passes.ratio(n));
    const Plot plot{inner, {1, rows}, {0, most * 1.08}, true, false};
    drawAxes(list, look, plot, look.tr("rows n"), look.tr("v(n) = T(n) / T(1)"));
    std::vector<ImVec2> points;
    for (const auto& [n, ms] : passes.points()) points.push_back(plot.at(n, passes.ratio(n)));
    drawCurve(list, points, toColour(measuredColour(look)), look.px(2));
    for (const ImVec2& p : points) list->AddCircleFilled(p, look.px(3), toColour(measuredColour(look)), 14);
}

void RacePage::drawTimes(ImDrawList* list, const Look& look, const Box& box) const {
    const Theme& t = look.theme;
    drawText(list, look.fonts.body, box.low(), toColour(t.text),
             clipped(look.fonts.body, look.tr("Where the time of a token goes, measured"), box.width()));
    float x = box.left;
    for (int i = 0; i < 4; ++i) {
        const std::string& name = look.tr(timeNames[i]);
        list->AddRectFilled({x, box.top + look.px(22)}, {x + look.px(9), box.top + look.px(30)}, toColour(timeColour(look, i)),
                            look.px(2));
        drawText(list, look.fonts.small, {x + look.px(13), box.top + look.px(19)}, toColour(t.secondary), name);
        x += textWidth(look.fonts.small, name) + look.px(26);
    }
    const auto& lanes = m_scene.race.lanes;
    double most = 1e-9;
    for (const LaneResult& lane : lanes) most = std::max(most, lane.tally.msPerToken());
    const float top = box.top + look.px(38),
                pitch = std::min(look.px(22), (box.bottom - top) / float(std::max<std::size_t>(1, lanes.size())));
    const float name = std::min(look.px(120), box.width() * 0.32f), figure = look.px(62), length = box.width() - name - figure;
    float y = top;
    for (const LaneResult& lane : lanes) {
        const ImFont* font = look.fonts.small;
        if (pitch >= look.px(9))
            drawText(list, font, {box.left, y + (pitch - fontHeight(font)) / 2}, toColour(t.secondary),
                     clipped(font, laneName(look, lane.name), name - look.px(6)));
        if (lane.tally.tokens > 0) {
            double sum = 0;
            for (int i = 0; i < 4; ++i) {
                const double from = sum;
                sum += timePart(lane.tally.times, i) / double(lane.tally.tokens);
                list->AddRectFilled({box.left + name + length * float(from / most), y + pitch * 0.18f},
                                    {box.left + name + length * float(sum / most), y + pitch * 0.82f},
                                    toColour(timeColour(look, i)));
            }
            if (pitch >= look.px(11))
                drawText(list, font,
                         {box.left + name + length * float(sum / most) + look.px(5), y + (pitch - fontHeight(font)) / 2},
                         toColour(t.secondary), formatShort(sum, 3) + " ms");
        }
        y += pitch;
    }
}

void RacePage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Theme& t = look.theme;
    const Race& race = m_scene.race;
    Box room = drawHead(list, look, place, look.tr("The race"),
                        look.tr("Every strategy writes the same text from the same prompts. What differs is how fast."));
    if (race.lanes.empty()) {
        const float height = drawWords(list, look, {room.left, room.top}, std::min(room.width(), look.px(560)), t.secondary,
                                       look.tr("Plain decoding against every draft that these models allow, each as a chain and "
                                               "as a tree. First a pass of n rows is timed, then all take turns."));
        drawChip(list, look, "race", {room.left, room.top + height + look.px(12)}, look.tr("Race"), true);
        return;
    }
    const float pitch = look.px(24) * float(race.lanes.size()) + look.px(24);
    const float lower = std::clamp(room.height() - pitch - look.px(20), look.px(130), look.px(260));
    const float y = drawTable(list, look, {room.left, room.top, room.right, room.bottom - lower - look.px(18)});
    // Who lost, in words.
    std::size_t lost = 0;
    for (std::size_t i = 1; i < race.lanes.size(); ++i) lost += race.lanes[i].tally.rounds > 0 && race.lanes[i].measured < 1;
    if (lost > 0) {
        const float r = look.px(4), m = y + look.px(11);
        list->AddTriangleFilled({room.left, m - r * 0.7f}, {room.left + 2 * r, m - r * 0.7f}, {room.left + r, m + r},
                                toColour(t.bad));
        drawText(list, look.fonts.small, {room.left + look.px(13), y + look.px(4)}, toColour(t.bad),
                 filled(look.tr("%1 of %2 drafts lose here: they cost more than they save"),
                        {std::to_string(lost), std::to_string(race.lanes.size() - 1)}));
    }
    const float top = room.bottom - lower, gap = look.px(36), half = (room.width() - gap) * 0.44f;
    drawPasses(list, look, {room.left, top, room.left + half, room.bottom});
    drawTimes(list, look, {room.left + half + gap, top, room.right, room.bottom});
    drawChip(list, look, "race", {room.right - textWidth(look.fonts.body, look.tr("Race again")) - look.px(18), y + look.px(4)},
             look.tr("Race again"));
}

bool RacePage::input(const Input& event, const Camera&, const Place&) {
    if (event.kind == Input::Kind::wheel) return true;
    if (event.kind != Input::Kind::press) return false;
    Box box;
    if (spot("race", box) && box.holds(event.px)) m_hands.act("race");
    return true;
}

std::optional<Told> RacePage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place&) const {
    const std::string at = spotAt(px, "lane ");
    if (at.empty() || std::size_t(std::stoi(at)) >= m_scene.race.lanes.size()) return std::nullopt;
    const LaneResult& lane = m_scene.race.lanes[std::size_t(std::stoi(at))];
    Told told{laneName(look, lane.name), {}, {}};
    told.facts.push_back({"tokens of a round", formatFixed(lane.tally.perRound(), 3)});
    told.facts.push_back({"rounds", std::to_string(lane.tally.rounds)});
    if (lane.tally.rounds > 0)
        told.facts.push_back({"rows of a pass", formatFixed(double(lane.tally.rows) / double(lane.tally.rounds), 1)});
    told.facts.push_back({"c, one step of the draft", formatShort(lane.step, 3)});
    told.facts.push_back({"tokens/s, measured", formatShort(lane.tally.perSecond(), 3)});
    told.facts.push_back({"texts as plain ones", std::to_string(lane.same) + " / " + std::to_string(lane.texts)});
    told.words = look.tr(lane.tally.rounds == 0 ? "It has not run yet."
                         : lane.measured < 1 && std::stoi(at) > 0
                             ? "It loses: its draft and the wider pass cost more than the tokens that they save."
                             : "Times in units of one plain pass of the target.");
    return told;
}

} // namespace

std::unique_ptr<Page> makeRacePage(const Scene& scene, Focus& focus, Hands& hands) {
    return std::make_unique<RacePage>(scene, focus, hands);
}

} // namespace orrery::ui::lang
