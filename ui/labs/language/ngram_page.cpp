// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/ngram_page.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::NgramExplorer;
using language::Smoothing;
using language::TokenScore;
using language::Unit;

namespace {

const char* unitName(Unit unit) { return unit == Unit::byte ? "bytes" : unit == Unit::character ? "characters" : "words"; }

const char* smoothingName(const NgramExplorer& it) {
    if (!it.counted()) return "back-off of the file";
    const Smoothing method = it.counted()->options().method;
    return method == Smoothing::mle ? "no smoothing" : method == Smoothing::addK ? "add-k" : "Kneser-Ney";
}

/// The order of the longest n-gram that knew the token.
int knownOrder(const TokenScore& score) {
    int order = 0;
    for (const language::Rung& rung : score.path) order = std::max(order, rung.found ? rung.length + 1 : 0);
    return order;
}

} // namespace

glm::vec4 surpriseColour(const Look& look, double surprise) {
    const double share = std::isfinite(surprise) ? std::clamp(surprise / mostSurprise, 0., 1.) : 1;
    // What is expected stays near the ground; the dark end of the map would be no colour on it.
    const glm::vec3 hot = colour(Colormap::magma, look.theme.light ? 0.92 - 0.5 * share : 0.22 + 0.62 * share);
    return {glm::mix(glm::vec3(look.theme.raised), hot, float(std::min(1., 0.25 + 1.1 * share))), 1};
}

glm::vec4 inkOn(const Look& look, const glm::vec4& ground) {
    const float luminance = 0.2126f * ground.r + 0.7152f * ground.g + 0.0722f * ground.b;
    const glm::vec4 &a = look.theme.text, &b = look.theme.ground;
    const auto light = [](const glm::vec4& c) { return 0.2126f * c.r + 0.7152f * c.g + 0.0722f * c.b; };
    return std::abs(light(a) - luminance) > std::abs(light(b) - luminance) ? a : b;
}

std::string perplexityText(double value) { return std::isfinite(value) ? formatShort(value, 4) : std::string("\xE2\x88\x9E"); }

std::string countText(std::uint64_t count) { return count < 10000 ? std::to_string(count) : formatPrefixed(double(count)); }

void drawColumnNames(ImDrawList* list, const Look& look, float top, std::initializer_list<std::pair<float, const char*>> names) {
    for (const auto& [edge, name] : names)
        drawText(list, look.fonts.small, {edge, top}, toColour(look.theme.faint), look.tr(name), Align::right);
}

std::string NgramPage::emptyHint() const {
    if (it().ready()) return {};
    return m_session.lab().jobs().empty() ? "Nothing has been counted yet: choose a text in the panel, or drop one here."
                                          : "The text is being counted \xE2\x80\xA6";
}

void NgramPage::drawHead(ImDrawList* list, const Look& look, const Place& place) const {
    const Box room = place.room();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(look.theme.text),
             look.tr("What was counted, and what is to be expected"));
    if (!it().ready()) return;
    const language::NgramStudy& study = it().study();
    look.texts.note(study.name);
    std::string line = study.name;
    if (const auto& counts = study.corpus.counts) {
        line += " \xC2\xB7 " + countText(counts->tokens()) + " " + look.tr(unitName(study.corpus.unit));
        line += " \xC2\xB7 " + countText(std::uint64_t(study.corpus.vocabulary.size())) + " " + look.tr("different ones");
        line += " \xC2\xB7 n = " + std::to_string(counts->order());
        line += " \xC2\xB7 " + countText(counts->ngrams()) + " " + look.tr("n-grams") + ", " +
                formatFixed(double(counts->bytes()) / double(counts->ngrams()), 1) + " " + look.tr("bytes each");
    } else {
        line += " \xC2\xB7 ARPA \xC2\xB7 n = " + std::to_string(study.arpa->order()) + " \xC2\xB7 " +
                countText(study.arpa->ngrams()) + " " + look.tr("n-grams");
    }
    line += " \xC2\xB7 " + look.tr(smoothingName(it()));
    drawBelowTitle(list, look, place, look.theme.secondary, line);
}

void NgramPage::drawToken(ImDrawList* list, const Look& look, const Box& box, std::size_t index) const {
    const TokenScore& score = it().scores()[index];
    const bool read = int(index) < it().position(), next = int(index) == it().next() && !read;
    const glm::vec4 ground = surpriseColour(look, -score.log10);
    const float opacity = read || next ? 1 : 0.42f, round = look.px(5), chip = look.px(23);
    const ImVec2 high{box.right, box.top + chip};
    list->AddRectFilled(box.low(), high, toColour(ground, opacity), round);
    if (!score.known || !std::isfinite(score.log10))
        list->AddRect(box.low(), high, toColour(look.theme.bad), round, 0, look.px(1.4f));
    if (int(index) == it().next()) list->AddRect(box.low(), high, toColour(look.theme.brass), round, 0, look.px(2));
    look.texts.note(score.text);
    const float middle = (box.left + box.right) / 2;
    drawText(list, look.fonts.body, {middle, box.top + (chip - fontHeight(look.fonts.body)) / 2},
             toColour(inkOn(look, ground), std::max(opacity, 0.75f)), score.text, Align::centre);
    // Below: of which order the n-gram was that knew it.
    const int order = it().model().order(), known = knownOrder(score);
    const float dot = std::min(look.px(4), (box.width() - look.px(2)) / float(order)), gap = std::min(look.px(2), dot * 0.4f);
    float x = middle - dot * float(order) / 2;
    for (int k = 1; k <= order; ++k, x += dot)
        list->AddRectFilled({x, high.y + look.px(3)}, {x + dot - gap, high.y + look.px(3) + dot - gap},
                            toColour(k <= known ? look.theme.brass : look.theme.line, opacity));
}

float NgramPage::drawLine(ImDrawList* list, const Look& look, const Box& box) {
    const auto& scores = it().scores();
    const bool narrow = it().study().corpus.unit != Unit::word;
    const float pitch = look.px(35), gap = look.px(narrow ? 2 : 5), pad = look.px(narrow ? 5 : 9);
    float x = box.left, y = box.top;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const float width =
            std::min(box.width(), std::max(look.px(narrow ? 16 : 28), textWidth(look.fonts.body, scores[i].text) + 2 * pad));
        if (x + width > box.right && x > box.left) x = box.left, y += pitch;
        if (y + pitch > box.bottom) { // the rest is there, and said to be
            drawText(list, look.fonts.body, {box.left, y}, toColour(look.theme.faint),
                     "\xE2\x80\xA6 +" + std::to_string(scores.size() - i));
            return y + look.px(18);
        }
        const Box chip{x, y, x + width, y + look.px(31)};
        drawToken(list, look, chip, i);
        note("token " + std::to_string(i), chip);
        x += width + gap;
    }
    return y + pitch;
}

float NgramPage::drawSum(ImDrawList* list, const Look& look, const Box& box) const {
    const language::Perplexity all = it().perplexity(int(it().scores().size()));
    const double tokens = double(all.tokens);
    std::string line =
        look.tr("perplexity") + " " + perplexityText(all.value()) + "  \xC2\xB7  log10 p = " +
        (all.impossible > 0 ? std::string("\xE2\x88\x92\xE2\x88\x9E")
                            : formatFixed(all.log10, 2) + ", " + formatFixed(all.log10 / tokens, 3) + " " + look.tr("a token"));
    if (all.unknown > 0) line += "  \xC2\xB7  " + look.tr("without unknown words") + " " + perplexityText(all.withoutUnknown());
    if (all.impossible > 0) line += "  \xC2\xB7  " + look.tr("impossible tokens") + " " + std::to_string(all.impossible);
    drawText(list, look.fonts.mono, {box.left, box.top}, toColour(look.theme.text),
             clipped(look.fonts.mono, line, box.width() - look.px(210)));
    const float width = look.px(110), left = box.right - width, top = box.top + look.px(3);
    for (int i = 0; i < 22; ++i)
        list->AddRectFilled({left + width * float(i) / 22, top}, {left + width * float(i + 1) / 22, top + look.px(9)},
                            toColour(surpriseColour(look, mostSurprise * i / 21)));
    drawText(list, look.fonts.small, {left - look.px(6), top - look.px(2)}, toColour(look.theme.faint),
             look.tr("surprise") + "  0", Align::right);
    drawText(list, look.fonts.small, {box.right, top + look.px(11)}, toColour(look.theme.faint), "\xE2\x88\x92log10 p = 5",
             Align::right);
    const std::string& squares = look.tr("squares: the order that knew the token");
    drawText(list, look.fonts.small, {left - look.px(16), top + look.px(11)}, toColour(look.theme.faint), squares, Align::right);
    return box.top + look.px(28);
}

float NgramPage::drawChoice(ImDrawList* list, const Look& look, ImVec2 at) {
    for (const lab::Choice& choice : m_session.declaration().find("ngram_look")->choices) {
        const std::string& text = look.tr(choice.label);
        drawChip(list, look, "look " + choice.key, at, text, choice.key == shown());
        at.x += textWidth(look.fonts.body, text) + look.px(26);
    }
    return at.y + look.px(34);
}

void NgramPage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    drawHead(list, look, place);
    if (!it().ready()) return;
    Box room = place.room();
    room.top =
        drawLine(list, look, {room.left, room.top, room.right, room.top + std::min(look.px(35 * 4 + 4), room.height() * 0.34f)});
    room.top = drawSum(list, look, room);
    room.top = drawChoice(list, look, {room.left, room.top});
    if (shown() == "law")
        drawLaw(list, look, room);
    else if (shown() == "grams")
        drawGrams(list, look, room);
    else
        drawNext(list, look, room);
}

std::size_t NgramPage::spotOf(const std::string& name, std::size_t count, glm::dvec2 px) const {
    for (std::size_t i = 0; i < count; ++i) {
        Box box;
        if (spot(name + " " + std::to_string(i), box) && box.holds(px)) return i;
    }
    return count;
}

bool NgramPage::input(const Input& event, const Camera&, const Place&) {
    if (event.kind != Input::Kind::press || event.button != Input::Button::left || !it().ready()) return false;
    for (const lab::Choice& choice : m_session.declaration().find("ngram_look")->choices) {
        Box box;
        if (!spot("look " + choice.key, box) || !box.holds(event.px)) continue;
        want("ngram_look", choice.key);
        return true;
    }
    const std::size_t tokens = it().scores().size();
    if (const std::size_t token = spotOf("token", tokens, event.px); token < tokens) {
        wantSeek(double(token));
        return true;
    }
    for (const char* method : {"mle", "add-k", "kneser-ney"}) {
        Box box;
        if (!spot(std::string("worth ") + method, box) || !box.holds(event.px)) continue;
        want("ngram_smoothing", std::string(method));
        return true;
    }
    return false;
}

} // namespace orrery::ui::lang
