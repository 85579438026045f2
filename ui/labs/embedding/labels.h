// SPDX-License-Identifier: GPL-3.0-or-later
// Names and small pictures beside the points, as many as fit without meeting; class names where a class lies.
#pragma once

#include "ui/labs/embedding/placards.h"
#include "ui/labs/embedding/shown.h"
#include "ui/panels/look.h"
#include "ui/render/layers.h"

namespace orrery::ui::emb {

class Labels {
 public:
    struct Ask {
        bool names = true, pictures = true;
        bool still = true;                  ///< nothing moves: there is time for many
        std::vector<std::int64_t> silent{}; ///< rows that others name, rising
    };
    /// Pictures of the last overlay's rows, where they are now. Call it in the main pass.
    void drawPictures(const Frame& frame, Layers& layers, const Shown& shown, const ToPixels& toPixels);
    /// Places what is not placed yet and draws the names. `free`: pixels that no panel covers (left, top, right, bottom).
    void draw(ImDrawList* list, const Look& look, const Shown& shown, const Sight& sight, const ToPixels& toPixels,
              double pxPerUnit, const glm::dvec4& free, const Ask& ask);
    bool settled() const { return m_settled; }

 private:
    static constexpr std::size_t mostMoving = 250, most = 20000, placedInAFrame = 1500, mostDrawn = 400;
    struct Made { ///< what the places are of
        const embedding::Table* table = nullptr;
        std::uint64_t revision = 0; ///< of the cloud
        bool spatial = false, names = false, pictures = false, still = false;
        glm::vec4 turn{0, 0, 0, 0};
        float scale = 0;
        bool operator==(const Made&) const = default;
    };
    struct Candidates { ///< what the candidates are of
        const embedding::Table* table = nullptr;
        std::uint64_t marks = 0;
        bool named = false;
        bool operator==(const Candidates&) const = default;
    };
    void findCandidates(const Shown& shown, bool named);
    void begin(const Look& look, const Shown& shown, const Sight& sight, const Ask& ask);
    Placard placardOf(const Look& look, const Shown& shown, const Sight& sight, std::int64_t row, const Ask& ask) const;
    void placeClasses(const Look& look, const Shown& shown, const Sight& sight, std::vector<Placard>& first) const;
    void makeSheet(gpu::Device& device, const embedding::Table& table);

    Placards m_placards;
    Made m_made;
    Candidates m_candidatesOf;
    std::vector<std::int64_t> m_candidates; ///< rows, by priority
    std::vector<std::int64_t> m_pictures;   ///< rows whose picture is drawn
    gpu::Image m_sheet;
    const embedding::Table* m_sheetOf = nullptr;
    bool m_inked = false, m_settled = true;
    std::size_t m_drawn = 0;
};

} // namespace orrery::ui::emb
