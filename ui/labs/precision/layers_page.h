// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers of the watched twin as they lie: for each layer the weights, the activations, their gradients and the weights'
// gradients over the ranges of the format. Drag a gradient: that is the loss scale.
#pragma once

#include "ui/labs/precision/exponent_plot.h"
#include "ui/labs/precision/page.h"
#include "ui/labs/precision/scale_drag.h"

namespace orrery::ui {

class LayersPage : public Page {
 public:
    LayersPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}
    ~LayersPage() override { m_drag.letGo(); }

    Rect home(const Place&) const override { return {{0, 0}, {1, 1}}; }
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void settle() override { m_drag.settle(); }
    void letGo() override { m_drag.letGo(); }
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    /// "LAYER KIND", both as numbers from 0: "0 2"
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 private:
    struct Cell {
        std::size_t layer = 0;
        precision::LayerStats::Kind kind = precision::LayerStats::weights;
        ExponentPlot plot;
        float zero = 0; ///< zeros have a column of their own from here on
    };
    const precision::Twins& twins() const { return m_lab.twins(); }
    std::vector<std::string> layers() const;
    Cell cell(std::size_t layer, int kind, const Place& place) const;
    std::optional<Cell> cellAt(glm::dvec2 px, const Place& place) const;
    bool scalable() const; ///< the watched twin's loss scale can be set
    void drawCell(ImDrawList* list, const Look& look, const Cell& cell, bool axis) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
    ScaleDrag m_drag{m_session, "initial_scale"};
    ExponentPlot m_grabbed;
};

} // namespace orrery::ui
