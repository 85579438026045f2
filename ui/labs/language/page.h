// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of the language view share: the scene, the focus, small brass buttons, named spots.
#pragma once

#include "ui/labs/language/scene.h"
#include "ui/panels/plot.h"

#include <map>

namespace orrery::ui::lang {

class Page : public ui::Page {
 public:
    Page(const Scene& scene, Focus& focus, Hands& hands) : m_scene(scene), m_focus(focus), m_hands(hands) {}
    Rect home(const Place&) const override { return {{0, -1e-3}, {1, 1e-3}}; }
    bool spot(const std::string& name, const Place& place, glm::dvec2& low, glm::dvec2& high) const override;
    std::string emptyHint() const override { return m_scene.missing; }
    bool input(const Input&, const Camera&, const Place&) override { return false; }

 protected:
    /// Title and, below it, one line; returns what is left for the page.
    Box drawHead(ImDrawList* list, const Look& look, const Place& place, const std::string& title, const std::string& line);
    /// A small button with words; brass when on. Returns its right edge.
    float drawChip(ImDrawList* list, const Look& look, const std::string& name, ImVec2 at, const std::string& text,
                   bool on = false, bool small = false);
    void note(const std::string& name, const Box& box) { m_spots[name] = box; }
    void forgetSpots() { m_spots.clear(); }
    bool spot(const std::string& name, Box& box) const;
    std::string spotAt(glm::dvec2 px, const std::string& prefix) const; ///< what follows the prefix in the name; empty: none

    const Scene& m_scene;
    Focus& m_focus;
    Hands& m_hands;

 private:
    std::map<std::string, Box> m_spots; ///< as last drawn
};

std::unique_ptr<Page> makeTreePage(const Scene& scene, Focus& focus, Hands& hands);
std::unique_ptr<Page> makeCachePage(const Scene& scene, Focus& focus, Hands& hands);
std::unique_ptr<Page> makeTextPage(const Scene& scene, Focus& focus, Hands& hands);
std::unique_ptr<Page> makeFiguresPage(const Scene& scene, Focus& focus, Hands& hands);
std::unique_ptr<Page> makeRacePage(const Scene& scene, Focus& focus, Hands& hands);
std::unique_ptr<Page> makeProofPage(const Scene& scene, Focus& focus, Hands& hands);

/// Colours that mean the same on every page; each comes with a mark or words of its own.
glm::vec4 keptColour(const Look& look);            ///< accepted; min(p, q)
glm::vec4 refusedColour(const Look& look);         ///< refused; what q has too much
glm::vec4 residualColour(const Look& look);        ///< (p - q)+, and the token that is drawn from it
glm::vec4 bonusColour(const Look& look);           ///< the token on top
glm::vec4 levelColour(const Look& look, double p); ///< a probability, perceptual

std::string shortNumber(double p); ///< ".482", "1.00", "<.001": three digits of a probability
/// A circle that says whether something holds, and not by colour alone.
void drawVerdict(ImDrawList* list, const Look& look, ImVec2 middle, bool holds);

std::string ruleName(const Look& look, Rule rule);
/// "accept while u < min(1, p/q); else …"
std::string ruleFormula(Rule rule);

} // namespace orrery::ui::lang
