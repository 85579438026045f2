// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/search.h"

#include "engine/labs/embedding/search_pattern.h"

#include <chrono>
#include <optional>

namespace orrery::embedding {

namespace {

constexpr std::size_t longestName = 400; // bytes that are looked at: libstdc++ recurses over them

std::string lowered(std::string_view text) {
    std::string small(text);
    for (char& c : small)
        if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return small;
}

} // namespace

struct Search::Self {
    std::shared_ptr<const Table> table;
    std::string text;
    std::optional<std::regex> expression;
    std::vector<std::vector<char>> named; ///< of each column: which of its categories match
    std::vector<std::int64_t> found;
    std::int64_t next = 0;

    bool like(std::string_view name) const {
        if (name.size() > longestName) name = name.substr(0, longestName);
        if (expression) return std::regex_search(name.begin(), name.end(), *expression);
        return lowered(name).find(text) != std::string::npos;
    }
    bool matches(std::int64_t row) const {
        const auto at = std::size_t(row);
        if (at < table->tokens.size() && like(table->tokens[at])) return true;
        for (std::size_t c = 0; c < named.size(); ++c)
            if (!named[c].empty() && named[c][std::size_t(table->columns[c].values[at])]) return true;
        return false;
    }
};

Search::Search(std::shared_ptr<const Table> table, const std::string& text, bool regex) : m_self(std::make_unique<Self>()) {
    m_self->table = std::move(table);
    m_self->text = lowered(text);
    if (regex && !text.empty()) m_self->expression = pattern(text);
    if (text.empty()) m_self->next = m_self->table->rows();
    for (const Column& column : m_self->table->columns) {
        std::vector<char> named;
        if (!text.empty())
            for (const std::string& category : column.categories) named.push_back(m_self->like(category));
        m_self->named.push_back(std::move(named));
    }
}
Search::~Search() = default;
Search::Search(Search&&) noexcept = default;
Search& Search::operator=(Search&&) noexcept = default;

bool Search::proceed(double budgetMs) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::duration<double, std::milli>(budgetMs);
    while (!done()) {
        const std::int64_t end = std::min(m_self->table->rows(), m_self->next + 64);
        for (; m_self->next < end; ++m_self->next)
            if (m_self->matches(m_self->next)) m_self->found.push_back(m_self->next);
        if (std::chrono::steady_clock::now() >= until) break;
    }
    return done();
}

bool Search::done() const { return m_self->next >= m_self->table->rows(); }
double Search::fraction() const { return m_self->table->rows() == 0 ? 1 : double(m_self->next) / double(m_self->table->rows()); }
const std::vector<std::int64_t>& Search::rows() const { return m_self->found; }

} // namespace orrery::embedding
