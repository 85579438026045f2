// SPDX-License-Identifier: GPL-3.0-or-later
// The smaller scenes of the lab: the equality board, the trap gallery, HiPPO's table. Each clock counts what is done.
#pragma once

#include "engine/lab/background.h"
#include "engine/lab/scene.h"
#include "engine/labs/statespace/board_paths.h"
#include "engine/labs/statespace/table.h"
#include "engine/labs/statespace/traps.h"
#include "engine/tensor/context.h"

#include <mutex>

namespace orrery::statespace {

/// Every way of computing one thing against every other, a group a step; no frame waits for more than one path of the device.
class BoardScene final : public lab::Scene {
 public:
    explicit BoardScene(gpu::Device& device) : m_device(device) {}
    void configure(const BoardOptions& options);
    const BoardOptions& options() const { return m_options; }
    const std::vector<Group>& groups() const { return m_groups; } ///< all that were computed
    int position() const override { return m_position; }          ///< of them so many are shown

    int steps() const override { return boardGroups; }
    std::vector<lab::Mark> marks() const override { return {{0, "none"}, {steps(), "all"}}; }
    std::string status() const override;
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    gpu::Device& m_device;
    BoardOptions m_options{.length = 0};
    std::vector<Group> m_groups;
    std::shared_ptr<Plan> m_plan; ///< of the next group: the host's paths are made in the background, then the device's here
    bool m_hostMade = false;
    lab::Background m_background;
    int m_position = 0;
};

/// The traps one after the other, worked out in the background.
class TrapScene final : public lab::Scene {
 public:
    static constexpr int traps = 12;
    static const std::vector<std::string>& keys(); ///< as the parameter `trap` has them
    void wake();                                   ///< someone is looking
    std::vector<Finding> findings() const;         ///< those that are there, in order of the keys

    int steps() const override { return traps; }
    std::vector<lab::Mark> marks() const override { return {{0, "none"}, {steps(), "all"}}; }
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    struct Shared {
        std::mutex mutex;
        std::vector<Finding> found;
    };
    std::shared_ptr<Shared> m_shared;
    lab::Background m_background;
    int m_position = 0;
};

/// HiPPO's table: published, ours, optimum. A step a row.
class TableScene final : public lab::Scene {
 public:
    void configure(const TableOptions& options);
    /// The job that works it out, with its progress; nothing when it is there or under way.
    void begin(lab::Jobs& jobs);
    bool running() const { return m_background.running(); }
    HippoTable table() const; ///< the rows that are there
    bool complete() const { return m_complete; }
    double fraction() const;

    int steps() const override { return 7; }
    std::vector<lab::Mark> marks() const override { return {{0, "none"}, {steps(), "all"}}; }
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::vector<lab::Check> checks() const override;

 private:
    struct Shared {
        std::mutex mutex;
        HippoTable table;
        std::atomic<double> fraction{0};
    };
    TableOptions m_options;
    std::shared_ptr<Shared> m_shared;
    lab::Background m_background;
    bool m_complete = false;
    int m_position = 0;
};

} // namespace orrery::statespace
