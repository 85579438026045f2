// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/lab.h"
#include "engine/lab/names.h"
#include "engine/labs/diffusion/declaration.h"
#include "engine/labs/diffusion/lab.h"
#include "engine/labs/embedding/declaration.h"
#include "engine/labs/embedding/lab.h"
#include "engine/labs/language/declaration.h"
#include "engine/labs/language/lab.h"
#include "engine/labs/precision/declaration.h"
#include "engine/labs/precision/lab.h"
#include "engine/labs/segmentation/declaration.h"
#include "engine/labs/segmentation/lab.h"
#include "engine/labs/statespace/declaration.h"
#include "engine/labs/statespace/lab.h"

namespace orrery::lab {

const std::vector<Entry>& registry() {
    // clang-format off
    static const std::vector<Entry> entries = {
        {&diffusion::declaration(), diffusion::make},
        {&embedding::declaration(), embedding::make},
        {&language::declaration(), language::make},
        {&precision::declaration(), precision::make},
        {&segmentation::declaration(), segmentation::make},
        {&statespace::declaration(), statespace::make},
    };
    // clang-format on
    return entries;
}

const Entry& find(const std::string& name) {
    std::vector<std::string> names;
    for (const Entry& entry : registry()) {
        if (entry.declaration->name == name) return entry;
        names.push_back(entry.declaration->name);
    }
    throw Error("there is no lab '" + name + "'" + suggestion(name, names));
}

} // namespace orrery::lab
