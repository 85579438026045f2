// SPDX-License-Identifier: GPL-3.0-or-later
// A text that grows round by round, with every round kept: standing at round k shows what was decided then, and going back
// shows exactly that again. A change of rule, tree or draft is tried on the round that is looked at; what came after it is dropped.
#pragma once

#include "engine/labs/language/models.h"
#include "engine/labs/language/speculate.h"
#include "engine/labs/language/tally.h"

namespace orrery::language {

class Decoding {
 public:
    explicit Decoding(Models& models) : m_models(&models), m_speculator(models.target(), nullptr, {}) {}

    /// Throws Error when the text does not fit the models, and changes nothing then.
    void start(const std::string& prompt, const std::string& strategy, const Plan& plan);
    /// From the round that is looked at on. Throws Error when it cannot be had.
    void change(const std::string& strategy, const Plan& plan);
    void restart(); ///< to the prompt
    /// Somebody else has used the models.
    void forget() { m_speculator.forget(); }

    int position() const { return m_position; } ///< rounds that are shown
    /// Toward round `target`, within about `budgetMs`; true when it is reached, or the text has ended before.
    bool advance(int target, double budgetMs);
    /// One round beyond those that are shown, unless it is known or the text has ended.
    void lookAhead();
    /// The round after those that are shown is the one that a person looks at, and change() is tried on it.
    void watch(bool next) { m_watches = next; }
    bool watches() const { return m_watches; }
    bool ended() const { return m_ended; } ///< by the model's own mark, or since the context is full
    double prefilled() const { return m_speculator.prefilled(); }

    const std::vector<Round>& rounds() const { return m_rounds; }
    const Round* shown() const; ///< the last of those that are shown; null before the first
    /// Where the text has ended earlier, rounds that were asked for beyond it are not there.
    int reached() const { return std::min(m_position, int(m_rounds.size())); }
    std::span<const std::int32_t> text() const; ///< after the rounds that are shown
    int promptLength() const { return m_prompt; }
    const Tally& tally() const; ///< of the rounds that are shown
    std::uint64_t revision() const { return m_revision; }
    const std::string& strategy() const { return m_strategy; }
    const Plan& plan() const { return m_speculator.plan(); }

    /// Plain decoding of the same text by another copy of the model, token by token: how many of them are what the coins of their
    /// positions give. Only rounds whose rule promises that (coupled, greedy, temperature 0) are compared.
    struct Compared {
        std::int64_t tokens = 0, same = 0;
        std::size_t upTo = 0; ///< tokens of the text that were looked at
    };
    const Compared& compared() const { return m_compared; }
    /// A token or so of it; true when all rounds are compared.
    bool compare(double budgetMs);
    bool comparedAll() const { return m_compared.upTo >= m_speculator.text().size(); }

    static constexpr std::size_t mostBytes = std::size_t(96) << 20; ///< of full distributions; older rounds keep their bars

 private:
    void dropFrom(int round);
    void round();
    void slim();

    Models* m_models;
    Speculator m_speculator;
    std::string m_strategy = "plain";
    std::vector<Round> m_rounds;
    std::vector<std::uint64_t> m_seeds; ///< of each round
    int m_position = 0, m_prompt = 0;
    bool m_ended = false, m_watches = false;
    std::uint64_t m_revision = 0;
    Compared m_compared;
    mutable Tally m_tally;
    mutable int m_tallied = 0;
    mutable std::uint64_t m_talliedRevision = 0;
};

} // namespace orrery::language
