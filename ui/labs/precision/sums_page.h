// SPDX-License-Identifier: GPL-3.0-or-later
// Sums as curves over the number of terms: each format's own, the chosen one's terms added in FP32, and float64 beside them.
#pragma once

#include "ui/labs/precision/ink.h"
#include "ui/labs/precision/page.h"

#include <functional>

namespace orrery::ui {

class SumsPage : public Page {
 public:
    SumsPage(lab::Session& session, const precision::PrecisionLab& lab) : m_session(session), m_lab(lab) {}

    Rect home(const Place& place) const override;
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input&, const Camera&, const Place&) override { return false; }
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    std::uint64_t frameOfReference() const override { return errors() ? 1 : 0; }
    /// "curves"
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 private:
    struct Range {
        double low = 0, high = 1;
    };
    struct Curve {
        std::string name;
        glm::vec4 colour;
        float width = 1; ///< logical pixels
        bool dashed = false;
        std::function<double(int)> at;
        int row = -1; ///< of the formats, for facts
        bool master = false;
    };
    const precision::Sums& sums() const { return m_lab.sums(); }
    bool errors() const { return m_session.settings().text("plot") == "error"; }
    PlotBox box(const Place& place) const;
    double aspect(const Place& place) const;
    Range range() const;
    std::vector<Curve> curves(const Look& look) const;
    double shareOf(const Range& range, double value) const; ///< 0 at the lower edge, 1 at the upper; NaN where there is none
    ImVec2 toPx(const Camera& camera, const Place& place, double terms, double share) const;
    double termsAt(const Camera& camera, const Place& place, double px) const;
    void drawHead(ImDrawList* list, const Look& look, const Place& place) const;
    void drawAxes(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range) const;
    void drawCurve(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range,
                   const Curve& curve) const;
    void drawNames(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range,
                   const std::vector<Curve>& curves) const;
    void drawWall(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range) const;
    void drawReadout(ImDrawList* list, const Look& look, const Camera& camera, const Place& place, const Range& range,
                     const std::vector<Curve>& curves) const;

    lab::Session& m_session;
    const precision::PrecisionLab& m_lab;
};

} // namespace orrery::ui
