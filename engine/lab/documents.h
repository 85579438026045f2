// SPDX-License-Identifier: GPL-3.0-or-later
// Text files that a lab can write beside its arrays: tables with words in them. A lab that has some is of this class too.
#pragma once

#include <string>
#include <vector>

namespace orrery::lab {

struct Document {
    std::string name; ///< of the file: "hippo-table.csv"
    std::string text;
};

class Documents {
 public:
    virtual ~Documents() = default;
    virtual std::vector<Document> documents() const = 0; ///< those that are finished
};

} // namespace orrery::lab
