// SPDX-License-Identifier: GPL-3.0-or-later
// The n-gram explorer: a text is counted, and one line is read token by token, which is its clock. At step i the line's
// first i tokens have been read; the distribution is that of the next one.
#pragma once

#include "engine/lab/lab.h"
#include "engine/labs/language/ngram_features.h"
#include "engine/labs/language/ngram_generate.h"
#include "engine/labs/language/ngram_study.h"
#include "engine/labs/language/ngram_tree.h"

namespace orrery::language {

struct NgramRequest {
    NgramSource source{};
    SmoothingOptions smoothing{};
    std::string sentence{};
    DrawOptions draw{};
    std::uint64_t threshold = 2; ///< of key grams and of the pieces' n-grams
    int window = 3;              ///< of key grams
    int lawOrder = 1;
};
NgramRequest ngramRequest(const lab::Settings& settings);

/// A word or mark that may come next.
struct NextToken {
    Token token = 0;
    std::string text{};
    double p = 0;
};

class NgramExplorer {
 public:
    /// Throws Error, and keeps what there was, for a text that cannot be opened. What takes long becomes a job; until it is
    /// done the former text stays (at first there is none).
    void configure(const NgramRequest& request, lab::Jobs& jobs);
    void collect(const lab::Jobs& jobs); ///< once a frame: a job that was cancelled leaves nothing running
    void stop();                         ///< whatever runs

    bool ready() const { return m_study != nullptr; }
    std::uint64_t revision() const { return m_revision; } ///< rises with everything that is shown
    const NgramRequest& request() const { return m_request; }
    const NgramStudy& study() const { return *m_study; } ///< where ready()
    const NgramModel& model() const { return *m_model; }
    const CountedModel* counted() const { return m_counted.get(); } ///< null of an ARPA file
    const Vocabulary& vocabulary() const { return m_study->corpus.vocabulary; }
    const std::vector<TokenScore>& scores() const { return m_scores; }        ///< of the line, the end mark last
    Perplexity perplexity(int tokens) const;                                  ///< of the first ones
    const std::vector<Judgement>& judgements() const { return m_judgements; } ///< empty while they are worked out
    bool judging() const { return m_judging != nullptr; }
    const std::string& drawn() const { return m_drawn; }
    const std::vector<std::string>& pieces() const {
        return m_pieces;
    } ///< of the line, printable; empty unless bytes are counted
    const KeyGrams* keyGrams() const { return m_keyGrams.get(); }
    std::string gram(std::span<const Token> tokens) const; ///< printable

    // At the clock's position:
    int next() const; ///< which score is the next token's; the last one stays when all are read
    const std::vector<NextToken>& likely() const { return m_likely; }
    double rest() const { return m_rest; } ///< what the distribution gives to all others
    std::span<const double> distribution() const { return m_distribution; }
    const std::vector<CountNode>& tree() const { return m_tree; } ///< below the longest context that was seen
    const std::vector<Token>& treeContext() const { return m_treeContext; }

    // As of lab::Lab.
    int steps() const { return ready() ? int(m_scores.size()) : 1; }
    std::vector<lab::Mark> marks() const;
    std::string status() const;
    int position() const { return m_position; }
    bool advance(int target);
    std::span<const lab::Sample> series(const std::string& key) const;
    lab::HostArray array(const std::string& key) const; ///< shape [0] of keys not its own
    std::vector<lab::Check> checks() const;
    void save(const std::string& output, const std::string& path) const;

 private:
    struct Work { // what a background thread fills
        std::shared_ptr<NgramStudy> study;
        std::atomic<double> fraction{0};
        std::vector<Judgement> judgements;
    };
    void count(lab::Jobs& jobs);
    void startJudging(lab::Jobs& jobs);
    void refresh(); // all that depends on the request and the study
    void refreshSeries();
    void moveTo(int step); // all that depends on the clock
    lab::HostArray features() const;

    NgramRequest m_request;
    std::shared_ptr<const NgramStudy> m_study;
    std::shared_ptr<Work> m_counting, m_judging;
    lab::Background m_counter, m_judge;
    std::uint64_t m_revision = 0;

    std::shared_ptr<const CountedModel> m_counted;
    std::shared_ptr<const NgramModel> m_model;
    std::vector<TokenScore> m_scores;
    std::vector<Judgement> m_judgements;
    std::string m_drawn;
    std::vector<std::string> m_pieces;
    std::unique_ptr<KeyGrams> m_keyGrams;
    std::vector<lab::Sample> m_surprise, m_sofar, m_law, m_lawLine;

    int m_position = 0;
    std::vector<double> m_distribution;
    std::vector<NextToken> m_likely;
    double m_rest = 0;
    std::vector<CountNode> m_tree;
    std::vector<Token> m_treeContext;
};

} // namespace orrery::language
