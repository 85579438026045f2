// SPDX-License-Identifier: GPL-3.0-or-later
// What comes next: bars that sum to 1, the way of the true next token's probability, and the tree of counts.
#include "ui/labs/language/ngram_page.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::ui::lang {

using language::CountNode;
using language::NextToken;
using language::Rung;

namespace {

std::string probability(double p) {
    if (p == 0) return "0";
    return p < 0.0005 ? formatScientific(p, 2) : formatFixed(p, 4);
}

} // namespace

void NgramPage::drawNext(ImDrawList* list, const Look& look, const Box& box) {
    const float half = std::floor(box.width() * 0.44f);
    const Box left{box.left, box.top, box.left + half, box.bottom},
        right{box.left + half + look.px(34), box.top, box.right, box.bottom};
    const float below = drawBars(list, look, left);
    drawPath(list, look, {left.left, below, left.right, left.bottom});
    if (it().counted())
        drawTree(list, look, right);
    else
        drawWords(list, look, {right.left, right.top}, right.width(), look.theme.faint,
                  look.tr("An ARPA file holds probabilities, not counts: there is no tree of counts to draw."));
}

float NgramPage::drawBars(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    drawSmallCapitals(list, look, box.low(), toColour(t.secondary), look.tr("Next token"));
    const language::TokenScore& truth = it().scores()[std::size_t(it().next())];
    const float rung = look.px(17) * float(truth.path.size()) + look.px(52);
    const float pitch = look.px(17);
    float y = box.top + look.px(20);
    const std::size_t fit = std::size_t(std::max(3.f, (box.bottom - rung - y) / pitch)) - 1; // the last row is all others
    const std::size_t rows = std::min(fit, it().likely().size());
    // The likeliest, and the one that truly comes wherever it stands; all bars together are 1.
    std::vector<NextToken> shown(it().likely().begin(), it().likely().begin() + std::ptrdiff_t(rows));
    const auto isTruth = [&](const NextToken& one) { return one.token == truth.token; };
    if (!shown.empty() && std::none_of(shown.begin(), shown.end(), isTruth))
        shown.back() = {truth.token, truth.text, it().distribution()[std::size_t(truth.token)]};
    double likeliest = 1e-9, rest = std::accumulate(it().distribution().begin(), it().distribution().end(), 0.0);
    for (const NextToken& one : shown) likeliest = std::max(likeliest, one.p), rest -= one.p;
    rest = std::max(rest, 0.0);
    const double most = std::min(std::max(likeliest, rest), likeliest / 0.45); // the rest may reach beyond
    const float label = std::min(box.width() * 0.34f, look.px(120)), number = look.px(58);
    const auto bar = [&](std::size_t index, const std::string& text, double p, const glm::vec4& colour, const glm::vec4& ink) {
        const float from = box.left + label + look.px(8), room = box.right - number - from;
        look.texts.note(text);
        drawText(list, look.fonts.body, {box.left + label, y}, toColour(ink), clipped(look.fonts.body, text, label),
                 Align::right);
        list->AddRectFilled({from, y + look.px(2)},
                            {from + std::max(look.px(1), room * float(std::min(1.0, p / most))), y + look.px(13)},
                            toColour(colour), look.px(2));
        drawText(list, look.fonts.mono, {box.right, y}, toColour(ink), probability(p), Align::right);
        note("next " + std::to_string(index), {box.left, y, box.right, y + pitch});
        y += pitch;
    };
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const NextToken& one = shown[i];
        bar(i, one.text, one.p, isTruth(one) ? t.brass : categoryColour(look, 1), isTruth(one) ? t.brass : t.text);
    }
    bar(shown.size(), look.tr("all others"), rest, t.faint, t.secondary);
    if (rest > most) // broken off
        drawText(list, look.fonts.small, {box.right - number - look.px(4), y - pitch + look.px(1)}, toColour(t.ground),
                 "\xC2\xBB", Align::right);
    return y + look.px(10);
}

/// A row for each context, the longest first: what it gives by itself, and what it passes on.
void NgramPage::drawPath(ImDrawList* list, const Look& look, const Box& box) const {
    const Theme& t = look.theme;
    const language::TokenScore& score = it().scores()[std::size_t(it().next())];
    look.texts.note(score.text);
    const std::string p = std::isfinite(score.log10) ? probability(std::pow(10, score.log10)) : "0";
    drawText(list, look.fonts.body, box.low(), toColour(t.brass),
             clipped(look.fonts.body, score.text + "    p = " + p, box.width()));
    if (score.path.empty()) return;
    const float w = box.width(), edges[] = {box.left + w * 0.44f, box.left + w * 0.63f, box.left + w * 0.81f, box.right};
    float y = box.top + look.px(20);
    drawText(list, look.fonts.small, {box.left, y}, toColour(t.faint), look.tr("after"));
    drawColumnNames(list, look, y, {{edges[0], "seen"}, {edges[1], "gives"}, {edges[2], "passes on"}, {edges[3], "p"}});
    y += look.px(16);
    const auto& scores = it().scores();
    for (const Rung& rung : score.path) {
        if (y + look.px(15) > box.bottom) break;
        std::vector<language::Token> context;
        for (int back = rung.length; back > 0; --back) {
            const int at = it().next() - back;
            context.push_back(at < 0 ? language::Vocabulary::begin : scores[std::size_t(at)].token);
        }
        const std::string text = context.empty() ? look.tr("nothing") : it().gram(context);
        look.texts.note(text);
        const glm::vec4 ink = rung.found ? t.text : rung.seen ? t.secondary : t.faint;
        drawText(list, look.fonts.body, {box.left, y}, toColour(ink), clipped(look.fonts.body, text, w * 0.26f));
        const std::string seen = rung.total > 0 ? countText(rung.count) + "/" + countText(rung.total)
                                 : rung.seen    ? std::string("\xC2\xB7")
                                                : look.tr("never");
        drawText(list, look.fonts.mono, {edges[0], y}, toColour(ink), seen, Align::right);
        drawText(list, look.fonts.mono, {edges[1], y}, toColour(ink), rung.found ? probability(rung.own) : "0", Align::right);
        drawText(list, look.fonts.mono, {edges[2], y}, toColour(ink), probability(rung.passed), Align::right);
        drawText(list, look.fonts.mono, {edges[3], y}, toColour(ink), probability(rung.probability), Align::right);
        y += look.px(17);
    }
}

void NgramPage::drawTree(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    const auto& nodes = it().tree();
    if (nodes.empty()) return;
    const std::string context = it().treeContext().empty() ? look.tr("nothing") : it().gram(it().treeContext());
    look.texts.note(context);
    drawSmallCapitals(list, look, box.low(), toColour(t.secondary), look.tr("Tree of counts"));
    drawText(list, look.fonts.small, {box.right, box.top}, toColour(t.faint),
             clipped(look.fonts.small, look.tr("after") + " " + context, box.width() * 0.6f), Align::right);
    int deepest = 0;
    std::vector<int> leaves(nodes.size(), 0);
    std::vector<bool> inner(nodes.size(), false);
    for (const CountNode& node : nodes) {
        deepest = std::max(deepest, node.depth);
        if (node.parent >= 0) inner[std::size_t(node.parent)] = true;
    }
    for (std::size_t i = nodes.size(); i-- > 0;) {
        if (!inner[i]) leaves[i] = 1;
        if (nodes[i].parent >= 0) leaves[std::size_t(nodes[i].parent)] += leaves[i];
    }
    if (deepest == 0) {
        drawWords(list, look, {box.left, box.top + look.px(24)}, box.width(), t.faint, look.tr("Nothing ever followed."));
        return;
    }
    const float top = box.top + look.px(22), pitch = std::min(look.px(30), (box.bottom - top) / float(std::max(1, leaves[0])));
    const float column = (box.width() - look.px(76)) / float(deepest);
    const auto x = [&](int depth) { return box.left + look.px(10) + column * float(depth); };
    std::vector<float> from(nodes.size()), y(nodes.size());
    std::vector<float> used(nodes.size());
    const float height = pitch * float(leaves[0]), start = top + std::max(0.f, (box.bottom - top - height) / 2) * 0.3f;
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const int parent = nodes[i].parent;
        from[i] = parent < 0 ? start : used[std::size_t(parent)];
        if (parent >= 0) used[std::size_t(parent)] += pitch * float(leaves[i]);
        used[i] = from[i];
        y[i] = from[i] + pitch * float(leaves[i]) / 2;
    }
    const language::Token coming = it().scores()[std::size_t(it().next())].token;
    for (std::size_t i = 1; i < nodes.size(); ++i) {
        const std::size_t parent = std::size_t(nodes[i].parent);
        const ImVec2 a{x(nodes[parent].depth) + look.px(5), y[parent]}, b{x(nodes[i].depth) - look.px(5), y[i]};
        const float bend = (b.x - a.x) * 0.5f;
        const bool comes = nodes[i].depth == 1 && nodes[i].token == coming;
        list->AddBezierCubic(a, {a.x + bend, a.y}, {b.x - bend, b.y}, b, toColour(comes ? t.brass : t.line, comes ? 1.f : 0.9f),
                             look.px(0.8f + 5 * float(nodes[i].share)));
    }
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        const CountNode& node = nodes[i];
        const bool comes = node.depth == 1 && node.token == coming;
        const glm::vec4 colour = comes ? t.brass : node.depth == 0 ? t.secondary : categoryColour(look, 1);
        const float r = look.px(2.2f + 3.2f * float(std::sqrt(node.share)));
        list->AddCircleFilled({x(node.depth), y[i]}, std::min(r, pitch * 0.48f), toColour(colour), 16);
        note("node " + std::to_string(i),
             {x(node.depth) - look.px(6), y[i] - pitch / 2, x(node.depth) + column * 0.7f, y[i] + pitch / 2});
        const float roomHigh = pitch * float(leaves[i]);
        if (i == 0 || roomHigh < look.px(10)) continue;
        const ImFont* font = roomHigh >= look.px(15) ? look.fonts.body : look.fonts.small;
        const std::string text = language::tokenText(it().vocabulary(), node.token);
        look.texts.note(text);
        const float free = (node.depth == deepest ? look.px(66) : column * 0.62f) - look.px(8);
        const std::string shown = clipped(font, text, free);
        const float at = x(node.depth) + look.px(8);
        drawGround(list, look, {at - look.px(1), y[i] - fontHeight(font) / 2},
                   {at + textWidth(font, shown) + look.px(2), y[i] + fontHeight(font) / 2}, 0.72f);
        drawText(list, font, {at, y[i] - fontHeight(font) / 2}, toColour(comes ? t.brass : t.text), shown);
        const std::string count = countText(node.count);
        const float after = at + textWidth(font, shown) + look.px(6);
        if (after + textWidth(look.fonts.small, count) < at + free)
            drawText(list, look.fonts.small, {after, y[i] - fontHeight(look.fonts.small) / 2}, toColour(t.faint), count);
    }
}

} // namespace orrery::ui::lang
