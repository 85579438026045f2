// SPDX-License-Identifier: GPL-3.0-or-later
// Key grams as the dimensions of a text, the line in pieces, and text that the model draws.
#include "ui/labs/language/ngram_page.h"
#include "ui/panels/numbers.h"

#include <algorithm>

namespace orrery::ui::lang {

void NgramPage::drawGrams(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    const float half = std::floor(box.width() * 0.42f);
    drawKeyGrams(list, look, {box.left, box.top, box.left + half, box.bottom});
    const Box right{box.left + half + look.px(34), box.top, box.right, box.bottom};
    float y = drawPieces(list, look, right) + look.px(16);
    drawSmallCapitals(list, look, {right.left, y}, toColour(t.secondary), look.tr("Drawn from the model"));
    y += look.px(20);
    std::string text = model::visible(it().drawn());
    if (it().study().corpus.unit == language::Unit::word) text = it().drawn();
    look.texts.note(text);
    const ImVec4 clip{right.left, y, right.right, right.bottom};
    list->PushClipRect({clip.x, clip.y}, {clip.z, clip.w}, true);
    drawWords(list, look, {right.left, y}, right.width(), t.text, text.empty() ? look.tr("The line ends at once.") : text);
    list->PopClipRect();
    note("drawn", {right.left, y, right.right, right.bottom});
}

float NgramPage::drawKeyGrams(ImDrawList* list, const Look& look, const Box& box) {
    const Theme& t = look.theme;
    drawSmallCapitals(list, look, box.low(), toColour(t.secondary), look.tr("Key grams"));
    const language::KeyGrams* const key = it().keyGrams();
    float y = box.top + look.px(20);
    if (!key)
        return y + drawWords(list, look, {box.left, y}, box.width(), t.faint,
                             look.tr("An ARPA file holds probabilities, not counts."));
    const std::string line =
        countText(key->above()) + " " + look.tr("n-grams reach the threshold") + ", n = " + std::to_string(key->order());
    drawText(list, look.fonts.small, {box.left, y}, toColour(t.faint), clipped(look.fonts.small, line, box.width()));
    y += look.px(19);
    const float pitch = look.px(17);
    const std::size_t rows = std::min<std::size_t>(key->dimensions(), std::size_t(std::max(0.f, (box.bottom - y) / pitch)));
    float label = look.px(40);
    for (std::size_t i = 0; i < rows; ++i) label = std::max(label, textWidth(look.fonts.body, it().gram(key->tokens(i))));
    label = std::min(label, box.width() * 0.5f);
    for (std::size_t i = 0; i < rows; ++i, y += pitch) {
        const std::string text = it().gram(key->tokens(i));
        look.texts.note(text);
        drawText(list, look.fonts.body, {box.left + label, y}, toColour(t.text), clipped(look.fonts.body, text, label),
                 Align::right);
        const float from = box.left + label + look.px(8), room = box.right - look.px(52) - from;
        list->AddRectFilled(
            {from, y + look.px(2)},
            {from + std::max(look.px(1), room * float(double(key->count(i)) / double(key->count(0)))), y + look.px(13)},
            toColour(categoryColour(look, 1)), look.px(2));
        drawText(list, look.fonts.mono, {box.right, y}, toColour(t.secondary), countText(key->count(i)), Align::right);
        note("gram " + std::to_string(i), {box.left, y, box.right, y + pitch});
    }
    return y;
}

float NgramPage::drawPieces(ImDrawList* list, const Look& look, const Box& box) const {
    const Theme& t = look.theme;
    drawSmallCapitals(list, look, box.low(), toColour(t.secondary), look.tr("Pieces of the line"));
    float x = box.left, y = box.top + look.px(20);
    if (it().pieces().empty())
        return y + drawWords(list, look, {x, y}, box.width(), t.faint,
                             look.tr("Count bytes, and the line is cut where their n-grams say so (Viterbi)."));
    const float pitch = look.px(25), gap = look.px(4);
    int index = 0;
    for (const std::string& piece : it().pieces()) {
        look.texts.note(piece);
        const float width = textWidth(look.fonts.body, piece) + look.px(12);
        if (x + width > box.right && x > box.left) x = box.left, y += pitch;
        if (y + pitch > box.bottom) break;
        list->AddRectFilled({x, y}, {x + width, y + look.px(21)}, toColour(index++ % 2 ? t.raised : t.card), look.px(4));
        drawText(list, look.fonts.body, {x + look.px(6), y + look.px(3)}, toColour(t.text), piece);
        x += width + gap;
    }
    return y + pitch;
}

} // namespace orrery::ui::lang
