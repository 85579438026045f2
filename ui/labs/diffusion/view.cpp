// SPDX-License-Identifier: GPL-3.0-or-later
// What is drawn. The hands are in view_input.cpp.
#include "ui/labs/diffusion/view.h"

#include "engine/lab/names.h"
#include "ui/labs/diffusion/grids.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui {

namespace {

/// Half of the home view in standard deviations of data and prior alike.
constexpr double homeSpread = 2.6;

/// Pairs (place, component) that a frame may spend on grids while things move, and that a still picture may in the end.
struct PairBudget {
    double moving, still;
};
PairBudget budget(const gpu::Device& device) { return device.isCpu() ? PairBudget{2e6, 3.2e7} : PairBudget{1.5e8, 1e9}; }
constexpr double leastCellPx = 2, arrowEveryPx = 44, arrowShare = 0.35;
constexpr int framesBeforeFiner = 2, framesUntilSteady = 6;

constexpr float gap = 12; ///< logical pixels
/// The map's brightest end lies above the density's peak, so that points stay visible where they are most.
constexpr double topOfMap = 1.3;
constexpr double toneCount = 20000, toneExponent = 0.15;

/// Where data and noise are; Gaussians far out are shown whole.
Rect homeOf(const diffusion::Frame2& frame, const lab::Settings& settings) {
    Rect home{toData({-homeSpread, -homeSpread}, frame), toData({homeSpread, homeSpread}, frame)};
    if (settings.text("data") != "mixture") return home;
    const lab::Points& rows = settings.points("components");
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const glm::dvec2 centre(rows.values[4 * row], rows.values[4 * row + 1]);
        const double reach = homeSpread * rows.values[4 * row + 2];
        home.low = glm::min(home.low, centre - reach), home.high = glm::max(home.high, centre + reach);
    }
    return home;
}

} // namespace

DiffusionView::DiffusionView(lab::Session& session)
    : m_session(session), m_lab(dynamic_cast<diffusion::DiffusionLab&>(session.lab())), m_trails(session, m_lab) {
    m_homeFrame = m_lab.frame();
    m_home = homeOf(m_homeFrame, session.settings());
}

DiffusionView::~DiffusionView() { endEdit(); }

double DiffusionView::zoomOut() const { return flag("follow") ? std::max(1., m_lab.spread()) : 1; }

glm::dvec4 DiffusionView::edges() const {
    const double band =
        flag("show_marginals") ? Marginals::band : 0; // even while empty: the first point must not move the camera
    return {0, 0, axisWidth + band, axisHeight + band};
}

bool DiffusionView::empty() const {
    const lab::Settings& s = m_session.settings();
    return (draws() && s.points("drawn").rows() == 0) || (s.text("data") == "file" && s.text("file").empty());
}

std::string DiffusionView::emptyHint() const {
    if (!empty() || m_brush.active()) return {};
    return draws() ? "Hold the left button and draw: the brush leaves points. Shift erases."
                   : "Drop a CSV or NPY file with two columns here, or press Ctrl+O.";
}

Colormap DiffusionView::map() const { return colormap(m_session.settings().text("colours")); }

ToData DiffusionView::toData() const {
    const diffusion::Frame2 frame = m_lab.frame();
    return {{frame.centreX, frame.centreY}, frame.scale};
}

GridBuffer DiffusionView::layer(const gpu::Buffer& cells, const diffusion::FieldGrid& grid) const {
    return {cells, grid.width, grid.height, {{grid.lowX, grid.lowY}, {grid.highX, grid.highY}}, toData()};
}

/// Brushing and dragging change the data's frame under the hand: then the camera must stand still.
void DiffusionView::followHome() {
    const diffusion::Frame2 now = m_lab.frame();
    const bool same = now.centreX == m_homeFrame.centreX && now.centreY == m_homeFrame.centreY && now.scale == m_homeFrame.scale;
    if (same) return;
    m_homeFrame = now;
    if (m_session.revision() != m_editedRevision) m_home = homeOf(now, m_session.settings());
}

/// Half of what the noise's own score is along an axis.
double DiffusionView::topOfDifference() const { return 0.5 / m_lab.shownSigma(); }

void DiffusionView::watchMoment(const Frame& frame) {
    const Moment now{m_lab.position(), m_session.revision(), m_lab.networkVersion(), frame.camera.visible()};
    const double stepped = std::abs(now.position - m_shown.position) * m_lab.stepPairs();
    if (stepped > 0) {
        m_steady = stepped == m_steppedPairs ? m_steady + 1 : 0;
        m_steppedPairs = stepped;
    }
    m_rest = now == m_shown ? m_rest + 1 : 0;
    if (m_rest == 0) ++m_moment;
    m_shown = now;
}

void DiffusionView::prepareFields(const Frame& frame) {
    const PairBudget pairs = budget(frame.recorder.device());
    const bool difference = showsDifference();
    const double perCell = std::max(1., m_lab.fieldPairs(1, difference));
    const Rect seen = standardised(m_shown.seen, m_lab.frame());
    const double height = frame.height, scale = frame.scale;
    const bool density = flag("show_density") || flag("show_contours") || difference;
    if (density) {
        // Twice as fine with every frame at rest, until the picture's own resolution or what a still picture may cost.
        const double finer = std::exp2(2 * std::clamp(m_rest - framesBeforeFiner, 0, 20));
        const double allowed = std::min(pairs.still, pairs.moving * finer);
        const diffusion::FieldGrid grid = densityGrid(seen, height, leastCellPx * scale, std::max(400., allowed / perCell));
        m_finest = allowed >= pairs.still || grid == densityGrid(seen, height, leastCellPx * scale, pairs.still / perCell);
        m_densityGrid = grid;
        m_density = m_lab.field(frame.recorder, grid);
        if (difference) m_difference = m_lab.difference(frame.recorder, grid);
    }
    if (flag("show_score")) {
        const double perArrow = std::max(1., m_lab.fieldPairs(1, true));
        m_arrowGrid = arrowGrid(seen, height, arrowEveryPx * scale, std::max(100., pairs.moving * arrowShare / perArrow));
        m_arrows = m_lab.arrows(frame.recorder, m_arrowGrid, difference);
    }
}

void DiffusionView::prepare(const Frame& frame) {
    m_scale = frame.scale;
    m_unitsPerPx = frame.camera.unitsPerPx() * frame.scale;
    followHome();
    watchMoment(frame);
    m_density = m_difference = m_arrows = {};
    m_finest = true;
    if (empty() || m_lab.particleCount() == 0) return;
    prepareFields(frame);
    if (flag("show_marginals"))
        m_marginals.prepare(frame.recorder, m_lab, standardised(m_shown.seen, m_lab.frame()),
                            frame.recorder.device().isCpu() ? 3e5 : 1e6, m_moment);
}

void DiffusionView::light(const Frame& frame, Layers& layers) {
    if (!flag("show_particles") || empty() || m_lab.particleCount() == 0) return;
    const lab::Settings& s = m_session.settings();
    // Above the count of the default scenario the cloud keeps its tone, so that the density stays visible through it.
    const double crowd = std::max(1., m_lab.particleCount() / toneCount);
    const float light = lightPerPoint(m_lab.particleCount()) * float(s.number("brightness") * std::pow(crowd, -toneExponent));
    layers.points(frame, m_lab.particles(), m_lab.particleCount(), toData(), {float(s.number("point_size")), light});
}

void DiffusionView::main(const Frame& frame, Layers& layers) {
    if (empty() || m_lab.particleCount() == 0) return;
    const Theme& theme = frame.theme;
    if (m_difference)
        layers.heat(frame, layer(m_difference, m_densityGrid), {map(), 0, float(topOfDifference()), true, 1});
    else if (m_density && flag("show_density"))
        layers.heat(frame, layer(m_density, m_densityGrid), {map(), 0, float(topOfMap * m_lab.peakDensity()), true, 1});
    if (m_density && flag("show_contours"))
        layers.contours(frame, layer(m_density, m_densityGrid), {glm::vec4(glm::vec3(theme.text), theme.light ? 0.45f : 0.3f)});
    if (m_arrows) {
        layers.arrows(frame, layer(m_arrows, m_arrowGrid), {glm::vec4(glm::vec3(theme.secondary), 0.7f)});
    }
    if (flag("show_particles")) layers.light(frame, theme.light ? colour(map(), 0.35) : colour(map(), 0.82));
    m_trails.draw(frame, layers, toData());
}

void DiffusionView::overlay(const Frame& frame, const Look& look) {
    ImDrawList* list = ImGui::GetBackgroundDrawList();
    const ImVec2 size(static_cast<float>(frame.width), static_cast<float>(frame.height));
    const bool something = !empty() && m_lab.particleCount() > 0;
    if (something && flag("show_marginals")) m_marginals.draw(list, look, frame.camera, m_lab, size, axisWidth, axisHeight);
    drawAxes(list, look, frame.camera, size, {"x, " + look.tr("data units"), "y"});
    if (something && (flag("show_density") || showsDifference())) {
        const glm::dvec4 edge = edges();
        const double scale = m_lab.frame().scale;
        const ImVec2 at(size.x - look.px(float(edge.z) + gap + colourBarWidth),
                        size.y - look.px(float(edge.w) + gap + colourBarHeight));
        if (showsDifference())
            drawColourBar(list, look, at, {map(), 0, topOfDifference() / scale, "|learned - exact score|", "1/unit"});
        else
            drawColourBar(list, look, at,
                          {map(), 0, topOfMap * m_lab.peakDensity() / (scale * scale), "density p_t(x)", "1/unit\xC2\xB2"});
    }
    if (editsMixture())
        m_handles.draw(list, look, frame.camera,
                       m_editing || m_editChanged ? m_edited : m_session.settings().points("components"));
    if (draws() && m_pointer.x >= 0) {
        const ImVec2 at(static_cast<float>(m_pointer.x), static_cast<float>(m_pointer.y));
        const bool erases = m_brush.active() ? m_brush.erases() : m_shift;
        const float radius = look.px(float(erases ? Brush::erasePx : 2 * Brush::spreadPx));
        list->AddCircle(at, radius, toColour(look.theme.ground, 0.6f), 0, look.px(3));
        list->AddCircle(at, radius, toColour(erases ? look.theme.bad : look.theme.brass), 0, look.px(1.4f));
    }
    // A brush or a handle under the pointer says enough.
    if (something && !draws() && !m_onHandle)
        m_probe.draw(look, frame.camera, m_lab, size, m_moment, double(ImGui::GetIO().DeltaTime));
}

bool DiffusionView::settled() const { return m_finest && m_rest > framesBeforeFiner && !m_editChanged; }

std::vector<lab::Fact> DiffusionView::gauges(const std::vector<gpu::Timing>& timings) const {
    double milliseconds = 0;
    for (const gpu::Timing& timing : timings)
        if (timing.name.find("reverse") != std::string::npos) milliseconds += timing.milliseconds;
    // Timings are those of a frame a little ago: a rate is true only while every frame takes the same steps.
    if (m_steady >= framesUntilSteady && milliseconds > 0) m_rate = lab::rounded(m_steppedPairs / milliseconds * 1000);
    std::vector<lab::Fact> facts = m_lab.networkFacts();
    if (facts.empty() && !m_rate.empty()) facts.push_back({"pairs/s", m_rate});
    return facts;
}

} // namespace orrery::ui
