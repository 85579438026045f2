// SPDX-License-Identifier: GPL-3.0-or-later
// What is decided at one node: the candidates with their coins, and the bars of p and q before and after a refusal; as it
// happened, or by another rule with the same coins.
#pragma once

#include "engine/labs/language/replay.h"
#include "ui/labs/language/page.h"

namespace orrery::ui::lang {

class ChoicePicture {
 public:
    using Note = std::function<void(const std::string& name, const Box& box)>;
    /// Spots: "rule KEY" and "rule as-it-was" for the chips, "candidate I" for the rows.
    void draw(ImDrawList* list, const Look& look, const Scene& scene, const Focus& focus, const Box& box, const Note& note);
    std::optional<Told> tell(glm::dvec2 px, const Look& look, const Scene& scene) const;
    void point(glm::dvec2 px); ///< the pointer's place, for the row that it is on; outside: none

    /// The node whose choice is shown: parent of the selected one, or of the newest decision; -1: the root.
    static int group(const Scene& scene, const Focus& focus);
    const std::optional<language::Choice>& choice() const { return m_choice; }

 private:
    struct Bars { ///< at one moment, of the tokens that are shown; the rest last
        std::vector<double> p, q, pAfter, qAfter;
        bool refused = false;
    };
    void refresh(const Scene& scene, const Focus& focus);
    float drawRules(ImDrawList* list, const Look& look, const Scene& scene, const Focus& focus, const Box& box,
                    const Note& note) const;
    float drawCandidates(ImDrawList* list, const Look& look, const Scene& scene, const Box& box, const Note& note);
    void drawBars(ImDrawList* list, const Look& look, const Scene& scene, const Box& box);
    void drawLegend(ImDrawList* list, const Look& look, ImVec2 at, float width, bool both) const;
    Bars barsAt(int step, const std::vector<std::size_t>& rows) const;
    int shownStep() const;

    struct Row {
        Box box;
        std::int32_t token = -1; ///< -1: the rest
        double p = 0, q = 0, after = -1;
    };
    std::optional<language::Choice> m_choice;
    std::string m_error; ///< why a rule cannot be replayed
    const Round* m_round = nullptr;
    int m_visit = -1, m_known = 0;
    bool m_verified = false, m_replayed = false;
    std::vector<std::uint64_t> m_key{};
    std::vector<Row> m_rows;
    std::vector<Box> m_candidates;
    glm::dvec2 m_pointer{-1, -1};
};

} // namespace orrery::ui::lang
