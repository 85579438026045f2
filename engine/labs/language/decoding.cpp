// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/decoding.h"

#include "engine/labs/language/law_check.h"

#include <algorithm>

namespace orrery::language {

namespace {

constexpr int prefillPiece = 64; ///< tokens read between two looks at the clock

bool promisesPlainText(const Round& round) {
    return round.drafter.empty() || round.rule == Rule::coupled || round.rule == Rule::greedy || round.sampling.temperature <= 0;
}

} // namespace

void Decoding::start(const std::string& prompt, const std::string& strategy, const Plan& plan) {
    std::vector<std::int32_t> tokens = m_models->encode(prompt);
    const std::size_t most = std::size_t(m_models->target().context()) - 1;
    if (tokens.size() > most) tokens.erase(tokens.begin(), tokens.end() - std::ptrdiff_t(most / 2)); // the end counts
    m_speculator.setDrafter(m_models->drafter(strategy), plan);
    m_strategy = strategy;
    m_prompt = int(tokens.size());
    m_speculator.start(std::move(tokens));
    m_rounds.clear(), m_seeds.clear();
    m_position = 0, m_ended = false, m_compared = {};
    ++m_revision;
}

void Decoding::change(const std::string& strategy, const Plan& plan) {
    m_speculator.setDrafter(m_models->drafter(strategy), plan);
    m_strategy = strategy;
    const bool next = m_watches && reached() < int(m_rounds.size());
    dropFrom(next ? reached() : std::max(reached() - 1, 0));
}

void Decoding::restart() {
    dropFrom(0);
    m_position = 0;
}

void Decoding::dropFrom(int round) {
    ++m_revision;
    if (round < int(m_rounds.size())) {
        m_speculator.rewind(std::size_t(m_rounds[std::size_t(round)].length));
        m_speculator.setRounds(round);
        m_rounds.resize(std::size_t(round));
        m_seeds.resize(std::size_t(round));
        m_ended = false;
    }
    m_position = std::min(m_position, int(m_rounds.size()));
    if (m_compared.upTo > m_speculator.text().size()) m_compared = {}; // what is compared is counted from the start
}

bool Decoding::advance(int target, double budgetMs) {
    const double end = wallMs() + budgetMs;
    const auto late = [&] { return wallMs() >= end; };
    while (!m_speculator.prefill(prefillPiece)) {
        ++m_revision;
        if (late()) return false;
    }
    if (target <= int(m_rounds.size()) || m_ended) {
        if (m_position != target) m_position = target, ++m_revision;
        return true;
    }
    while (int(m_rounds.size()) < target && !m_ended) {
        round();
        m_position = int(m_rounds.size());
        if (late()) break;
    }
    if (m_ended) m_position = target;
    return m_position == target;
}

void Decoding::round() {
    m_rounds.push_back(m_speculator.step());
    m_rounds.back().lawError = lawErrorOf(m_rounds.back());
    m_seeds.push_back(m_speculator.plan().seed);
    const std::vector<std::int32_t> written = m_rounds.back().written();
    m_ended = m_speculator.full() || std::any_of(written.begin(), written.end(), [&](auto t) { return m_models->ends(t); });
    ++m_revision;
    slim();
}

void Decoding::lookAhead() {
    if (m_position >= int(m_rounds.size()) && !m_ended) round();
}

void Decoding::slim() {
    std::size_t bytes = 0;
    for (auto round = m_rounds.rbegin(); round != m_rounds.rend(); ++round) {
        bytes += round->bytes();
        if (bytes > mostBytes) round->forgetRows();
    }
}

const Round* Decoding::shown() const { return reached() > 0 ? &m_rounds[std::size_t(reached()) - 1] : nullptr; }

std::span<const std::int32_t> Decoding::text() const {
    const std::span<const std::int32_t> all = m_speculator.text();
    if (reached() == int(m_rounds.size())) return all;
    return all.first(std::size_t(m_rounds[std::size_t(reached())].length));
}

const Tally& Decoding::tally() const {
    if (m_talliedRevision != m_revision || m_tallied > reached()) m_tally = {}, m_tallied = 0;
    m_talliedRevision = m_revision;
    for (; m_tallied < reached(); ++m_tallied) m_tally.add(m_rounds[std::size_t(m_tallied)]);
    return m_tally;
}

bool Decoding::compare(double budgetMs) {
    const double end = wallMs() + budgetMs;
    const std::vector<std::int32_t>& all = m_speculator.text();
    m_compared.upTo = std::max(m_compared.upTo, std::size_t(m_prompt));
    Transformer& twin = m_models->twin();
    while (m_compared.upTo < all.size()) {
        const auto after = std::upper_bound(m_rounds.begin(), m_rounds.end(), m_compared.upTo,
                                            [](std::size_t at, const Round& r) { return at < std::size_t(r.length); });
        const std::size_t index = std::size_t(after - m_rounds.begin()) - 1;
        const Round& round = m_rounds[index];
        if (!promisesPlainText(round)) {
            m_compared.upTo = std::size_t(round.length + round.tokens());
            continue;
        }
        const auto held = twin.committed();
        std::size_t same = 0;
        while (same < held.size() && same + 1 < m_compared.upTo && held[same] == all[same]) ++same;
        twin.truncate(int(same));
        const auto logits = twin.prefill(std::span(all).subspan(same, m_compared.upTo - same));
        const int at = int(m_compared.upTo);
        const Distribution p = distribution(logits, round.sampling);
        const int token =
            round.rule == Rule::greedy && !round.drafter.empty() ? argmax(p) : draw(p, Coins{m_seeds[index]}(Stream::text, at));
        ++m_compared.tokens;
        m_compared.same += token == all[m_compared.upTo];
        ++m_compared.upTo;
        if (wallMs() >= end) break;
    }
    return comparedAll();
}

} // namespace orrery::language
