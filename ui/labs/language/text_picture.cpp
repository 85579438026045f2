// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/text_picture.h"

#include <algorithm>

namespace orrery::ui::lang {

namespace {

constexpr float lineTall = 22;     ///< logical pixels
constexpr std::size_t most = 6000; ///< tokens that are laid out, from the end on

/// Bytes at the end that begin a character and do not finish it.
bool endsWithin(const std::string& bytes) {
    for (std::size_t back = 1; back <= std::min<std::size_t>(3, bytes.size()); ++back) {
        const auto byte = static_cast<unsigned char>(bytes[bytes.size() - back]);
        if ((byte & 0xC0) == 0x80) continue;
        const std::size_t length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1;
        return length > back;
    }
    return false;
}

} // namespace

std::vector<Written> writtenText(const Scene& scene) {
    std::vector<Written> text;
    for (const std::int32_t token : scene.prompt) text.push_back({token, Ink::prompt, -1, -1});
    const int shown = std::min(scene.shown, int(scene.rounds.size()) - 1);
    for (int r = 0; r <= shown; ++r) {
        const Round& round = *scene.rounds[std::size_t(r)];
        const Reveal known = r < shown ? language::reveal(round, language::moments(round)) : scene.reveal();
        const int count = int(round.nodes.size());
        for (const int node : round.path)
            if (seen(round, known, node) == Seen::accepted)
                text.push_back({round.nodes[std::size_t(node)].token, Ink::kept, r, node});
        if (known.written)
            text.push_back({round.last, count == 0 ? Ink::plain : round.bonus ? Ink::bonus : Ink::corrected, r, count});
    }
    return text;
}

glm::vec4 inkColour(const Look& look, Ink ink) {
    switch (ink) {
        case Ink::prompt:
            return look.theme.secondary;
        case Ink::kept:
            return keptColour(look);
        case Ink::corrected:
            return residualColour(look);
        case Ink::bonus:
            return bonusColour(look);
        case Ink::plain:
            return look.theme.text;
    }
    return look.theme.text;
}

void drawInkLine(ImDrawList* list, const Look& look, Ink ink, float left, float right, float y) {
    const ImU32 colour = toColour(inkColour(look, ink));
    const float w = look.px(1.6f);
    switch (ink) {
        case Ink::kept:
            list->AddLine({left, y}, {right, y}, colour, w);
            break;
        case Ink::corrected:
            for (float x = left; x < right; x += look.px(5))
                list->AddLine({x, y}, {std::min(right, x + look.px(3)), y}, colour, w);
            break;
        case Ink::bonus:
            list->AddLine({left, y - look.px(1.4f)}, {right, y - look.px(1.4f)}, colour, look.px(1));
            list->AddLine({left, y + look.px(1.4f)}, {right, y + look.px(1.4f)}, colour, look.px(1));
            break;
        default:
            break;
    }
}

std::vector<TextPicture::Word> TextPicture::words(const Look& look, const Scene& scene, const std::vector<Written>& text,
                                                  float width) {
    std::vector<Word> all;
    const ImFont* font = look.fonts.mono;
    for (std::size_t i = text.size() > most ? text.size() - most : 0; i < text.size();) {
        Word word{.first = int(i)};
        std::string bytes = scene.tokens->bytes(text[i].token);
        // A character that several tokens share is shown once; four bytes at most.
        while (endsWithin(bytes) && i + 1 < text.size() && int(i) - word.first < 3) bytes += scene.tokens->bytes(text[++i].token);
        word.last = int(i++);
        word.pieces = readable(bytes);
        word.breaks = !bytes.empty() && bytes.back() == '\n';
        word.width = piecesWidth(font, word.pieces);
        all.push_back(std::move(word));
    }
    float x = 0;
    int line = 0;
    for (Word& word : all) {
        if (x > 0 && x + word.width > width) x = 0, ++line;
        word.x = x, word.line = line;
        x += word.width;
        if (word.breaks) x = 0, ++line;
    }
    m_lines = all.empty() ? 0 : all.back().line + 1;
    return all;
}

void TextPicture::draw(ImDrawList* list, const Look& look, const Scene& scene, const std::vector<Written>& text, const Box& box,
                       int selected, int scroll) {
    m_shown.clear();
    const float tall = look.px(lineTall);
    const int fit = std::max(1, int(box.height() / tall));
    const std::vector<Word> all = words(look, scene, text, box.width());
    const int end = std::max(std::min(fit, m_lines), m_lines - std::max(0, scroll));
    const int first = std::max(0, end - fit);
    list->PushClipRect({box.left - look.px(2), box.top}, {box.right + look.px(2), box.bottom}, true);
    for (const Word& word : all) {
        if (word.line < first || word.line >= first + fit) continue;
        const float x = box.left + word.x, y = box.top + float(word.line - first) * tall;
        const Ink ink = text[std::size_t(word.last)].ink;
        const bool chosen = selected >= word.first && selected <= word.last;
        const Box at{x, y, x + word.width, y + tall};
        if (chosen)
            list->AddRectFilled({at.left - 1, at.top + 1}, {at.right + 1, at.bottom - 1}, toColour(look.theme.raised),
                                look.px(4));
        const float top = y + look.px(2);
        drawPieces(list, look, look.fonts.mono, {x, top}, ink == Ink::prompt ? look.theme.secondary : look.theme.text,
                   word.pieces);
        drawInkLine(list, look, ink, x + 1, at.right - 1, top + fontHeight(look.fonts.mono) + look.px(1.5f));
        if (chosen)
            list->AddRect({at.left - 1, at.top + 1}, {at.right + 1, at.bottom - 1}, toColour(look.theme.brass), look.px(4));
        m_shown.emplace_back(word, at);
    }
    list->PopClipRect();
}

int TextPicture::at(glm::dvec2 px) const {
    for (const auto& [word, box] : m_shown)
        if (box.holds(px)) return word.last;
    return -1;
}

bool TextPicture::box(int position, Box& box) const {
    for (const auto& [word, at] : m_shown)
        if (position >= word.first && position <= word.last) return box = at, true;
    return false;
}

void TextPicture::drawLegend(ImDrawList* list, const Look& look, ImVec2 at) const {
    const std::pair<Ink, const char*> entries[] = {
        {Ink::prompt, "prompt"}, {Ink::kept, "drafted and kept"}, {Ink::corrected, "correction"}, {Ink::bonus, "on top"}};
    for (const auto& [ink, name] : entries) {
        const std::string& text = look.tr(name);
        const float width = textWidth(look.fonts.small, text);
        drawText(list, look.fonts.small, at, toColour(ink == Ink::prompt ? look.theme.secondary : inkColour(look, ink)), text);
        drawInkLine(list, look, ink, at.x, at.x + width, at.y + fontHeight(look.fonts.small) + look.px(1.5f));
        at.x += width + look.px(14);
    }
}

} // namespace orrery::ui::lang
