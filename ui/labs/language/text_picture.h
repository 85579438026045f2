// SPDX-License-Identifier: GPL-3.0-or-later
// The text as it was written: which tokens were drafted and kept, which the target put in their place, which came on top.
#pragma once

#include "ui/labs/language/page.h"

namespace orrery::ui::lang {

enum class Ink { prompt, kept, corrected, bonus, plain };

/// A token of the text and who wrote it.
struct Written {
    std::int32_t token = 0;
    Ink ink = Ink::prompt;
    int round = -1; ///< of Scene::rounds; -1: the prompt
    int node = -1;  ///< of that round; nodes.size(): its last token
};

/// All tokens up to the scene's moment. A draft counts as written from the moment it was kept.
std::vector<Written> writtenText(const Scene& scene);

glm::vec4 inkColour(const Look& look, Ink ink);
/// A line under a token, of another form for each ink.
void drawInkLine(ImDrawList* list, const Look& look, Ink ink, float left, float right, float y);

class TextPicture {
 public:
    /// Wrapped into `box`; where it is longer, its end is shown, `scroll` lines earlier.
    void draw(ImDrawList* list, const Look& look, const Scene& scene, const std::vector<Written>& text, const Box& box,
              int selected = -1, int scroll = 0);
    int at(glm::dvec2 px) const; ///< position in the text; -1: none
    bool box(int position, Box& box) const;
    int lines() const { return m_lines; } ///< of the whole text
    void drawLegend(ImDrawList* list, const Look& look, ImVec2 at) const;

 private:
    struct Word { ///< tokens that together make whole characters
        int first = 0, last = 0;
        std::vector<Piece> pieces{};
        bool breaks = false; ///< a line ends after it
        int line = 0;
        float x = 0, width = 0;
    };
    std::vector<Word> words(const Look& look, const Scene& scene, const std::vector<Written>& text, float width);
    std::vector<std::pair<Word, Box>> m_shown;
    int m_lines = 0;
};

} // namespace orrery::ui::lang
