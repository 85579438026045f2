// SPDX-License-Identifier: GPL-3.0-or-later
// One weight of the watched twin from close by: the numbers of FP16 around it, where it is kept, and the update that may be too
// small to move it. Below, its way over the steps.
#pragma once

#include "ui/labs/precision/ink.h"
#include "ui/labs/precision/page.h"

namespace orrery::ui {

class WeightPage : public Page {
 public:
    WeightPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}

    Rect home(const Place&) const override { return {{0, 0}, {1, 1}}; }
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input&, const Camera&, const Place&) override { return false; }
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    /// "line", "way"
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 private:
    const precision::Twins& twins() const { return m_lab.twins(); }
    PlotBox line(const Place& place) const;
    PlotBox way(const Place& place) const;
    void drawLine(ImDrawList* list, const Look& look, const Place& place) const;
    void drawFigures(ImDrawList* list, const Look& look, const Place& place) const;
    void drawWay(ImDrawList* list, const Look& look, const Place& place) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
};

} // namespace orrery::ui
