// SPDX-License-Identifier: GPL-3.0-or-later
// The contract between a lab and everything that shows or runs it.
#pragma once

#include "engine/gpu/recorder.h"
#include "engine/lab/job.h"
#include "engine/lab/settings.h"

#include <memory>
#include <optional>
#include <span>

namespace orrery::lab {

/// A named result on the host.
struct HostArray {
    std::vector<std::uint64_t> shape;
    std::vector<float> values; ///< row-major
};

/// One point of a series: clock value, step and number.
struct Sample {
    int step = 0;
    double clock = 0;
    double value = 0;
};

/// A comparison of what was measured with what theory or a reference says.
struct Check {
    enum class Verdict { pending, matches, explained, disagrees };
    std::string key, label;
    double measured = 0, expected = 0;
    double tolerance = 0; ///< |measured − expected| up to this matches
    Verdict verdict = Verdict::pending;
    std::string unit, because; ///< why this tolerance, what explains a difference
};

/// A named step of the clock.
struct Mark {
    int step = 0;
    std::string label;
};

/// A number at a place or of an item, for hover: label, text.
struct Fact {
    std::string label, text;
};

class Lab {
 public:
    virtual ~Lab() = default;
    virtual const Declaration& declaration() const = 0;

    /// Takes new settings. `changed` lists the keys that differ from the last call (all of them at first).
    /// A change of a parameter that applies at reset puts the lab at step 0.
    /// Throws Error and keeps its former state when the settings cannot be met (a file that does not parse).
    virtual void configure(const Settings& settings, std::uint64_t seed, const std::vector<std::string>& changed) = 0;

    /// The clock: steps() + 1 states, numbered in the order in which the lab computes them.
    virtual int steps() const = 0;
    virtual double clock(int step) const = 0;
    /// Names on the transport, in order: both ends, and turning points between them ("noise t=1").
    virtual std::vector<Mark> marks() const = 0;
    /// Where the run stands, in words for the HUD and the transport: "t = 0.350 · log-SNR -1.02 · step 65/100".
    virtual std::string status() const = 0;

    /// The state that the GPU work recorded so far leads to.
    virtual int position() const = 0;
    /// Records at most about `budgetMs` of GPU work toward `target` (before or behind); true when it is reached.
    virtual bool advance(gpu::Recorder& recorder, int target, double budgetMs) = 0;
    /// Called once per frame with what has finished: reads results back, moves jobs on.
    virtual void collect() {}

    virtual void act(const std::string& action) = 0; ///< a declared action other than transport
    virtual std::span<const Sample> series(const std::string& key) const = 0;
    virtual HostArray array(gpu::Device& device, const std::string& key) = 0; ///< waits for the GPU
    /// Writes a declared output. Throws Error, also when there is none yet.
    virtual void save(const std::string& output, const std::string& path);
    virtual std::vector<Check> checks() const { return {}; }
    virtual Jobs& jobs() = 0;
};

/// One line per lab in registry.cpp.
struct Entry {
    const Declaration* declaration;
    std::unique_ptr<Lab> (*make)(gpu::Device&);
};
const std::vector<Entry>& registry();
const Entry& find(const std::string& name); ///< throws Error naming the nearest

} // namespace orrery::lab
