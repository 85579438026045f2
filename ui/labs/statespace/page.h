// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the state-space view, of one choice of the parameter `show`. A further page is a class like these and one line in
// view.cpp.
#pragma once

#include "engine/labs/statespace/lab.h"
#include "ui/panels/plot.h"

namespace orrery::ui::ssm {

using ui::Box;
using ui::Place;
using ui::Told;

/// What the pages share: changes of settings that a hand wants, made once a frame; small buttons; named spots.
class Page : public ui::Page {
 public:
    Page(lab::Session& session, const statespace::StatespaceLab& lab) : m_session(session), m_lab(lab) {}
    ~Page() override { Page::letGo(); }
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

    Rect home(const Place&) const override { return {{0, -1e-3}, {1, 1e-3}}; }
    void settle() override;
    void letGo() override;
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;

 protected:
    void want(const std::string& key, lab::Value value); ///< the last of each key counts
    void wantSeek(double step) { m_seek = step; }
    void beginGesture();
    void endGesture() { m_ends = m_gesture; }
    /// A small button with words, brass: true where the press is on it. Drawn by draw(), asked by input().
    void drawChip(ImDrawList* list, const Look& look, const std::string& name, ImVec2 at, const std::string& text,
                  bool on = false);
    bool spot(const std::string& name, Box& box) const;
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

glm::vec4 methodColour(const Look& look, statespace::Method method);

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
