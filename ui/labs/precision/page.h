// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the precision view, of one choice of the parameter `show`. A further page is a class like these and one line in
// view.cpp.
#pragma once

#include "engine/lab/session.h"
#include "engine/labs/precision/lab.h"
#include "ui/panels/look.h"
#include "ui/render/camera.h"
#include "ui/render/input.h"

#include <optional>

namespace orrery::ui {

/// The viewport as the page has it: framebuffer pixels, and logical pixels that others cover.
struct Place {
    glm::dvec2 size{1280, 720};
    float scale = 1;
    float panel = 0; ///< at the left
    float hud = 0;   ///< at the right of the upper edge
    bool operator==(const Place&) const = default;

    float px(float logical) const { return logical * scale; }
    float left() const { return px(panel + 20); } ///< where a page may begin
    float right() const { return float(size.x) - px(20); }
    float bottom() const { return float(size.y) - px(12); }
    float belowHud() const { return px(hud + 28); }

    /// The rectangle that a camera must fit so that its part `inner` fills the pixels from `low` to `high`: what panel and HUD
    /// leave free is larger than that.
    Rect around(const Rect& inner, glm::dvec2 low, glm::dvec2 high) const;
};

/// What the place under the pointer means.
struct Told {
    std::string title; ///< already in the person's language
    std::vector<lab::Fact> facts;
};

class Page {
 public:
    virtual ~Page() = default;
    virtual Rect home(const Place& place) const = 0;
    virtual void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) = 0;
    virtual bool input(const Input& event, const Camera& camera, const Place& place) = 0;
    virtual void click(const Input& /*event*/, const Camera& /*camera*/, const Place& /*place*/) {}
    virtual void settle() {} ///< makes one change of settings of what input() gathered; may throw Error
    virtual void letGo() {}  ///< the pointer is taken away
    virtual std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const = 0;
    virtual bool spot(const std::string& /*name*/, const Place& /*place*/, glm::dvec2& /*low*/, glm::dvec2& /*high*/) const {
        return false;
    }
    /// Rises when the camera's place has lost its meaning.
    virtual std::uint64_t frameOfReference() const { return 0; }
};

std::unique_ptr<Page> makeBitsPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeSumsPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeGradientsPage(lab::Session& session, const precision::PrecisionLab& lab);
// Of the training, by what is looked at.
std::unique_ptr<Page> makeCurvesPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeLayersPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeWeightPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makePolicyPage(lab::Session& session, const precision::PrecisionLab& lab);

} // namespace orrery::ui
