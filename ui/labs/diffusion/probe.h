// SPDX-License-Identifier: GPL-3.0-or-later
// What is at the place under the pointer: density, score, which component pulls how strongly.
#pragma once

#include "engine/labs/diffusion/lab.h"
#include "ui/panels/look.h"
#include "ui/render/camera.h"
#include "ui/render/input.h"

namespace orrery::ui {

class Probe {
 public:
    void pointer(const Input& event);
    /// `moment` rises with everything that may change the facts.
    void draw(const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, ImVec2 size, std::uint64_t moment,
              double seconds);

 private:
    static constexpr double restSeconds = 0.25; ///< a hand that moves on does not want to read
    static constexpr double trailReachPx = 8;
    glm::dvec2 m_px{0, 0};
    bool m_inside = false, m_pressed = false;
    double m_rest = 0;
    glm::dvec2 m_known{0, 0};
    std::uint64_t m_moment = ~0ull;
    std::vector<lab::Fact> m_facts;
    int m_trail = -1;
};

} // namespace orrery::ui
