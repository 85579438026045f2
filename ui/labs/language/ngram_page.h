// SPDX-License-Identifier: GPL-3.0-or-later
// The n-gram explorer to look at: a line whose tokens wear their surprise, and below it what comes next with the tree of
// counts, or the law of ranks and what each smoothing is worth, or key grams with text that was drawn. Click a token to
// go there; rest on one for the way of its probability from context to context.
#pragma once

#include "engine/labs/language/lab.h"
#include "ui/panels/plot.h"
#include "ui/panels/session_page.h"

namespace orrery::ui::lang {

class NgramPage final : public SessionPage {
 public:
    NgramPage(lab::Session& session, const language::LanguageLab& lab) : SessionPage(session), m_lab(lab) {}

    void draw(ImDrawList* list, const Look& look, const Camera& camera, const Place& place) override;
    bool input(const Input& event, const Camera& camera, const Place& place) override;
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Camera& camera, const Place& place) const override;
    std::string emptyHint() const override;
    bool settled() const override { return it().ready() && !it().judging(); }

 private:
    const language::NgramExplorer& it() const { return m_lab.ngrams(); }
    std::string shown() const { return m_session.settings().text("ngram_look"); }

    void drawHead(ImDrawList* list, const Look& look, const Place& place) const;
    float drawLine(ImDrawList* list, const Look& look, const Box& box); ///< gives its lower edge
    void drawToken(ImDrawList* list, const Look& look, const Box& box, std::size_t index) const;
    float drawSum(ImDrawList* list, const Look& look, const Box& box) const;
    float drawChoice(ImDrawList* list, const Look& look, ImVec2 at);

    void drawNext(ImDrawList* list, const Look& look, const Box& box);
    float drawBars(ImDrawList* list, const Look& look, const Box& box);
    void drawPath(ImDrawList* list, const Look& look, const Box& box) const;
    void drawTree(ImDrawList* list, const Look& look, const Box& box);

    void drawLaw(ImDrawList* list, const Look& look, const Box& box);
    Plot lawPlot(const Box& box) const;
    void drawRanks(ImDrawList* list, const Look& look, const Plot& plot) const;
    float drawWorth(ImDrawList* list, const Look& look, const Box& box);
    void drawOrders(ImDrawList* list, const Look& look, const Box& box) const;

    void drawGrams(ImDrawList* list, const Look& look, const Box& box);
    float drawKeyGrams(ImDrawList* list, const Look& look, const Box& box);
    float drawPieces(ImDrawList* list, const Look& look, const Box& box) const;

    std::optional<Told> tellToken(const Look& look, std::size_t index) const;
    std::optional<Told> tellNode(const Look& look, std::size_t index) const;
    std::size_t spotOf(const std::string& name, std::size_t count, glm::dvec2 px) const; ///< which "name i"; count: none

    const language::LanguageLab& m_lab;
};

/// The colour of -log10 p, perceptual, as ground; and ink that can be read on it.
glm::vec4 surpriseColour(const Look& look, double surprise);
glm::vec4 inkOn(const Look& look, const glm::vec4& ground);
constexpr double mostSurprise = 5; ///< of the colours: one in a hundred thousand

/// What the columns of a table are called, right-aligned at their edges.
void drawColumnNames(ImDrawList* list, const Look& look, float top, std::initializer_list<std::pair<float, const char*>> names);
std::string perplexityText(double value);   ///< "5.87", "∞"
std::string countText(std::uint64_t count); ///< "1203", "20.6 k"

} // namespace orrery::ui::lang
