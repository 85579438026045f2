// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/segmentation/kernels.h"

#include "ui/panels/numbers.h"
#include "ui/render/colormap.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace orrery::ui::seg {

namespace {

using segmentation::Wide;

constexpr float margin = 20, gap = 16, titleTop = 18, rowStep = 19, factsHeight = 8 * rowStep + 26, wordStep = 17;
constexpr const char* spotNames[] = {"field stack", "field dense", "field gcn", "field dilated"};

const glm::vec4& measured(const Look& look) { return look.theme.brass; }
const glm::vec4& modelled(const Look& look) { return look.theme.info; }

std::string pixels(double value) { return formatFixed(value, 3) + " px"; }

/// A circle of dashes, for what a formula says.
void dashedCircle(ImDrawList* list, ImVec2 middle, float radius, ImU32 colour, float thick) {
    constexpr int dashes = 36;
    for (int i = 0; i < dashes; ++i) {
        const auto angle = [&](double part) { return float((double(i) + part) * 2 * std::numbers::pi / dashes); };
        const float a = angle(0), b = angle(0.55);
        list->AddLine({middle.x + radius * std::cos(a), middle.y + radius * std::sin(a)},
                      {middle.x + radius * std::cos(b), middle.y + radius * std::sin(b)}, colour, thick);
    }
}

} // namespace

void KernelPage::drawField(ImDrawList* list, const Look& look, const Column& at, Wide kind) const {
    const float side = at.width;
    const ImVec2 low(at.left, at.top), high(at.left + side, at.top + side);
    list->AddRectFilled(low, high, toColour(look.theme.card), look.px(4));
    const segmentation::ReceptiveField* field = m_lab.kernels().field(kind);
    if (!field)
        return drawText(list, look.fonts.body, {at.left + side / 2, at.top + side / 2}, toColour(look.theme.faint),
                        "\xE2\x80\xA6", Align::centre);
    const double most = std::ranges::max(field->energy);
    const float cell = side / float(field->side);
    for (std::int64_t y = 0; y < field->side; ++y)
        for (std::int64_t x = 0; x < field->side; ++x) {
            const double energy = field->energy[std::size_t(y * field->side + x)];
            if (energy <= 0) continue;
            // Energies span decades: their square roots are amplitudes, which the eye can compare.
            const glm::vec3 ink = colour(Colormap::magma, 0.12 + 0.88 * std::sqrt(energy / most));
            const ImVec2 from(at.left + cell * float(x), at.top + cell * float(y));
            list->AddRectFilled({std::floor(from.x), std::floor(from.y)}, {std::ceil(from.x + cell), std::ceil(from.y + cell)},
                                toColour(glm::vec4(ink, 1)));
        }
    const ImVec2 middle((low.x + high.x) / 2, (low.y + high.y) / 2);
    const auto k = float(m_lab.kernels().asked().kernel);
    list->AddRect({middle.x - k * cell / 2, middle.y - k * cell / 2}, {middle.x + k * cell / 2, middle.y + k * cell / 2},
                  toColour(look.theme.secondary, 0.8f), 0, 0, look.px(1));
    const float ring = float((field->spreadX + field->spreadY) / 2) * cell;
    list->AddCircle(middle, ring, toColour(look.theme.ground, 0.85f), 64, look.px(5)); // on bright cells too
    list->AddCircle(middle, ring, toColour(measured(look)), 64, look.px(2.4f));
    dashedCircle(list, middle, float(field->formula) * cell, toColour(modelled(look)), look.px(1.8f));
}

void KernelPage::drawFacts(ImDrawList* list, const Look& look, Column at, Wide kind) const {
    const segmentation::Kernels& kernels = m_lab.kernels();
    const auto line = [&](const std::string& label, const std::string& value, const glm::vec4& ink) {
        drawText(list, look.fonts.small, {at.left, at.top + look.px(1)}, toColour(look.theme.secondary), label);
        drawText(list, look.fonts.mono, {at.left + at.width, at.top}, toColour(ink), value, Align::right);
        at.top += look.px(rowStep);
    };
    const auto head = [&](const std::string& words) {
        at.top += look.px(5);
        drawSmallCapitals(list, look, {at.left, at.top}, toColour(look.theme.faint), words);
        at.top += look.px(rowStep);
    };
    const segmentation::ReceptiveField* field = kernels.field(kind);
    const std::string none = "\xE2\x80\xA6";
    head(look.tr("Spread"));
    line(look.tr("measured"), field ? pixels((field->spreadX + field->spreadY) / 2) : none, measured(look));
    line(segmentation::textOf(kind).formula, pixels(segmentation::spreadFormula(kind, kernels.asked().kernel)), modelled(look));
    line(look.tr("pixels seen"), field ? formatFixed(100 * field->seen, 0) + " %" : none, measured(look));
    head(look.tr("Costs"));
    const segmentation::WideCost cost = kernels.cost(kind), dense = kernels.cost(Wide::dense);
    line(look.tr("weights"), formatPrefixed(double(cost.parameters)), modelled(look));
    line(look.tr("multiply-adds"), formatPrefixed(double(cost.macs)), modelled(look));
    line(look.tr("of dense"), formatShort(100 * double(cost.parameters) / double(dense.parameters), 3) + " %", modelled(look));
    // The longest bar is the dearest of the four; lengths are logarithms.
    double most = 1;
    for (const Wide each : segmentation::wides) most = std::max(most, double(kernels.cost(each).parameters));
    const float share = most > 1 ? float(std::log10(1 + double(cost.parameters)) / std::log10(1 + most)) : 1;
    list->AddRectFilled({at.left, at.top + look.px(3)}, {at.left + at.width, at.top + look.px(8)}, toColour(look.theme.raised),
                        look.px(2.5f));
    list->AddRectFilled({at.left, at.top + look.px(3)}, {at.left + share * at.width, at.top + look.px(8)},
                        toColour(modelled(look)), look.px(2.5f));
}

void KernelPage::draw(ImDrawList* list, const Look& look, const ViewPlace& place) {
    m_spots.clear();
    const segmentation::KernelRequest& asked = m_lab.kernels().asked();
    const float left = look.px(place.panel + margin), right = float(place.size.x) - look.px(margin);
    const std::string k = std::to_string(asked.kernel);
    drawText(list, look.fonts.title, {left, look.px(titleTop)}, toColour(look.theme.text),
             look.tr("Four ways to see") + " " + k + " \xC3\x97 " + k);
    const float top = look.px(std::max(place.hud + 24, titleTop + 34)); // below title and HUD
    const float wide = (right - left - 3 * look.px(gap)) / 4;
    const float room = float(place.size.y) - top - look.px(28 + factsHeight + 3 * wordStep + 14);
    const float side = std::max(look.px(60), std::min(wide, room));
    for (const Wide kind : segmentation::wides) {
        Column at{left + (wide + look.px(gap)) * float(int(kind)), top, side};
        drawText(list, look.fonts.body, {at.left, at.top}, toColour(look.theme.text), look.tr(segmentation::textOf(kind).name));
        at.top += look.px(24);
        drawField(list, look, at, kind);
        m_spots[spotNames[int(kind)]] = {{at.left, at.top}, {at.left + side, at.top + side}};
        drawFacts(list, look, {at.left, at.top + side + look.px(4), wide}, kind);
    }
    float below = top + look.px(24) + side + look.px(4 + factsHeight);
    const auto words = [&](const std::string& text, const glm::vec4& ink) {
        drawText(list, look.fonts.small, {left, below}, toColour(ink), text);
        below += look.px(wordStep);
    };
    words(look.tr("Brighter: the gradient of the middle output pixel is larger there. Frame: k by k."), look.theme.secondary);
    words(look.tr("Ring: spread as measured"), measured(look));
    words(look.tr("Dashes: spread of the formula; weights and multiply-adds are counted, not measured"), modelled(look));
}

bool KernelPage::spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const {
    const auto found = m_spots.find(name);
    if (found == m_spots.end()) return false;
    low = found->second.first, high = found->second.second;
    return true;
}

} // namespace orrery::ui::seg
