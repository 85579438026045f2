// SPDX-License-Identifier: GPL-3.0-or-later
// Large kernels to look at: four ways for one output pixel to see k x k, what the gradient says that each really looks at, its
// spread beside the formula, and what each costs.
#pragma once

#include "engine/labs/segmentation/lab.h"
#include "ui/labs/segmentation/cards.h"

#include <map>

namespace orrery::ui::seg {

class KernelPage {
 public:
    explicit KernelPage(const segmentation::SegmentationLab& lab) : m_lab(lab) {}

    void draw(ImDrawList* list, const Look& look, const ViewPlace& place);
    /// "field stack", "field dense", "field gcn", "field dilated", where it was drawn last.
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const;

 private:
    struct Column {
        float left = 0, top = 0, width = 0;
    };
    void drawField(ImDrawList* list, const Look& look, const Column& at, segmentation::Wide kind) const;
    void drawFacts(ImDrawList* list, const Look& look, Column at, segmentation::Wide kind) const;

    const segmentation::SegmentationLab& m_lab;
    std::map<std::string, std::pair<glm::dvec2, glm::dvec2>> m_spots;
};

} // namespace orrery::ui::seg
