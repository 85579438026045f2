// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/words_questions.h"

#include "engine/error.h"
#include "engine/lab/names.h"

namespace orrery::embedding {

WordAnswer WordQuestions::answer(const std::shared_ptr<const Problem>& problem, std::int64_t count) const {
    if (m_known.problem != problem || m_known.expression != m_expression || m_known.rule != m_rule || m_known.count != count)
        m_known = {problem, m_expression, m_rule, count, ask(problem, count)};
    return m_known.answer;
}

WordAnswer WordQuestions::ask(const std::shared_ptr<const Problem>& problem, std::int64_t count) const {
    WordAnswer answer;
    if (m_expression.find_first_not_of(" \t") == std::string::npos) return answer;
    if (!problem) {
        answer.problem = "There are no words yet.";
        return answer;
    }
    const Table& table = *problem->table;
    if (table.tokens.empty()) {
        answer.problem = "The rows of this table have no names; take word vectors or a text.";
        return answer;
    }
    try {
        const WordIndex index(table.tokens);
        answer.candidates = rankWords(table.values, parseExpression(m_expression, index), m_rule, count);
        for (const Candidate& c : answer.candidates) answer.words.push_back(table.tokens[std::size_t(c.row)]);
    } catch (const Error& error) {
        answer.problem = error.what();
    }
    return answer;
}

lab::HostArray WordQuestions::array(const std::shared_ptr<const Problem>& problem) const {
    lab::HostArray out{{0, 4}, {}};
    const WordAnswer found = answer(problem, shown);
    for (const Candidate& c : found.candidates)
        out.values.insert(out.values.end(), {float(c.row), float(c.score), float(c.rank), float(c.without)});
    out.shape[0] = found.candidates.size();
    return out;
}

std::vector<lab::Document> WordQuestions::documents(const std::shared_ptr<const Problem>& problem) const {
    const WordAnswer found = answer(problem, shown);
    if (found.candidates.empty()) return {};
    std::string text = "word,score,rank,rank_without_question\n";
    for (std::size_t i = 0; i < found.candidates.size(); ++i) {
        const Candidate& c = found.candidates[i];
        std::string word = found.words[i];
        if (word.find_first_of(",\"\n") != std::string::npos) {
            for (std::size_t at = 0; (at = word.find('"', at)) != std::string::npos; at += 2) word.insert(at, 1, '"');
            word = '"' + word + '"';
        }
        text += word + ',' + lab::shortest(c.score) + ',' + std::to_string(c.rank) + ',' +
                (c.asked ? "" : std::to_string(c.without)) + '\n';
    }
    return {{"candidates.csv", text}};
}

} // namespace orrery::embedding
