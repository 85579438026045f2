// SPDX-License-Identifier: GPL-3.0-or-later
// One number: its bits to click and drag over, what they say, and below what each format makes of it on its number line.
#pragma once

#include "ui/labs/precision/bit_cells.h"
#include "ui/labs/precision/number_lines.h"
#include "ui/labs/precision/page.h"

namespace orrery::ui {

class BitsPage : public Page {
 public:
    BitsPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}
    ~BitsPage() override { letGo(); }

    Rect home(const Place& place) const override;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void click(const Input& event, const Camera& camera, const Place& place) override;
    void settle() override;
    void letGo() override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    /// "bit 14", "lane fp16", "name fp16"
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;
    std::uint64_t frameOfReference() const override;

 private:
    static constexpr std::size_t formats = tensor::formats.size();
    struct Layout { ///< framebuffer pixels
        BitCells cells;
        float formula = 0, facts = 0; ///< tops
        float text = 0;               ///< height of a row's words
        float table = 0, pitch = 0, lane = 0,
              axis = 0; ///< top of the first row, from row to row, height of a number line, top of the axis
        float rowTop(std::size_t row) const { return table + pitch * float(row); }
        float laneTop(std::size_t row) const { return rowTop(row) + text; }
    };
    const precision::Bits& bits() const { return m_lab.bits(); }
    NumberLine line() const;
    Layout layout(const Place& place) const;
    int rowAt(double y, const Layout& at) const; ///< -1: none
    bool onLane(double y, const Layout& at, int row) const;

    void drawHead(ImDrawList* list, const Look& look, const Place& place) const;
    void drawFormula(ImDrawList* list, const Look& look, ImVec2 at) const;
    void drawFacts(ImDrawList* list, const Look& look, const Place& place, float y) const;
    void drawTable(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Layout& at) const;
    void drawRow(ImDrawList* list, const Look& look, const Place& place, const Layout& at, std::size_t row) const;
    void drawChance(ImDrawList* list, const Look& look, const precision::Rounded& r, float left, float right, float y) const;
    void drawMarks(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Layout& at) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
    int m_hovered = -1; ///< bit under the pointer
    bool m_painting = false, m_paint = false, m_ends = false;
    std::uint64_t m_code = 0; ///< while painting
    bool m_changed = false;
    std::optional<lab::Value> m_value, m_format; ///< wanted by a click
};

} // namespace orrery::ui
