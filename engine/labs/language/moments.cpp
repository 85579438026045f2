// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/moments.h"

#include <algorithm>

namespace orrery::language {

int levels(const Round& round) {
    int deepest = 0;
    for (const RoundNode& node : round.nodes) deepest = std::max(deepest, node.depth);
    return deepest;
}

int moments(const Round& round) { return levels(round) + int(round.steps.size()) + 3; }

Reveal reveal(const Round& round, int moment) {
    const int drafted = levels(round), steps = int(round.steps.size());
    moment = std::clamp(moment, 0, moments(round));
    Reveal known;
    known.levels = std::min(moment, drafted);
    known.verified = moment > drafted;
    known.decided = std::clamp(moment - drafted - 1, 0, steps);
    known.written = moment > drafted + 1 + steps;
    known.kept = moment > drafted + 2 + steps;
    known.beat = known.kept          ? Beat::keep
                 : known.written     ? Beat::write
                 : known.decided > 0 ? Beat::decide
                 : known.verified    ? Beat::verify
                 : known.levels > 0  ? Beat::draft
                                     : Beat::start;
    return known;
}

int momentOf(const Round& round, Beat beat, int index) {
    const int drafted = levels(round), steps = int(round.steps.size());
    switch (beat) {
        case Beat::start:
            return 0;
        case Beat::draft:
            return std::min(index + 1, drafted);
        case Beat::verify:
            return drafted + 1;
        case Beat::decide:
            return drafted + 1 + std::min(index + 1, steps);
        case Beat::write:
            return drafted + steps + 2;
        case Beat::keep:
            return drafted + steps + 3;
    }
    return 0;
}

namespace {

/// Of typical acceptance all nodes are judged before one path is taken: a step is no verdict yet.
bool judgesOneByOne(const Round& round) { return round.rule != Rule::typical; }

} // namespace

Seen seen(const Round& round, const Reveal& known, int node) {
    const RoundNode& it = round.nodes[std::size_t(node)];
    if (it.depth > known.levels) return Seen::hidden;
    if (!known.verified) return Seen::drafted;
    if (known.written) {
        if (it.fate == Fate::accepted) return Seen::accepted;
        return it.fate == Fate::refused ? Seen::refused : Seen::beyond;
    }
    Seen now = Seen::verified;
    for (int i = 0; i < known.decided; ++i) {
        const Decision& d = round.steps[std::size_t(i)].decision;
        if (d.node == node) now = d.accepted ? Seen::accepted : Seen::refused;
    }
    if (now != Seen::verified) return now;
    for (int i = 0; i < known.decided; ++i) {
        const Decision& d = round.steps[std::size_t(i)].decision;
        if (d.accepted && judgesOneByOne(round) && d.parent == it.parent) return Seen::beyond;
        if (d.accepted) continue;
        for (int above = it.parent; above >= 0; above = round.nodes[std::size_t(above)].parent)
            if (above == d.node) return Seen::beyond;
    }
    // A sibling of an ancestor was accepted instead of it.
    return it.parent >= 0 && seen(round, known, it.parent) == Seen::beyond ? Seen::beyond : now;
}

} // namespace orrery::language
