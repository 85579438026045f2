// SPDX-License-Identifier: GPL-3.0-or-later
// The groups of the equality board, as plans: what is on the host may be made on any thread, what is on the device only where
// the device is driven from.
#pragma once

#include "engine/labs/statespace/board.h"

#include <functional>

namespace orrery::statespace {

class Plan {
 public:
    explicit Plan(std::string name) { group.name = std::move(name); }

    void host(std::string name, std::function<Vector()> make) { add({std::move(name), "float64, host", false}, std::move(make)); }
    void hostNarrow(std::string name, std::function<Vector()> make) {
        add({std::move(name), "float32, host", true}, std::move(make));
    }
    using OnDevice = std::function<Vector(tensor::Context&)>;
    /// `allowance`: see Path.
    void device(std::string name, OnDevice make, double allowance = 0) {
        inPieces(std::move(name), {std::move(make)}, allowance);
    }
    /// What takes longer than a frame has: the pieces' results add up.
    void inPieces(std::string name, std::vector<OnDevice> pieces, double allowance = 0) {
        m_device.push_back({{std::move(name), "float32, device", true, {}, allowance}, std::move(pieces)});
    }

    /// All of the host's paths, until told to stop.
    void makeHost(const std::function<bool()>& stop = [] { return false; });
    /// The next piece of the device's paths; false when there is none left.
    bool makeDevice(tensor::Context& context);
    /// With a residual for every pair of the paths that were made.
    Group compared() const;

    Group group;                 ///< name and argument; paths as they are made
    double wide = 0, narrow = 0; ///< tolerances: among float64, and where either is float32

 private:
    void add(Path path, std::function<Vector()> make) { m_host.push_back({std::move(path), std::move(make)}); }
    std::vector<std::pair<Path, std::function<Vector()>>> m_host;
    std::vector<std::pair<Path, std::vector<OnDevice>>> m_device;
    std::size_t m_made = 0, m_piece = 0; ///< of the device's, and of the one at work
};

constexpr int boardGroups = 4;
Plan boardPlan(int group, const BoardOptions& options);

Plan legsPlan(const BoardOptions& options);
Plan diagonalPlan(const BoardOptions& options);
Plan selectivePlan(const BoardOptions& options);
Plan retentionPlan(const BoardOptions& options);

} // namespace orrery::statespace
