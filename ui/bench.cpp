// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bench.h"

#include "ui/labs/embedding/cloud_bench.h"

namespace orrery::ui {

const std::vector<bench::Bench>& benches() {
    static const std::vector<bench::Bench> all = {
        {"cloud", "frames of a turning cloud: by the host's cores, by a kernel, and by a quad for each point", emb::benchCloud},
    };
    return all;
}

} // namespace orrery::ui
