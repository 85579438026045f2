// SPDX-License-Identifier: GPL-3.0-or-later
// The diffusion lab to look at: density, contours, particles as light, trails, score arrows, marginals, probe, and the hands
// that place Gaussians and brush points.
#pragma once

#include "engine/labs/diffusion/lab.h"
#include "ui/labs/diffusion/brush.h"
#include "ui/labs/diffusion/marginals.h"
#include "ui/labs/diffusion/mixture_handles.h"
#include "ui/labs/diffusion/probe.h"
#include "ui/labs/diffusion/trails.h"
#include "ui/panels/axes.h"
#include "ui/view.h"

namespace orrery::ui {

class DiffusionView : public View {
 public:
    explicit DiffusionView(lab::Session& session);
    ~DiffusionView() override;

    Rect home() const override { return m_home; }
    double zoomOut() const override;
    glm::dvec4 edges() const override;
    void settle() override;
    void prepare(const Frame& frame) override;
    void light(const Frame& frame, Layers& layers) override;
    void main(const Frame& frame, Layers& layers) override;
    void overlay(const Frame& frame, const Look& look) override;
    bool input(const Input& event, const Camera& camera) override;
    void click(const Input& event, const Camera& camera) override;
    std::string emptyHint() const override;
    bool settled() const override;
    std::vector<lab::Fact> gauges(const std::vector<gpu::Timing>& timings) const override;

 private:
    bool flag(const std::string& key) const { return m_session.settings().flag(key); }
    bool editsMixture() const { return m_session.settings().text("data") == "mixture"; }
    bool showsDifference() const { return m_lab.hasNetwork() && flag("show_difference"); }
    double topOfDifference() const; ///< of the colour bar, standardised
    bool draws() const { return m_session.settings().text("data") == "drawn"; }
    bool empty() const;
    Colormap map() const;
    ToData toData() const;
    GridBuffer layer(const gpu::Buffer& cells, const diffusion::FieldGrid& grid) const;
    void followHome();
    void watchMoment(const Frame& frame);
    void prepareFields(const Frame& frame);
    bool brush(const Input& event, const Camera& camera);
    bool handles(const Input& event, const Camera& camera);
    void beginEdit();
    void endEdit();

    lab::Session& m_session;
    diffusion::DiffusionLab& m_lab;
    Rect m_home;
    diffusion::Frame2 m_homeFrame;      ///< for which m_home was computed
    std::uint64_t m_editedRevision = 0; ///< of the session after the last change by a hand in this view

    gpu::Buffer m_density, m_difference, m_arrows;
    diffusion::FieldGrid m_densityGrid, m_arrowGrid;
    Marginals m_marginals;
    Trails m_trails;
    Probe m_probe;
    Brush m_brush;
    MixtureHandles m_handles;

    /// What the present picture depends on; a rise of m_moment makes everything derived from it stale.
    struct Moment {
        int position = -1;
        std::uint64_t revision = 0;
        int network = -1;
        Rect seen;
        bool operator==(const Moment&) const = default;
    } m_shown;
    std::uint64_t m_moment = 0;
    int m_rest = 0; ///< frames since the moment changed: grids become finer while nothing moves
    bool m_finest = false;
    double m_steppedPairs = 0;  ///< of the last frame that took steps
    int m_steady = 0;           ///< such frames that took the same ones
    mutable std::string m_rate; ///< the last that was known

    lab::Points m_edited; ///< rows as the handles have them, before settle()
    bool m_editing = false, m_editChanged = false, m_editEnds = false, m_playedBefore = false;
    bool m_onHandle = false, m_shift = false;
    glm::dvec2 m_pointer{-1, -1};
    double m_unitsPerPx = 1; ///< data units per logical pixel, of the last frame
    float m_scale = 1;
};

} // namespace orrery::ui
