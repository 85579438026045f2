// SPDX-License-Identifier: GPL-3.0-or-later
// What `orrery bench` measures. Speed is a ratio in one run: each figure names the limit that it is a share of.
#pragma once

#include <string>
#include <vector>

namespace orrery::gpu {
class Device;
}

namespace orrery::bench {

struct Figure {
    std::string name; ///< "diffusion mixture score"
    double value = 0;
    std::string unit;  ///< "M pairs/s"
    std::string limit; ///< what `ratio` is a share of, in words with its figure; empty: this is itself a ceiling
    double ratio = 0;  ///< value / limit in the same unit; 0 when there is no limit
};

struct Bench {
    const char* name; ///< chosen on the command line by prefix
    const char* what; ///< one line
    std::vector<Figure> (*run)(gpu::Device& device);
};

/// One line each in registry.cpp.
const std::vector<Bench>& benches();

} // namespace orrery::bench
