// SPDX-License-Identifier: GPL-3.0-or-later
// 1-D marginals standing on the axes: bars counted from the particles, curve exact.
#pragma once

#include "engine/labs/diffusion/lab.h"
#include "ui/panels/look.h"
#include "ui/render/camera.h"

#include <array>

namespace orrery::ui {

class Marginals {
 public:
    static constexpr float band = 52; ///< logical pixels of the tallest
    static constexpr std::uint32_t bins = 160;

    /// Asks for counts over `seen` (standardised), and computes the curves when they are of another moment: `moment` rises
    /// with everything that changes them.
    void prepare(gpu::Recorder& recorder, diffusion::DiffusionLab& lab, const Rect& seen, double mostPairs, std::uint64_t moment);
    /// `size`: framebuffer; `right`, `bottom`: logical pixels of the axes below the bars.
    void draw(ImDrawList* list, const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, ImVec2 size,
              float right, float bottom) const;

 private:
    struct Curve {
        std::vector<double> places, densities; ///< standardised
        double peak = 0;
    };
    void bars(ImDrawList* list, const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, int axis,
              ImVec2 origin) const;
    void curve(ImDrawList* list, const Look& look, const Camera& camera, const diffusion::DiffusionLab& lab, int axis,
               ImVec2 origin) const;

    std::array<Curve, 2> m_curves;
    Rect m_seen;
    std::uint64_t m_moment = ~0ull;
};

} // namespace orrery::ui
