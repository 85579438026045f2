// SPDX-License-Identifier: GPL-3.0-or-later
// Beside the picture: the objects with their names, the model's answers to choose from, and how far the encoder is.
#pragma once

#include "ui/labs/segmentation/hands.h"
#include "ui/panels/look.h"

#include <map>

namespace orrery::ui::seg {

constexpr float cardWidth = 232; ///< logical pixels

/// The viewport: framebuffer pixels, and logical pixels that others cover.
struct ViewPlace {
    glm::dvec2 size{1280, 720};
    float scale = 1;
    float panel = 0; ///< at the left
    float hud = 0;   ///< at the right of the upper edge
};

class Cards {
 public:
    Cards(lab::Session& session, segmentation::SegmentationLab& lab, Hands& hands)
        : m_session(session), m_lab(lab), m_hands(hands) {}

    void draw(const Look& look, const ViewPlace& place);
    /// "brush", "next picture", "object 2", "hide 2", "delete 2", "new object", "answer 1": where it was drawn last.
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const;
    int pointedAnswer() const { return m_answer; } ///< the mask of the object in hand whose row is under the pointer; -1: none
    int pointedObject() const { return m_object; }

 private:
    void drawTools(const Look& look, float width);
    void drawAlbum(const Look& look, float width);
    void drawMemory(const Look& look, float width);
    void drawObjects(const Look& look, float width);
    void drawAnswers(const Look& look, float width);
    void drawSearch(const Look& look, float width);
    void drawEncoding(const Look& look, float width);
    bool row(const Look& look, const std::string& name, float width, float height, bool chosen, bool& hovered);

    lab::Session& m_session;
    segmentation::SegmentationLab& m_lab;
    Hands& m_hands;
    std::map<std::string, std::pair<glm::dvec2, glm::dvec2>> m_spots;
    int m_answer = -1, m_object = -1;
};

} // namespace orrery::ui::seg
