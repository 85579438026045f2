// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the state-space view, of one choice of the parameter `show`. A further page is a class like these and one line in
// view.cpp.
#pragma once

#include "engine/lab/session.h"
#include "engine/labs/statespace/lab.h"
#include "ui/panels/look.h"
#include "ui/render/camera.h"
#include "ui/render/input.h"

#include <map>
#include <optional>

namespace orrery::ui::ssm {

struct Box { ///< framebuffer pixels
    float left = 0, top = 0, right = 1, bottom = 1;
    float width() const { return right - left; }
    float height() const { return bottom - top; }
    bool holds(glm::dvec2 px) const { return px.x >= left && px.x <= right && px.y >= top && px.y <= bottom; }
    ImVec2 low() const { return {left, top}; }
    ImVec2 high() const { return {right, bottom}; }
};

/// The viewport as the page has it: framebuffer pixels, and logical pixels that others cover.
struct Place {
    glm::dvec2 size{1280, 720};
    float scale = 1;
    float panel = 0; ///< at the left
    float hud = 0;   ///< at the right of the upper edge

    float px(float logical) const { return logical * scale; }
    /// What a page may fill below the HUD and its own head.
    Box room() const { return {px(panel + 20), px(std::max(hud + 24, 84.f)), float(size.x) - px(20), float(size.y) - px(14)}; }
};

/// What the place under the pointer means.
struct Told {
    std::string title; ///< already in the person's language
    std::vector<lab::Fact> facts;
    std::string words; ///< a sentence below, already in the person's language
};

class Page {
 public:
    Page(lab::Session& session, const statespace::StatespaceLab& lab) : m_session(session), m_lab(lab) {}
    virtual ~Page() { letGo(); }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

    virtual Rect home(const Place&) const { return {{0, -1e-3}, {1, 1e-3}}; }
    virtual void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) = 0;
    virtual bool input(const Input& event, const Camera& camera, const Place& place) = 0;
    virtual std::optional<Told> tell(glm::dvec2, const Look&, const Camera&, const Place&) const { return std::nullopt; }
    virtual std::string emptyHint() const { return {}; }
    virtual bool settled() const { return true; }
    /// Rises when the camera's place has lost its meaning.
    virtual std::uint64_t frameOfReference() const { return 0; }

    /// Makes one change of settings of what input() gathered; may throw Error.
    void settle();
    void letGo(); ///< the pointer is taken away
    bool spot(const std::string& name, Box& box) const;

 protected:
    void want(const std::string& key, lab::Value value); ///< the last of each key counts
    void wantSeek(double step) { m_seek = step; }
    void beginGesture();
    void endGesture() { m_ends = m_gesture; }
    /// A small button with words, brass: true where the press is on it. Drawn by draw(), asked by input().
    void drawChip(ImDrawList* list, const Look& look, const std::string& name, ImVec2 at, const std::string& text,
                  bool on = false);
    void note(const std::string& name, const Box& box) { m_spots[name] = box; }
    void forgetSpots() { m_spots.clear(); }

    lab::Session& m_session;
    const statespace::StatespaceLab& m_lab;

 private:
    std::vector<std::pair<std::string, lab::Value>> m_wanted;
    std::optional<double> m_seek;
    bool m_gesture = false, m_ends = false;
    std::map<std::string, Box> m_spots; ///< as last drawn
};

std::unique_ptr<Page> makeMemoryPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeStructurePage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeKernelPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeOrdersPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeDerivationPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeSelectivePage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeBoardPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeTrapsPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeTablePage(lab::Session& session, const statespace::StatespaceLab& lab);

} // namespace orrery::ui::ssm
