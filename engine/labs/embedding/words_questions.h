// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of words in the lab: an expression, and its answers as arrays and as a file.
#pragma once

#include "engine/lab/documents.h"
#include "engine/lab/lab.h"
#include "engine/labs/embedding/problem.h"
#include "engine/labs/embedding/words_analogy.h"

#include <memory>
#include <string>

namespace orrery::embedding {

struct WordAnswer {
    std::vector<Candidate> candidates; ///< best first, with the words of the question
    std::vector<std::string> words;    ///< of each candidate
    std::string problem;               ///< one line: why there is none; empty without an expression too
};

class WordQuestions {
 public:
    static constexpr std::int64_t shown = 50; ///< candidates in arrays and files

    void set(const std::string& expression, AnalogyRule rule) { m_expression = expression, m_rule = rule; }

    WordAnswer answer(const std::shared_ptr<const Problem>& problem, std::int64_t count) const;
    lab::HostArray array(const std::shared_ptr<const Problem>& problem) const;
    /// candidates.csv: word, score, rank, rank without the question's own words.
    std::vector<lab::Document> documents(const std::shared_ptr<const Problem>& problem) const;

 private:
    WordAnswer ask(const std::shared_ptr<const Problem>& problem, std::int64_t count) const;

    std::string m_expression;
    AnalogyRule m_rule = AnalogyRule::add;
    /// The last answer: a view asks at every frame.
    struct Known {
        std::shared_ptr<const Problem> problem;
        std::string expression;
        AnalogyRule rule = AnalogyRule::add;
        std::int64_t count = -1;
        WordAnswer answer;
    };
    mutable Known m_known;
};

} // namespace orrery::embedding
