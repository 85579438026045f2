// SPDX-License-Identifier: GPL-3.0-or-later
// Methods side by side remembering one signal: what each says of the past, how it weighs ages, its numbers, its error beside
// the least that any N numbers can have. Draw the signal with the mouse, drag the moment, drag N.
#pragma once

#include "ui/labs/statespace/plot.h"

namespace orrery::ui::ssm {

class MemoryPage : public Page {
 public:
    using Page::Page;

    Rect home(const Place& place) const override;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    std::string emptyHint() const override;
    std::uint64_t frameOfReference() const override;

 private:
    struct Layout {
        Box signal, measure, states, errors; ///< within their axes
        float rowHeight = 14;                ///< of the measure
    };
    enum class Hand { none, draws, scrubs, sizes };
    const statespace::Remember& memory() const { return m_lab.memory(); }
    bool drawn() const { return m_session.settings().text("signal") == "drawn"; }
    Layout layout(const Place& place) const;
    Plot signalPlot(const Layout& at, const Camera& camera, const Place& place) const;
    Plot errorPlot(const Layout& at) const;
    Range values() const;
    int stepAt(const Plot& plot, double px) const;

    void drawHead(ImDrawList* list, const Look& look, const Place& place);
    void drawSignal(ImDrawList* list, const Look& look, const Plot& plot);
    void drawMeasure(ImDrawList* list, const Look& look, const Plot& plot, const Layout& at) const;
    void drawStates(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawErrors(ImDrawList* list, const Look& look, const Layout& at) const;
    void drawKnees(ImDrawList* list, const Look& look, const Plot& plot) const;
    void stroke(const Plot& plot, glm::dvec2 px);
    void act(const Input& event, const Layout& at, const Plot& plot);
    void refresh(const Plot& plot);

    Hand m_hand = Hand::none;
    std::vector<std::pair<double, double>> m_points; ///< while drawing
    std::optional<std::pair<double, double>> m_pen;  ///< the newest
    double m_quantum = 0.01;                         ///< of time: points nearer than that are one
    // What was reconstructed last, and for what.
    std::vector<std::vector<ImVec2>> m_curves; ///< by method: time, value
    std::tuple<std::uint64_t, int, double, double, float> m_curvesOf{};
    mutable std::pair<std::uint64_t, Range> m_values{};
};

} // namespace orrery::ui::ssm
