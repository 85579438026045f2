// SPDX-License-Identifier: GPL-3.0-or-later
// Rows whose name or category holds a text or matches a regular expression; in slices, so that a million rows stop no frame.
#pragma once

#include "engine/labs/embedding/table.h"

#include <memory>

namespace orrery::embedding {

class Search {
 public:
    /// Capitals of ASCII count as small letters. Throws Error: no regular expression, and why. Expressions are tried in time linear
    /// in the text, and of a name only the first 400 bytes: what a person or a file brings cannot make it hang.
    Search(std::shared_ptr<const Table> table, const std::string& text, bool regex);
    ~Search();
    Search(Search&&) noexcept;
    Search& operator=(Search&&) noexcept;

    bool proceed(double budgetMs); ///< true when all rows have been looked at
    bool done() const;
    double fraction() const;
    const std::vector<std::int64_t>& rows() const; ///< found so far, rising

 private:
    struct Self;
    std::unique_ptr<Self> m_self;
};

} // namespace orrery::embedding
