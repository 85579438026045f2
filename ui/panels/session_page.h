// SPDX-License-Identifier: GPL-3.0-or-later
// A page that changes a session.
#pragma once

#include "ui/panels/pages.h"

namespace orrery::ui {

/// What the pages share: changes of settings that a hand wants, made once a frame; small buttons; named spots.
class SessionPage : public Page {
 public:
    explicit SessionPage(lab::Session& session) : m_session(session) {}
    ~SessionPage() override { SessionPage::letGo(); }
    SessionPage(const SessionPage&) = delete;
    SessionPage& operator=(const SessionPage&) = delete;

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

 private:
    std::vector<std::pair<std::string, lab::Value>> m_wanted;
    std::optional<double> m_seek;
    bool m_gesture = false, m_ends = false;
    std::map<std::string, Box> m_spots; ///< as last drawn
};

} // namespace orrery::ui
