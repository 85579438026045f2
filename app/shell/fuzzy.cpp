// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/fuzzy.h"

#include <algorithm>

namespace orrery::app {

namespace {

bool startsWord(const QString& text, qsizetype at) { return at == 0 || !text[at - 1].isLetterOrNumber(); }

} // namespace

int fuzzyScore(const QString& query, const QString& text) {
    const QString wanted = query.simplified().toLower(), in = text.toLower();
    if (wanted.isEmpty()) return 1;
    if (const qsizetype at = in.indexOf(wanted); at >= 0) // as it stands: better than any scattered match
        return 1000 + (startsWord(in, at) ? 200 : 0) + (at == 0 ? 100 : 0) - int(std::min<qsizetype>(in.size(), 90));
    int score = 1, run = 0;
    qsizetype at = 0;
    for (const QChar letter : wanted) {
        if (letter.isSpace()) {
            run = 0;
            continue;
        }
        // A letter at the start of a word is looked for first: "rs" means "Reset scenario", not "Reverse".
        qsizetype found = -1;
        for (qsizetype i = at; i < in.size() && found < 0; ++i)
            if (in[i] == letter && (startsWord(in, i) || i == at)) found = i;
        if (found < 0) found = in.indexOf(letter, at);
        if (found < 0) return 0;
        run = found == at ? run + 1 : 1;
        score += 2 + 3 * run + (startsWord(in, found) ? 12 : 0) - int(std::min<qsizetype>(found - at, 6));
        at = found + 1;
    }
    return std::max(1, score);
}

} // namespace orrery::app
