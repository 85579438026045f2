// SPDX-License-Identifier: GPL-3.0-or-later
// What lies under a resting pointer.
#include "ui/labs/language/ngram_page.h"
#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::Rung;
using language::TokenScore;

namespace {

std::string figure(double p) { return p == 0 ? std::string("0") : p < 0.001 ? formatScientific(p, 3) : formatFixed(p, 5); }

} // namespace

std::optional<Told> NgramPage::tellToken(const Look& look, std::size_t index) const {
    const TokenScore& score = it().scores()[index];
    look.texts.note(score.text);
    Told told{score.text, {}, {}};
    const bool possible = std::isfinite(score.log10);
    told.facts.push_back({"probability", possible ? figure(std::pow(10, score.log10)) : "0"});
    told.facts.push_back({"-log10 p", possible ? formatFixed(-score.log10, 4) : "\xE2\x88\x9E"});
    for (const Rung& rung : score.path) { // the way, the longest context first
        std::vector<language::Token> context;
        for (int back = rung.length; back > 0; --back) {
            const int at = int(index) - back;
            context.push_back(at < 0 ? language::Vocabulary::begin : it().scores()[std::size_t(at)].token);
        }
        const std::string label = look.tr("after") + " " + (context.empty() ? look.tr("nothing") : it().gram(context));
        look.texts.note(label);
        std::string text;
        if (!rung.seen)
            text = look.tr("never seen");
        else if (rung.total > 0)
            text = std::to_string(rung.count) + "/" + std::to_string(rung.total) + "  " + figure(rung.own) +
                   (rung.passed > 0 ? " + " + formatFixed(rung.passed, 3) + " p'" : std::string());
        else
            text = rung.found ? figure(rung.own) : formatFixed(rung.passed, 4) + " p'";
        told.facts.push_back({label, text});
    }
    if (!score.known)
        told.words = look.tr("Not in the vocabulary: it is read as <unk>.");
    else if (!possible)
        told.words = look.tr("Never seen there, and nothing is given to what was never seen.");
    else if (!score.path.empty())
        told.words = look.tr("Seen and total, what this context gives, and how much of p' of the next shorter one it adds.");
    return told;
}

std::optional<Told> NgramPage::tellNode(const Look& look, std::size_t index) const {
    const language::CountNode& node = it().tree()[index];
    std::vector<language::Token> tokens;
    for (int at = int(index); it().tree()[std::size_t(at)].parent >= 0; at = it().tree()[std::size_t(at)].parent)
        tokens.insert(tokens.begin(), it().tree()[std::size_t(at)].token);
    tokens.insert(tokens.begin(), it().treeContext().begin(), it().treeContext().end());
    const std::string text = tokens.empty() ? look.tr("nothing") : it().gram(tokens);
    look.texts.note(text);
    Told told{text, {{"seen", std::to_string(node.count)}}, {}};
    if (index > 0) told.facts.push_back({"share of what followed", percent(node.share)});
    told.facts.push_back({"different tokens after it", std::to_string(node.kinds)});
    return told;
}

std::optional<Told> NgramPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place&) const {
    if (!it().ready()) return std::nullopt;
    if (const std::size_t n = it().scores().size(), i = spotOf("token", n, px); i < n) return tellToken(look, i);
    if (shown() == "next") {
        if (const std::size_t n = it().tree().size(), i = spotOf("node", n, px); i < n) return tellNode(look, i);
    }
    Box box;
    if (shown() == "law" && spot("law plot", box) && box.holds(px)) {
        const double rank = lawPlot(box).xAt(px.x);
        const auto law = it().series("ngram_frequency");
        const auto near = std::min_element(law.begin(), law.end(), [&](const lab::Sample& a, const lab::Sample& b) {
            return std::abs(std::log(a.clock / rank)) < std::abs(std::log(b.clock / rank));
        });
        if (near == law.end()) return std::nullopt;
        return Told{look.tr("rank by frequency") + " " + formatFixed(near->clock, 0),
                    {{"seen", formatFixed(near->value, 0)}},
                    look.tr("Zipf: frequency falls as a power of the rank.")};
    }
    if (shown() == "law")
        for (const auto& [key, words] :
             {std::pair{"mle",
                        "Relative frequencies. One token that was never seen after its context makes the whole text impossible."},
              std::pair{"add-k",
                        "Every token is counted k times more: too much for what was never seen, too little for what was."},
              std::pair{"kneser-ney",
                        "A little is taken off every count and given to shorter contexts, where a token counts by how many "
                        "others it follows."}})
            if (spot(std::string("worth ") + key, box) && box.holds(px)) return Told{{}, {}, look.tr(words)};
    return std::nullopt;
}

} // namespace orrery::ui::lang
