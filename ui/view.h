// SPDX-License-Identifier: GPL-3.0-or-later
// How one lab is seen. One line per lab in views.cpp.
#pragma once

#include "engine/lab/session.h"
#include "ui/render/input.h"
#include "ui/render/renderer.h"

#include <memory>

namespace orrery::ui {

struct Look;

class View {
 public:
    virtual ~View() = default;
    virtual Rect home() const = 0; ///< what "fit" shows, in data units; when it changes, a fitted camera follows
    /// By how much more than its own height the camera shall show at the moment (a cloud that grows); 1: as it is.
    virtual double zoomOut() const { return 1; }
    /// Logical pixels at the edges that the view's own overlays take: left, top, right, bottom.
    virtual glm::dvec4 edges() const { return {0, 0, 0, 0}; }
    /// Told before every frame: framebuffer pixels, pixels per logical one, and logical pixels that panel (left) and HUD (at the
    /// right of the upper edge) cover.
    virtual void place(glm::dvec2 /*size*/, float /*scale*/, float /*panel*/, float /*hud*/) {}
    /// True once when the camera's place has lost its meaning (another kind of picture): it is then fitted.
    virtual bool takeRefit() { return false; }
    /// Where something with a name of the view's own stands (framebuffer pixels), for lessons and tests; false: not shown.
    virtual bool spot(const std::string& /*name*/, glm::dvec2& /*low*/, glm::dvec2& /*high*/) const { return false; }

    /// Once per frame before the session moves on: makes one change of settings of all that input() gathered. May throw Error.
    virtual void settle() {}
    virtual void prepare(const Frame& frame) = 0; ///< compute before the passes
    virtual void light(const Frame& frame, Layers& layers) = 0;
    virtual void main(const Frame& frame, Layers& layers) = 0;
    /// ImGui draw lists: axes, colour bars, probes, handles.
    virtual void overlay(const Frame& frame, const Look& look) = 0;
    /// Pointer events that ImGui did not take; true when the view used it (brush, handles), else the camera gets it.
    virtual bool input(const Input& event, const Camera& camera) = 0;
    /// A click of the left or right button, without a drag, on what neither ImGui nor the view's input() took.
    virtual void click(const Input&, const Camera&) {}
    virtual std::string emptyHint() const { return {}; } ///< what to drop, draw or press when there is nothing to see

    /// What moves only for the eye shall be at its end at once.
    virtual void setReduceMotion(bool) {}
    /// False while a later frame would show more without anything being changed (finer grids, counts on their way).
    virtual bool settled() const { return true; }
    /// Rates for the HUD from the newest kernel timings: label "pairs/s", text "512 M".
    virtual std::vector<lab::Fact> gauges(const std::vector<gpu::Timing>&) const { return {}; }
};

std::unique_ptr<View> makeView(lab::Session& session); ///< for the session's lab

} // namespace orrery::ui
