// SPDX-License-Identifier: GPL-3.0-or-later
// Names of a few points that are spoken of: beside their point where there is room, further off with a line where there is none.
#pragma once

#include "ui/panels/look.h"

#include <vector>

namespace orrery::ui::emb {

class Callouts {
 public:
    Callouts(ImDrawList* list, const Look& look) : m_list(list), m_look(look) {}
    /// The earlier ones have the first choice; one without any room is left out.
    void add(ImVec2 point, const std::string& text, const glm::vec4& colour);

 private:
    bool free(ImVec2 low, ImVec2 high) const;
    ImDrawList* m_list;
    const Look& m_look;
    std::vector<std::pair<ImVec2, ImVec2>> m_taken;
};

} // namespace orrery::ui::emb
