// SPDX-License-Identifier: GPL-3.0-or-later
// A running lab: its settings with undo, its transport, its jobs. The window, the command line and the tests all
// drive a lab through this, so they all do the same.
#pragma once

#include "engine/lab/lab.h"
#include "engine/lab/scenario.h"
#include "engine/lab/transport.h"

#include <deque>
#include <functional>

namespace orrery::lab {

class Session {
 public:
    Session(gpu::Device& device, const std::string& labName);
    Session(gpu::Device& device, std::unique_ptr<Lab> lab); ///< of a lab that is not in the registry
    ~Session();

    Lab& lab() { return *m_lab; }
    const Lab& lab() const { return *m_lab; }
    const Declaration& declaration() const { return m_lab->declaration(); }
    const Settings& settings() const { return m_settings; }
    std::uint64_t seed() const { return m_seed; }
    Transport& transport() { return m_transport; }
    const Transport& transport() const { return m_transport; }

    /// Changes one parameter, undoable. Changes of the same key between beginGesture and endGesture are one entry
    /// (a drag of a slider). The lab is configured at once; if it refuses, nothing changes and Error is thrown.
    void set(const std::string& key, const Value& value);
    void set(const std::vector<std::pair<std::string, Value>>& values, const std::string& label = {});
    void setSeed(std::uint64_t seed);
    void beginGesture();
    void endGesture();

    bool canUndo() const { return m_cursor > 0; }
    bool canRedo() const { return m_cursor < m_history.size(); }
    std::string undoLabel() const;
    std::string redoLabel() const;
    void undo();
    void redo();

    void apply(const Scenario& scenario);              ///< undoable as one entry
    Scenario scenario(const std::string& title) const; ///< brings back what is there now (camera left to the view)

    /// One frame: transport, jobs, and a slice of GPU work. Returns true when anything shown may have changed.
    /// Throws the Error of a job (a file that turns out bad); the change that began the job is then taken back.
    bool update(gpu::Recorder& recorder, double wallSeconds, double budgetMs);
    /// Runs to `step` without a window, in slices; `progress` may throw to stop.
    void runTo(int step, const std::function<void(int)>& progress = {});

    /// Called after every change of settings or seed.
    std::function<void()> changed;
    /// Rises with every change of settings, seed or history: cheap to compare.
    std::uint64_t revision() const { return m_revision; }

 private:
    struct Delta {
        std::string key;
        Value before, after;
    };
    struct Change {
        std::string label, gestureKey;
        std::vector<Delta> deltas; ///< only what differs: brushed points can be large
        std::uint64_t seedBefore, seedAfter;
    };
    static constexpr std::size_t longestHistory = 500;
    static constexpr std::size_t largestHistory = 64u << 20; ///< bytes of points in it

    bool commit(const Settings& settings, std::uint64_t seed, std::string label, const std::string& gestureKey);
    void install(const Settings& settings, std::uint64_t seed, bool first = false);
    void remember(Change change);
    Settings settingsAfter(const Change& change, bool forward) const;
    void runJobs(double budgetMs);
    void notify();

    gpu::Device* m_device;
    std::unique_ptr<Lab> m_lab;
    Settings m_settings;
    std::uint64_t m_seed = 1;
    Transport m_transport;
    std::deque<Change> m_history;
    std::size_t m_cursor = 0;
    bool m_gesture = false, m_gestureOpen = false;
    std::size_t m_unproven = 0; ///< cursor after a change whose job still runs; 0: none
    std::uint64_t m_revision = 0, m_shownRevision = 0;
};

} // namespace orrery::lab
