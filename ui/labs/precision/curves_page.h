// SPDX-License-Identifier: GPL-3.0-or-later
// The training at a glance: losses of all twins, a strip chart of the loss scale with the skipped steps, and what each twin costs.
#pragma once

#include "ui/labs/precision/loss_chart.h"

namespace orrery::ui {

class CurvesPage : public Page {
 public:
    CurvesPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}

    Rect home(const Place&) const override { return {{0, 0}, {1, 1}}; }
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void settle() override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    /// "curves", "scale", "row KEY" of the readout
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 private:
    const precision::Twins& twins() const { return m_lab.twins(); }
    bool scaled() const; ///< some loss is: there is a strip to show
    PlotBox strip(const Place& place) const;
    LossChart chart(const Place& place) const;
    PlotBox readout(const LossChart& chart, const Place& place) const;
    std::vector<tensor::Precision> running() const;
    void drawStrip(ImDrawList* list, const Look& look, const LossChart& chart, const Place& place) const;
    void drawReadout(ImDrawList* list, const Look& look, const LossChart& chart, const Place& place) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
    std::optional<tensor::Precision> m_wanted; ///< the twin whose row was clicked
};

/// What is trained, in words, at the head of a page; the second line is the page's own.
void drawTrainingHead(ImDrawList* list, const Look& look, const Place& place, const precision::Twins& twins,
                      const std::string& title, const std::string& line);

} // namespace orrery::ui
