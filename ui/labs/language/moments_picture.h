// SPDX-License-Identifier: GPL-3.0-or-later
// A round as beads on a string: levels of the draft, the pass, each coin, the last token, the cache. A bead that is clicked is the
// moment that is shown.
#pragma once

#include "ui/labs/language/page.h"

namespace orrery::ui::lang {

class MomentsPicture {
 public:
    static constexpr float tall = 46; ///< logical pixels: what happens in words, and the beads
    void draw(ImDrawList* list, const Look& look, const Scene& scene, const Box& box);
    /// The moment under a place, the nearest along the string while a drag goes on; -1: none.
    int at(glm::dvec2 px, bool drags) const;
    Box bead(int moment) const;
    Box back, forth; ///< the two buttons at the left

 private:
    std::vector<Box> m_beads; ///< of moments 0 …
};

} // namespace orrery::ui::lang
