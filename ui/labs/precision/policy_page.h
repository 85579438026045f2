// SPDX-License-Identifier: GPL-3.0-or-later
// The table of operations: which run in 16 bits, and why. A click on a row that the network uses moves it; the losses beside the
// table show what that does.
#pragma once

#include "ui/labs/precision/loss_chart.h"

namespace orrery::ui {

class PolicyPage : public Page {
 public:
    PolicyPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}

    Rect home(const Place&) const override { return {{0, 0}, {1, 1}}; }
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void settle() override;
    void letGo() override { m_toggled.clear(); }
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    /// "op NAME", "curves"
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 private:
    struct Row {
        const tensor::OpRow* row;
        bool used = false, narrow = false;
        PlotBox box{};
    };
    const precision::Twins& twins() const { return m_lab.twins(); }
    std::vector<Row> rows(const Place& place) const; ///< those of the network first
    bool wide(const Place& place) const;
    LossChart chart(const Place& place) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
    std::string m_toggled, m_hovered; ///< ops
};

} // namespace orrery::ui
