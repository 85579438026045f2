// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/words.h"

#include "ui/panels/numbers.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::lang {

using language::Decision;

std::string filled(std::string text, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::string mark = "%" + std::to_string(i + 1);
        for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + values[i].size()))
            text.replace(at, mark.size(), values[i]);
    }
    return text;
}

std::string quoted(const Scene& scene, std::int32_t token) { return "\xE2\x80\x9C" + scene.tokens->text(token) + "\xE2\x80\x9D"; }

namespace {

std::string tellDecision(const Look& look, const Scene& scene, const Round& round, const Decision& d) {
    const std::string token = quoted(scene, round.nodes[std::size_t(d.node)].token);
    const std::vector<std::string> values = {token, shortNumber(d.coin), shortNumber(d.acceptance), shortNumber(d.p)};
    switch (round.rule) {
        case Rule::greedy:
            return filled(
                look.tr(d.accepted ? "%1 is the target's own choice: kept." : "%1 is not the target's choice: refused."), values);
        case Rule::coupled:
            return filled(look.tr(d.accepted ? "The target drew with coin %2 and got %1: kept."
                                             : "The target drew with coin %2 and did not get %1: refused."),
                          values);
        case Rule::typical:
            return filled(look.tr(d.accepted ? "p = %4 of %1 is above the threshold %3: it passes."
                                             : "p = %4 of %1 is not above the threshold %3: refused."),
                          values);
        default:
            break;
    }
    if (d.accepted && d.acceptance >= 1)
        return filled(look.tr("%1: p is at least q, so it is kept whatever the coin says."), values);
    return filled(look.tr(d.accepted ? "%1: the coin %2 is below %3, so it is kept."
                                     : "%1: the coin %2 is not below %3, so it is refused."),
                  values);
}

} // namespace

std::string drafterName(const Look& look, const std::string& name) {
    constexpr std::pair<const char*, const char*> known[] = {{"Medusa", "Medusa heads"},     {"MTP", "MTP module"},
                                                             {"parallel", "parallel heads"}, {"lookup", "prompt lookup"},
                                                             {"draft model", "draft model"}, {"gram", "n-grams"}};
    for (const auto& [part, label] : known)
        if (name.find(part) != std::string::npos) return look.tr(label);
    return name;
}

std::string laneName(const Look& look, const std::string& name) {
    const std::size_t comma = name.find(", ");
    return comma == std::string::npos ? look.tr(name) : look.tr(name.substr(0, comma)) + ", " + look.tr(name.substr(comma + 2));
}

std::string telling(const Look& look, const Scene& scene) {
    const Round* round = scene.round();
    if (!round) return look.tr("The prompt. Press play, or step.");
    const Reveal known = scene.reveal();
    const bool plain = round->nodes.empty();
    switch (known.beat) {
        case Beat::start:
            return look.tr(plain ? "The text so far. Nothing is drafted: the target alone writes the next token."
                                 : "The text so far. Its last token is the root; the draft begins.");
        case Beat::draft: {
            const auto here = std::count_if(round->nodes.begin(), round->nodes.end(),
                                            [&](const auto& node) { return node.depth == known.levels; });
            return filled(look.tr("The draft proposes level %1: %2 tokens, each with its q."),
                          {std::to_string(known.levels), std::to_string(here)});
        }
        case Beat::verify:
            return plain ? look.tr("One pass of the target gives p of the next token.")
                         : filled(look.tr("One pass of the target over %1 rows gives p after every node at once."),
                                  {std::to_string(round->nodes.size() + 1)});
        case Beat::decide:
            return tellDecision(look, scene, *round, round->steps[std::size_t(known.decided - 1)].decision);
        case Beat::write: {
            const std::string token = quoted(scene, round->last);
            if (plain) return filled(look.tr("%1 is drawn from p and written."), {token});
            return filled(look.tr(round->bonus ? "Nothing was refused on the way: %1 comes on top, drawn from the target's own p."
                                               : "What was refused is made good: %1 is drawn from what is left of p."),
                          {token});
        }
        case Beat::keep: {
            const std::size_t moved = round->moves().size();
            if (round->tokens() == 1)
                return look.tr(
                    "One token written in one pass, as without a draft. The cache keeps the root's row; the rest is forgotten.");
            return filled(
                look.tr(moved == 0 ? "%1 tokens written in one pass. In the cache no row has to move; the rest is forgotten."
                                   : "%1 tokens written in one pass. In the cache %2 rows move together; the rest is forgotten."),
                {std::to_string(round->tokens()), std::to_string(moved)});
        }
    }
    return {};
}

std::string roundLine(const Look& look, const Scene& scene) {
    const Round* round = scene.round();
    if (!round) return {};
    std::string line = filled(look.tr("Round %1"), {std::to_string(round->index + 1)});
    line += " \xC2\xB7 ";
    line += round->drafter.empty() ? look.tr("plain decoding")
                                   : drafterName(look, round->drafter) + ", " +
                                         filled(look.tr("%1 tokens drafted"), {std::to_string(round->nodes.size())});
    if (!round->drafter.empty()) line += " \xC2\xB7 " + ruleName(look, round->rule);
    return line;
}

Told tellNode(const Look& look, const Scene& scene, int node) {
    const Round* round = scene.round();
    if (!round) return {};
    const int count = int(round->nodes.size());
    const Reveal known = scene.reveal();
    const bool root = node < 0, last = node >= count;
    const std::int32_t token = root ? round->root : last ? round->last : round->nodes[std::size_t(node)].token;
    look.texts.note(scene.tokens->text(token));
    Told told{quoted(scene, token), {}, {}};
    told.facts.push_back({"token id", std::to_string(token)});
    if (root) {
        told.words = look.tr("The last token of the text: the first row of the target's pass.");
        return told;
    }
    if (last) {
        told.facts.push_back({"coin u", formatFixed(round->lastCoin, 4)});
        told.words = look.tr(round->bonus ? "On top: drawn from the target's own distribution after the last kept token."
                                          : "The correction: drawn from what refusing left of p.");
        return told;
    }
    const language::RoundNode& it = round->nodes[std::size_t(node)];
    told.facts.push_back({"depth, rank", std::to_string(it.depth) + ", " + std::to_string(it.rank + 1)});
    told.facts.push_back({"q, the draft's", formatShort(it.q, 4)});
    if (known.verified) {
        told.facts.push_back({"p, the target's", formatShort(it.p, 4)});
        if (it.q > 0) told.facts.push_back({"p / q", formatShort(it.p / it.q, 3)});
    }
    told.facts.push_back({"value: q along the path", formatShort(it.value, 3)});
    told.facts.push_back({"slot of the cache", std::to_string(round->slot(node))});
    for (int i = 0; i < known.decided; ++i) {
        const Decision& d = round->steps[std::size_t(i)].decision;
        if (d.node != node) continue;
        if (round->rule != Rule::greedy && round->rule != Rule::typical) told.facts.push_back({"coin u", formatFixed(d.coin, 4)});
        if (round->rule != Rule::coupled) told.facts.push_back({"kept while u is below", formatFixed(d.acceptance, 4)});
    }
    switch (seen(*round, known, node)) {
        case Seen::accepted:
            told.words = look.tr("kept: it is text now");
            break;
        case Seen::refused:
            told.words = look.tr("refused");
            break;
        case Seen::beyond:
            told.words = look.tr("nobody came here: an ancestor was refused, or a sibling taken");
            break;
        case Seen::verified:
            told.words = look.tr("verified, not decided yet");
            break;
        default:
            told.words = look.tr("drafted: the target has not seen it yet");
    }
    return told;
}

} // namespace orrery::ui::lang
