// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab to look at: the cloud at every step, turned, searched, lassoed; a row's neighbours in the table drawn over it.
#pragma once

#include "engine/labs/embedding/lab.h"
#include "engine/labs/embedding/search.h"
#include "ui/keys.h"
#include "ui/labs/embedding/cards.h"
#include "ui/labs/embedding/density.h"
#include "ui/labs/embedding/flight.h"
#include "ui/labs/embedding/hands.h"
#include "ui/labs/embedding/labels.h"
#include "ui/labs/embedding/words_page.h"
#include "ui/view.h"

namespace orrery::ui {

class EmbeddingView : public View, public Keys {
 public:
    explicit EmbeddingView(lab::Session& session);

    Rect home() const override { return m_flight.seen(m_sight.home()); }
    glm::dvec4 edges() const override { return {0, 0, showsCards() ? emb::cardsWidth + 28 : 0, 0}; }
    void place(glm::dvec2 size, float scale, float panel, float hud) override;
    bool takeRefit() override;
    /// "row 12": where a point is drawn; "cloud": its box; and what the cards name.
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const override;
    void settle() override;
    void prepare(const Frame& frame) override;
    void light(const Frame&, Layers&) override {}
    void main(const Frame& frame, Layers& layers) override;
    void overlay(const Frame& frame, const Look& look) override;
    bool input(const Input& event, const Camera& camera) override;
    void click(const Input& event, const Camera& camera) override;
    std::vector<lab::Fact> keys() const override;
    std::string emptyHint() const override;
    void setReduceMotion(bool reduce) override { m_reduceMotion = reduce; }
    bool settled() const override;

 private:
    static constexpr double reachPx = 9; ///< of a pointer
    const lab::Settings& settings() const { return m_session.settings(); }
    bool onWords() const { return settings().text("page") == "words"; }
    bool showsCards() const { return !onWords() && m_panel > 0; } ///< they fold with the panel
    bool moves() const;                                           ///< another picture is on its way
    emb::Insets insets() const;
    double zoom() const;
    void follow(); ///< table, picture, quality of the lab
    void search();
    void watchChosen();
    void askWords(); ///< the expression, when it or the vectors are another
    void drawContours(const Frame& frame, Layers& layers);
    void drawLines(const Look& look) const;
    void drawForces(const Look& look) const;
    void drawPoint(const Look& look, std::int64_t row, const glm::vec4& colour, float radius) const;
    void drawProbe(const Look& look);
    void drawOutline(const Look& look) const;
    std::optional<std::int64_t> rowAt(glm::dvec2 px) const;
    void choose(glm::dvec2 px);
    void select(const std::vector<std::int64_t>& rows, embedding::Combine how, const std::string& label);
    void takeOutline(const emb::Hands::Drawn& drawn);
    void takeAxis(const emb::Hands::Stroke& stroke);
    void takeLetter(char letter);
    void invert();
    void clear(bool further);
    void keepPlace();
    void goTo(std::size_t bookmark);
    glm::dvec2 pxOf(std::int64_t row) const;
    std::optional<std::int64_t> chosen() const;

    lab::Session& m_session;
    embedding::EmbeddingLab& m_lab;
    emb::Shown m_shown;
    emb::Hands m_hands;
    emb::Cards m_cards;
    emb::Labels m_labels;
    emb::Flight m_flight;
    emb::Turn m_turn;
    emb::Sight m_sight;
    ToPixels m_toPixels;
    Camera m_camera; ///< of the last frame

    std::uint64_t m_revision = ~std::uint64_t(0);
    int m_qualityAt = -2;
    std::optional<embedding::Search> m_search;
    std::string m_searchedFor, m_searchError;
    struct Asked { ///< of which row which neighbours are known
        std::int64_t row = -1, k = 0;
        std::string metric{};
        const embedding::Table* table = nullptr;
        bool operator==(const Asked&) const = default;
    } m_asked;
    embedding::Neighbours m_near; ///< of the chosen row in the table
    std::optional<emb::Neighbourhood> m_neighbourhood;
    std::uint64_t m_neighbourhoodOf = 0;
    std::optional<embedding::Forces> m_forces;
    std::optional<std::int64_t> m_hovered;
    emb::WordsPage m_wordsPage;
    emb::WordsTold m_words;
    std::vector<embedding::Term> m_terms;
    std::string m_askedWords;
    std::uint64_t m_wordsOf = ~std::uint64_t(0);
    std::shared_ptr<const void> m_corpus; ///< held, so that no other one comes to its place
    gpu::Buffer m_contours;
    struct Contoured {
        ToPixels toPixels;
        std::uint64_t revision = 0;
        bool operator==(const Contoured&) const = default;
    } m_contoured;
    glm::uvec2 m_contourCells{0, 0};

    glm::dvec2 m_size{1280, 720};
    float m_scale = 1, m_panel = 0, m_hud = 0;
    bool m_refit = false, m_reduceMotion = false;
    double m_seconds = 0; ///< since the last frame; 0: what fades or flies is there at once
    int m_still = 0;      ///< frames without another picture
};

} // namespace orrery::ui
