// SPDX-License-Identifier: GPL-3.0-or-later
// A histogram of the exponents of gradients over the bands of a format: lost, subnormal, normal, overflow. Drag the bars: that
// is the loss scale.
#pragma once

#include "ui/labs/precision/exponent_plot.h"
#include "ui/labs/precision/page.h"
#include "ui/labs/precision/scale_drag.h"

namespace orrery::ui {

class GradientsPage : public Page {
 public:
    GradientsPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}
    ~GradientsPage() override { m_drag.letGo(); }

    Rect home(const Place& place) const override;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void settle() override { m_drag.settle(); }
    void letGo() override { m_drag.letGo(); }
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    /// "bars"
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 private:
    struct Box { ///< the plot, framebuffer pixels; zeros have a column of their own from `zero` on
        float zero, left, right, top, bottom;
    };
    const precision::Gradients& gradients() const { return m_lab.gradients(); }
    Box box(const Place& place) const;
    ExponentPlot plot(const Camera& camera, const Box& box) const;
    double share(std::uint64_t count) const;
    void drawHead(ImDrawList* list, const Look& look, const Place& place) const;
    void drawBars(ImDrawList* list, const Look& look, const Camera& camera, const Box& box) const;
    void drawAxes(ImDrawList* list, const Look& look, const Camera& camera, const Box& box) const;
    void drawCounters(ImDrawList* list, const Look& look, const Place& place, const Box& box) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
    ScaleDrag m_drag{m_session, "log2_scale"};
};

} // namespace orrery::ui
