// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages about one round share: tabs between them, the beads of its moments, keys that step through it.
#pragma once

#include "ui/labs/language/moments_picture.h"

namespace orrery::ui::lang {

class RoundPage : public Page {
 public:
    using Page::Page;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    void click(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    void letGo() override { m_drags = false; }

    /// Keys of the parameter `picture`, with the words on their tabs.
    static const std::vector<std::pair<std::string, std::string>>& tabs();

 protected:
    /// Tabs, the line below them and the beads; returns what is between.
    Box frame(ImDrawList* list, const Look& look, const Place& place, const std::string& own, const std::string& line);
    static Box between(const Place& place); ///< the same box without drawing
    void seek(int round, int moment);
    void stepMoment(int by);
    /// Presses and wheels outside what the camera moves; a page that has a camera answers true for its own box.
    virtual bool moves(glm::dvec2, const Place&) const { return false; }
    void select(int node); ///< again: none

    MomentsPicture m_moments;

 private:
    bool m_drags = false;
};

} // namespace orrery::ui::lang
