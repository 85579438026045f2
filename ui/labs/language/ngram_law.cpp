// SPDX-License-Identifier: GPL-3.0-or-later
// The law of ranks on logarithmic axes, and what each smoothing is worth on lines that it has not seen.
#include "ui/labs/language/ngram_page.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::Judgement;
using language::Smoothing;

namespace {

struct MethodName {
    Smoothing method;
    const char *key, *label;
};
constexpr MethodName methodNames[] = {{Smoothing::mle, "mle", "no smoothing"},
                                      {Smoothing::addK, "add-k", "add-k"},
                                      {Smoothing::kneserNey, "kneser-ney", "Kneser-Ney"}};

} // namespace

void NgramPage::drawLaw(ImDrawList* list, const Look& look, const Box& box) {
    if (!it().counted()) {
        drawWords(list, look, box.low(), box.width(), look.theme.faint,
                  look.tr("An ARPA file holds probabilities, not counts: there is nothing to rank or to judge."));
        return;
    }
    const float half = std::floor(box.width() * 0.46f);
    const Plot plot = lawPlot({box.left + look.px(48), box.top + look.px(20), box.left + half, box.bottom - look.px(26)});
    note("law plot", plot.box);
    drawRanks(list, look, plot);
    const Box right{box.left + half + look.px(36), box.top, box.right, box.bottom};
    const float below = drawWorth(list, look, right);
    drawOrders(list, look, {right.left, below + look.px(14), right.right, right.bottom});
}

Plot NgramPage::lawPlot(const Box& box) const {
    const auto law = it().series("ngram_frequency");
    Plot plot{box, {1, 10}, {1, 10}, true, true};
    if (law.empty()) return plot;
    plot.x.high = std::max(10., law.back().clock * 1.1);
    plot.y.high = std::max(10., law.front().value * 1.5);
    plot.y.low = 0.7;
    return plot;
}

void NgramPage::drawRanks(ImDrawList* list, const Look& look, const Plot& plot) const {
    const Theme& t = look.theme;
    drawAxes(list, look, plot, look.tr("rank by frequency"), look.tr("frequency"));
    list->PushClipRect(plot.box.low(), plot.box.high(), true);
    std::vector<ImVec2> line;
    for (const lab::Sample& sample : it().series("ngram_power_law")) line.push_back(plot.at(sample.clock, sample.value));
    drawCurve(list, line, toColour(t.brass), look.px(1.6f), look.px(5));
    for (const lab::Sample& sample : it().series("ngram_frequency"))
        list->AddCircleFilled(plot.at(sample.clock, sample.value), look.px(2.2f), toColour(categoryColour(look, 1)), 10);
    list->PopClipRect();
    const auto& laws = it().study().laws;
    const language::Zipf& law = laws[std::min<std::size_t>(std::size_t(it().request().lawOrder), laws.size()) - 1];
    const std::string order = std::to_string(std::min(it().request().lawOrder, int(laws.size())));
    float y = plot.box.top + look.px(6);
    for (const std::string& text :
         {"n = " + order + ":  " + countText(law.kinds) + " " + look.tr("different ones"),
          look.tr("slope") + " " + (std::isfinite(law.slope) ? formatFixed(law.slope, 3) : std::string("\xE2\x80\x93")),
          look.tr("seen once") + " " + percent(law.kinds > 0 ? double(law.once) / double(law.kinds) : 0)}) {
        drawText(list, look.fonts.body, {plot.box.right - look.px(6), y}, toColour(t.secondary), text, Align::right);
        y += look.px(17);
    }
}

float NgramPage::drawWorth(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    drawSmallCapitals(list, look, box.low(), toColour(t.secondary), look.tr("Perplexity"));
    const float w = box.width(), edges[] = {box.left + w * 0.52f, box.left + w * 0.73f, box.right};
    float y = box.top + look.px(20);
    drawColumnNames(list, look, y,
                    {{edges[0], "counted lines"}, {edges[1], "held out"}, {edges[2] - look.px(6), "known words alone"}});
    y += look.px(18);
    for (const MethodName& name : methodNames) {
        const bool chosen = it().counted()->options().method == name.method;
        const Box row{box.left, y - look.px(2), box.right, y + look.px(19)};
        if (chosen) list->AddRectFilled(row.low(), row.high(), toColour(t.raised), look.px(4));
        note(std::string("worth ") + name.key, row);
        std::string label = look.tr(name.label);
        if (name.method == Smoothing::addK) label += "  k = " + formatShort(it().request().smoothing.k, 3);
        drawText(list, look.fonts.body, {box.left + look.px(8), y}, toColour(chosen ? t.brass : t.text), label);
        const auto found = std::find_if(it().judgements().begin(), it().judgements().end(),
                                        [&](const Judgement& one) { return one.method == name.method; });
        if (found == it().judgements().end()) {
            drawText(list, look.fonts.mono, {edges[0], y}, toColour(t.faint), "\xE2\x80\xA6", Align::right);
        } else {
            const bool judged = found->heldOut.tokens > 0;
            drawText(list, look.fonts.mono, {edges[0], y}, toColour(t.text), perplexityText(found->counted.value()),
                     Align::right);
            for (const auto& [edge, value] :
                 {std::pair{edges[1], found->heldOut.value()}, std::pair{edges[2], found->heldOut.withoutUnknown()}})
                drawText(list, look.fonts.mono, {edge - (edge == edges[2] ? look.px(6) : 0), y},
                         toColour(!judged                ? t.faint
                                  : std::isfinite(value) ? t.text
                                                         : t.bad),
                         judged ? perplexityText(value) : "\xE2\x80\x93", Align::right);
        }
        y += look.px(23);
    }
    if (!it().judgements().empty()) {
        const language::Perplexity& out = it().judgements().back().heldOut;
        const Judgement& none = it().judgements().front();
        const std::string text = out.tokens == 0
                                     ? look.tr("No line is held out.")
                                     : countText(out.tokens) + " " + look.tr("held-out tokens") + ", " + countText(out.unknown) +
                                           " " + look.tr("unknown") + "; " + look.tr("impossible without smoothing") + ": " +
                                           percent(double(none.heldOut.impossible) / double(out.tokens));
        y += drawWords(list, look, {box.left + look.px(8), y + look.px(2)}, w - look.px(16), t.faint, text, look.fonts.small);
    }
    return y + look.px(4);
}

void NgramPage::drawOrders(ImDrawList* list, const Look& look, const Box& box) const {
    const Theme& t = look.theme;
    const language::CountedModel& model = *it().counted();
    const float w = box.width(), edges[] = {box.left + w * 0.33f, box.left + w * 0.52f, box.right};
    drawSmallCapitals(list, look, box.low(), toColour(t.secondary), look.tr("Orders"));
    float y = box.top + look.px(20);
    drawText(list, look.fonts.small, {box.left + look.px(8), y}, toColour(t.faint), "n");
    drawColumnNames(list, look, y,
                    {{edges[0], "different ones"}, {edges[1], "seen once"}, {edges[2], "discounts of 1, 2, 3 and more"}});
    y += look.px(17);
    for (int level = 0; level < model.order(); ++level, y += look.px(18)) {
        if (y + look.px(16) > box.bottom) break;
        const language::Zipf& law = it().study().laws[std::size_t(level)];
        drawText(list, look.fonts.mono, {box.left + look.px(8), y}, toColour(t.text), std::to_string(level + 1));
        drawText(list, look.fonts.mono, {edges[0], y}, toColour(t.text), countText(model.counts().size(level)), Align::right);
        drawText(list, look.fonts.mono, {edges[1], y}, toColour(t.text),
                 percent(law.kinds > 0 ? double(law.once) / double(law.kinds) : 0), Align::right);
        const language::Discounts& discounts = model.discounts(level);
        std::string text;
        for (const double d : discounts.d) text += (text.empty() ? "" : "  ") + formatFixed(d, 3);
        if (discounts.fallback) text += " *";
        drawText(list, look.fonts.mono, {edges[2], y}, toColour(discounts.fallback ? t.faint : t.text), text, Align::right);
    }
    bool any = false;
    for (int level = 0; level < model.order(); ++level) any |= model.discounts(level).fallback;
    if (any && y + look.px(14) < box.bottom)
        drawWords(list, look, {box.left + look.px(8), y + look.px(2)}, w - look.px(16), t.faint,
                  look.tr("* too few small counts to estimate them: 0.5, 1, 1.5 instead"), look.fonts.small);
}

} // namespace orrery::ui::lang
