// SPDX-License-Identifier: GPL-3.0-or-later
// Words: one-hot times matrix beside the look-up, number by number; and an expression's answers, ranked with and without its own
// words. Plain data in, nothing kept but what the pointer is on.
#pragma once

#include "engine/labs/embedding/words_analogy.h"
#include "engine/labs/embedding/words_onehot.h"
#include "ui/panels/look.h"
#include "ui/panels/pages.h"

#include <optional>

namespace orrery::ui::emb {

struct WordsTold {
    const embedding::OneHot* oneHot = nullptr; ///< none until there is a text
    std::vector<std::string> words;            ///< of the one-hot's rows of W
    std::string expression, problem;           ///< what was asked, and why there is no answer
    std::vector<embedding::Candidate> candidates;
    std::vector<std::string> names; ///< of the candidates
    std::optional<double> loss{}, analogies{}, analogiesOfAll{};
    bool multiply = false; ///< the score is a product
};

class WordsPage {
 public:
    void draw(ImDrawList* list, const Look& look, const Box& room, const WordsTold& told, std::optional<glm::dvec2> pointer);
    /// "one-hot row 2", "candidate 0": where they were drawn last.
    bool spot(const std::string& name, glm::dvec2& low, glm::dvec2& high) const;

 private:
    float drawOneHot(ImDrawList* list, const Look& look, const Box& box, const WordsTold& told,
                     std::optional<glm::dvec2> pointer);
    void drawAnswers(ImDrawList* list, const Look& look, const Box& box, const WordsTold& told);
    void note(const std::string& name, ImVec2 low, ImVec2 high) { m_spots[name] = {{low.x, low.y}, {high.x, high.y}}; }

    std::map<std::string, std::pair<glm::dvec2, glm::dvec2>> m_spots;
    std::size_t m_row = 0; ///< of the batch, that was pointed at last
};

/// The ranked list alone, at ImGui-free coordinates; returns how tall it is.
float drawCandidates(ImDrawList* list, const Look& look, const Box& box, const WordsTold& told, std::size_t most);

} // namespace orrery::ui::emb
