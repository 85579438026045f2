// SPDX-License-Identifier: GPL-3.0-or-later
// The trails: of the first few particles, or with some of them chosen, which then stand out. A click chooses.
#pragma once

#include "engine/lab/session.h"
#include "engine/labs/diffusion/lab.h"
#include "ui/render/layers.h"

#include <optional>
#include <vector>

namespace orrery::ui {

class Trails {
 public:
    Trails(lab::Session& session, diffusion::DiffusionLab& lab) : m_session(session), m_lab(lab) {}

    /// A click at a place in data units: the nearest trail alone; with `adds`, it joins or leaves the chosen; none there: no choice.
    void click(glm::dvec2 place, bool adds) { m_click = {place, adds}; }
    /// Makes one change of settings of the last click; `reach` in data units.
    void settle(double reach);
    void draw(const Frame& frame, Layers& layers, const ToData& toData) const;

 private:
    struct Click {
        glm::dvec2 place;
        bool adds;
    };
    std::vector<int> chosen() const; ///< ascending, each once, only those that there are
    int columns() const;             ///< particles that have a trail, drawn or not
    int nearest(glm::dvec2 place, double reach) const;

    lab::Session& m_session;
    diffusion::DiffusionLab& m_lab;
    std::optional<Click> m_click;
};

} // namespace orrery::ui
