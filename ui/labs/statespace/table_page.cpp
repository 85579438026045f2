// SPDX-License-Identifier: GPL-3.0-or-later
// HiPPO's function approximation table: what was published, what comes out here, and the least that any N numbers can have.
#include "engine/lab/names.h"
#include "ui/labs/statespace/plot.h"
#include "ui/panels/numbers.h"

#include <algorithm>

namespace orrery::ui::ssm {

namespace {

class TablePage final : public Page {
 public:
    using Page::Page;
    void draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) override;
    bool input(const Input&, const Camera&, const Place&) override { return false; }
    bool settled() const override { return !m_lab.table().running(); }

 private:
    void drawRow(ImDrawList* list, const Look& look, const Box& row, const statespace::TableRow& r, double most) const;
};

std::string figure(const std::optional<double>& value) { return value ? formatFixed(*value, 4) : std::string("\xE2\x80\x93"); }

/// A share of the width for each column's right edge: published, ours, optimum, speeds.
constexpr float edges[] = {0.60f, 0.72f, 0.84f, 1.f};

void TablePage::drawRow(ImDrawList* list, const Look& look, const Box& row, const statespace::TableRow& r, double most) const {
    const Theme& t = look.theme;
    const float x = row.left + look.px(4), y = row.top + look.px(4), name = row.width() * 0.48f;
    drawText(list, look.fonts.body, {x, y}, toColour(t.text), clipped(look.fonts.body, look.tr(r.method), name));
    const auto right = [&](int column) { return row.left + row.width() * edges[column]; };
    drawText(list, look.fonts.mono, {right(0), y}, toColour(t.faint), figure(r.publishedError), Align::right);
    drawText(list, look.fonts.mono, {right(1), y}, toColour(t.text), figure(r.error), Align::right);
    drawText(list, look.fonts.mono, {right(2), y}, toColour(t.ok), figure(r.optimum), Align::right);
    const std::string rate = r.rate ? lab::rounded(*r.rate) : "\xE2\x80\x93";
    drawText(list, look.fonts.mono, {right(3), y}, toColour(t.secondary), rate, Align::right);
    // The error as a bar, and the optimum as a mark on it.
    const float bar = row.bottom - look.px(9), full = row.width() * 0.84f;
    list->AddRectFilled({x, bar}, {x + full, bar + look.px(4)}, toColour(t.raised), look.px(2));
    const auto at = [&](double value) { return x + full * float(std::clamp(value / most, 0.0, 1.0)); };
    if (r.error) list->AddRectFilled({x, bar}, {at(*r.error), bar + look.px(4)}, toColour(categoryColour(look, 0)), look.px(2));
    if (r.publishedError)
        list->AddCircle({at(*r.publishedError), bar + look.px(2)}, look.px(4), toColour(t.faint), 0, look.px(1.5f));
    if (r.optimum)
        list->AddRectFilled({at(*r.optimum) - 1, bar - look.px(4)}, {at(*r.optimum) + 1, bar + look.px(8)}, toColour(t.ok));
}

void TablePage::draw(ImDrawList* list, const Look& look, const Camera&, const Place& place) {
    forgetSpots();
    const Theme& t = look.theme;
    const Box room = place.room();
    const statespace::TableScene& scene = m_lab.table();
    const statespace::HippoTable table = scene.table();
    drawText(list, look.fonts.title, {room.left, look.px(18)}, toColour(t.text), look.tr("HiPPO's table, worked out here"));
    drawBelowTitle(list, look, place, t.secondary, look.tr("Mean squared error of noise up to 1 Hz, remembered over 100 s."));
    const Box frame{room.left, room.top + look.px(14), room.right, room.bottom};
    const char* heads[] = {"published", "here", "optimum", "samples/s here"};
    for (int c = 0; c < 4; ++c)
        drawText(list, look.fonts.small, {frame.left + frame.width() * edges[c], frame.top - look.px(4)}, toColour(t.faint),
                 look.tr(heads[c]), Align::right);
    double most = 0.28;
    for (const statespace::TableRow& row : table.rows) most = std::max(most, row.error.value_or(0));
    const float pitch = std::min(look.px(46), (frame.height() - look.px(90)) / 7);
    float y = frame.top + look.px(16);
    for (const statespace::TableRow& row : table.rows) {
        const Box box{frame.left, y, frame.right, y + pitch - look.px(4)};
        drawRow(list, look, box, row, most);
        y += pitch;
    }
    if (!scene.complete()) {
        const bool under = scene.running();
        drawWords(list, look, {frame.left, y + look.px(6)}, frame.width(), t.brass,
                  under ? look.tr("Working it out: each row runs along the whole signal.")
                        : look.tr("Press \"Table\" or play to work it out; it takes some seconds."));
        if (under) {
            list->AddRectFilled({frame.left, y + look.px(32)}, {frame.right, y + look.px(36)}, toColour(t.raised), look.px(2));
            list->AddRectFilled({frame.left, y + look.px(32)},
                                {frame.left + frame.width() * float(scene.fraction()), y + look.px(36)}, toColour(t.brass),
                                look.px(2));
        }
        return;
    }
    drawWords(list, look, {frame.left, y + look.px(8)}, frame.width(), t.secondary,
              look.tr("The published 0.02 is not LegS's error but the least that any polynomial of degree 255 can have on such "
                      "a signal; predicting zero gives the LSTM's 0.25. Published figures are recalled, not read again."));
}

} // namespace

std::unique_ptr<Page> makeTablePage(lab::Session& session, const statespace::StatespaceLab& lab) {
    return std::make_unique<TablePage>(session, lab);
}

} // namespace orrery::ui::ssm
