// SPDX-License-Identifier: GPL-3.0-or-later
// The column at the right: tools and selection, what the colours mean, the chosen row with its neighbours, and how far the picture
// can be believed. Draws what it is given; what a hand wants is left in Wishes.
#pragma once

#include "engine/lab/session.h"
#include "engine/labs/embedding/optimiser.h"
#include "engine/labs/embedding/selection.h"
#include "ui/labs/embedding/neighbourhood.h"
#include "ui/labs/embedding/shown.h"
#include "ui/labs/embedding/words_page.h"
#include "ui/panels/look.h"
#include "ui/panels/widgets.h"

#include <map>
#include <utility>

namespace orrery::ui::emb {

struct Wishes {
    std::vector<std::pair<std::string, lab::Value>> set;
    std::optional<std::size_t> category;   ///< select its rows
    std::optional<embedding::Combine> how; ///< by keys that were held; else as the setting says
    bool clear = false, invert = false, selectFound = false, keepPlace = false;
    std::optional<std::size_t> bookmark; ///< go there
    std::string act;                     ///< an action of the lab
    bool operator==(const Wishes&) const = default;
};

struct Told {
    const Shown& shown;
    const lab::Settings& settings;
    const Neighbourhood* neighbourhood = nullptr; ///< of the chosen row
    const embedding::Quality* quality = nullptr;
    int qualityAt = -1;
    std::optional<embedding::Loss> loss{};
    bool tsne = true; ///< the loss is a divergence in nats
    std::optional<embedding::Forces> forces{};
    std::string how{};                ///< of the repulsion
    const WordsTold* words = nullptr; ///< an expression was asked
    std::string searchError{};        ///< of an expression that is none
    std::string selectionProblem{};   ///< of one that is not of this table
    double searched = 1;              ///< share of the rows
};

inline constexpr float cardsWidth = 252; ///< logical pixels

class Cards {
 public:
    void draw(const Look& look, glm::dvec2 size, const Told& told);
    bool wishes() const { return m_wishes != Wishes(); } ///< that nobody has taken yet
    Wishes take() { return std::exchange(m_wishes, {}); }
    /// "box", "neighbour 0", …: where it was drawn last (framebuffer pixels).
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const;
    std::optional<std::int64_t> pointed() const { return m_pointed; } ///< a row whose line is under the pointer
    std::optional<std::size_t> pointedCategory() const { return m_pointedCategory; }

 private:
    void drawTools(const Look& look, float width, const Told& told);
    void drawFound(const Look& look, float width, const Told& told);
    /// A choice of the declaration as buttons side by side; each one's meaning is its tip.
    void drawChoice(const Look& look, float width, const Told& told, const std::string& key, bool spots);
    bool press(const Look& look, const std::string& name, float width, const std::string& label, const std::string& meaning,
               const std::string& shortcut, bool brass = false);
    void drawTip(const Look& look, glm::dvec2 size);
    void drawColumns(const Look& look, float width, const Told& told);
    void drawLegend(const Look& look, float width, const Told& told);
    void drawRow(const Look& look, float width, const Told& told);
    void drawNear(const Look& look, float width, const Told& told, const Neighbourhood::Near& near, const std::string& spot);
    void drawWords(const Look& look, float width, const Told& told);
    void drawForces(const Look& look, float width, const Told& told);
    void drawQuality(const Look& look, float width, const Told& told);
    void drawBookmarks(const Look& look, float width, const Told& told);
    void drawMore(const Look& look, float width);

    bool line(const Look& look, const std::string& name, float width, float height, bool chosen, bool& hovered);
    void note(const std::string& name, ImVec2 low, ImVec2 high) { m_spots[name] = {{low.x, low.y}, {high.x, high.y}}; }

    Wishes m_wishes;
    std::map<std::string, std::pair<glm::dvec2, glm::dvec2>> m_spots;
    std::optional<std::int64_t> m_pointed;
    std::optional<std::size_t> m_pointedCategory;
    struct Tip {
        std::string title{}, text{}, shortcut{};
        bool operator==(const Tip&) const = default;
    } m_tip, m_tipBefore;
    double m_tipSeconds = 0;
};

/// "replace", "add", "remove", "common"
embedding::Combine combineOf(const std::string& key);

/// Shift or Ctrl: add; Alt: remove; both: common.
std::optional<embedding::Combine> heldCombine();

/// "12,345"
std::string grouped(std::int64_t number);

} // namespace orrery::ui::emb
