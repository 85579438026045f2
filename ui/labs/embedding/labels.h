// SPDX-License-Identifier: GPL-3.0-or-later
// Names and small pictures beside the points, as many as fit without meeting; class names where a class lies. Of tables of any
// size: who may speak for a part of the picture is asked of a pyramid (pyramid.h), which is made aside once the picture stands
// still; until then only the most prominent rows speak.
#pragma once

#include "ui/labs/embedding/label_pictures.h"
#include "ui/labs/embedding/placards.h"
#include "ui/labs/embedding/pyramid.h"
#include "ui/labs/embedding/standing.h"
#include "ui/panels/look.h"

#include <unordered_set>

namespace orrery::ui::emb {

class Labels {
 public:
    struct Ask {
        bool names = true, pictures = true;
        bool still = true;                  ///< the picture does not move: there is time for many
        double seconds = 0;                 ///< since the last frame; 0: nothing fades
        std::vector<std::int64_t> silent{}; ///< rows that others name, rising
    };
    /// Pictures of the last overlay's rows, where they are now. Call it in the main pass.
    void drawPictures(const Frame& frame, Layers& layers, const Shown& shown, const ToPixels& toPixels) {
        m_sheet.draw(frame, layers, shown, toPixels, m_pictures);
    }
    /// Places what is not placed yet and draws the names. `free`: pixels that no panel covers (left, top, right, bottom).
    void draw(ImDrawList* list, const Look& look, const Shown& shown, const Sight& sight, const ToPixels& toPixels,
              double pxPerUnit, const glm::dvec4& free, const Ask& ask);
    bool settled() const { return m_settled; }

 private:
    static constexpr std::size_t mostMoving = 250, mostAtOnce = 3000, placedInAFrame = 1500, mostDrawn = 400, mostSpeakers = 3000,
                                 mostPlaced = 60000;
    static constexpr float gapOfName = 6, longestName = 150; ///< logical pixels
    struct Scene {                                           ///< what a frame's labels are of
        const Look& look;
        const Shown& shown;
        const Sight& sight;
        const ToPixels& toPixels;
        double pxPerUnit;
        glm::dvec4 free;
        const Ask& ask;
        bool pictured, speak; ///< by pictures, not by names; any row at all
    };
    struct Rows { ///< what the order of rows is of
        const embedding::Table* table = nullptr;
        std::uint64_t marks = 0;
        bool pictured = false;
        bool operator==(const Rows&) const = default;
    };
    struct Picture {
        Rows rows;
        std::uint64_t revision = 0; ///< of the cloud
        bool operator==(const Picture&) const = default;
    };
    struct Class {
        std::size_t entry = 0; ///< of the legend
        glm::vec3 at{0, 0, 0};
    };
    struct Laid { ///< what the placards are of
        Picture of;
        bool names = false, still = false, fine = false;
        float scale = 0;
        bool operator==(const Laid&) const = default;
    };

    void follow(const Scene& scene);
    void findClasses(const Shown& shown);
    void makePyramid(const Shown& shown, bool pictured);
    bool asksPyramid(const Scene& scene) const; ///< there is one, of this very picture
    std::vector<std::int64_t> speakers(const Scene& scene);
    std::vector<std::int64_t> firstRows(std::size_t most) const;
    void layOut(const Scene& scene);
    void drawPlane(ImDrawList* list, const Scene& scene);
    void drawSpace(ImDrawList* list, const Scene& scene);
    Placard placardOf(const Scene& scene, std::int64_t item) const;
    glm::vec3 placeOf(const Shown& shown, std::int64_t item) const;
    void drawItem(ImDrawList* list, const Scene& scene, std::int64_t item, glm::vec2 px, float opacity);
    void drawTitles(ImDrawList* list, const Scene& scene) const;

    Placards m_placards;
    Laid m_laid;
    std::unordered_set<std::int64_t> m_known; ///< rows among the placards
    glm::dvec4 m_askedPx{0, 0, 0, 0};         ///< for what part of the screen, at
    glm::dvec3 m_askedAt{0, 0, 0};            ///< what middle and zoom, rows were asked last
    Standing m_standing;
    Rows m_rows;
    std::vector<std::uint32_t> m_first; ///< rows, most prominent first
    Picture m_classesOf;
    std::vector<Class> m_classes;
    Picture m_pyramidOf, m_makingOf;
    std::shared_ptr<const Pyramid> m_pyramid, m_made; ///< in use; by the thread that makes one
    struct Heard {                                    ///< all who speak at a level, if they are few
        std::shared_ptr<const Pyramid> of;
        int level = -1;
        std::optional<std::vector<std::int64_t>> rows{};
    } m_heard;
    embedding::Background m_making; ///< ends before what it writes to: keep it the last of these

    LabelPictures m_sheet;
    std::vector<LabelPictures::Row> m_pictures; ///< drawn in the next main pass
    struct Title {
        std::size_t entry;
        glm::vec2 px;
        float opacity;
    };
    std::vector<Title> m_titles; ///< of this frame, over the names
    bool m_settled = true;
};

} // namespace orrery::ui::emb
