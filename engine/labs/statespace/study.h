// SPDX-License-Identifier: GPL-3.0-or-later
// What errors are plotted from: how far each method is off along the signal, and for more and fewer states, beside the optimum.
// Runs in the background and hands over points as they come.
#pragma once

#include "engine/lab/background.h"
#include "engine/labs/statespace/memory.h"
#include "engine/labs/statespace/timeline.h"

#include <mutex>

namespace orrery::statespace {

/// LagT reaches 4 N units back, a window just theta: they have a length of their own each.
HippoOptions optionsFor(Method method, HippoOptions options, double unit);

struct StudyRequest {
    std::vector<Method> methods;
    std::int64_t N = 32;
    HippoOptions options{};
    double unit = 0.1; ///< of age, for LagT
    Stepping stepping{};
    std::shared_ptr<const Vector> samples;
    double dt = 1;
    double band = 0; ///< highest frequency of the signal, 0: not known
};

/// Relative errors: root of the weighted mean square, as a share of the signal's own; infinite where the method exploded. The
/// optimum is no number where there are too few samples for the basis.
struct ErrorPoint {
    double at = 0; ///< samples seen, or states
    double error = 0, optimum = 0;
};
struct MethodStudy {
    Method method{};
    std::vector<ErrorPoint> history, states;
    std::string trouble; ///< why there is nothing, or why it exploded: a sentence with the cure
};

class Study {
 public:
    void start(StudyRequest request);
    void stop();
    /// True when all is there; waits up to that long. Errors of the work come out here.
    bool finished(double milliseconds = 0);
    /// Rises with every point.
    std::uint64_t revision() const { return m_shared ? m_shared->revision.load() : 0; }
    std::vector<MethodStudy> results() const; ///< a copy of what is there

    struct Shared {
        mutable std::mutex mutex;
        std::vector<MethodStudy> results;
        std::atomic<std::uint64_t> revision{0};
    };

 private:
    std::shared_ptr<Shared> m_shared;
    lab::Background m_background;
};

/// States that a sweep visits: around the knee and N, as far as time allows.
std::vector<std::int64_t> sizesFor(const StudyRequest& request, Method method);

} // namespace orrery::statespace
