// SPDX-License-Identifier: GPL-3.0-or-later
// The signal that the settings ask for, made once and kept until they ask for another.
#pragma once

#include "engine/lab/background.h"
#include "engine/lab/declaration.h"
#include "engine/lab/job.h"
#include "engine/labs/statespace/recording.h"

#include <memory>

namespace orrery::statespace {

struct SignalRequest {
    std::string kind = "noise"; ///< noise, sines, chirp, square, step, drawn, file
    double duration = 10;       ///< s; of a file its own
    std::int64_t samples = 4096;
    double frequency = 1, endFrequency = 4; ///< Hz
    double stepAt = 0.3;                    ///< share of the duration
    lab::Points parts{3}, points{2};        ///< of sines: Hz, amplitude, phase; drawn: s, value
    std::string file;
    std::int64_t channel = -1; ///< from 0; -1: the mean of all
    bool resample = false;     ///< a file is brought to `samples`
    std::int64_t stretch = 1;
    std::uint64_t seed = 1;
    bool operator==(const SignalRequest&) const = default;
};

struct Source {
    Signal signal;       ///< as it is remembered
    std::string missing; ///< what to do when there is nothing yet; the signal is then silent
    std::string remark;  ///< a sentence about what is odd
};

class Sources {
 public:
    /// Throws Error in a sentence when the settings or the file give no signal.
    std::shared_ptr<const Source> of(const SignalRequest& request);

    /// Making it would hold up a frame: a file that is large, or long and to be resampled. Then begin() it first.
    bool slow(const SignalRequest& request) const;
    /// A job with progress that can be cancelled; a former one is ended. `ready` is called once of() has the signal at hand. The
    /// job throws the Error of a bad file.
    void begin(const SignalRequest& request, lab::Jobs& jobs, std::function<void()> ready);
    bool reading() const { return m_reading != nullptr; }
    bool reading(const SignalRequest& request) const { return m_reading && m_reading->request == request; }
    void stop(); ///< forgets what is being read

    /// Silence, with the sentence that says why.
    static std::shared_ptr<const Source> silent(const SignalRequest& request, std::string because);

 private:
    struct Kept { ///< a file as it was read
        std::string path, version;
        std::shared_ptr<const Recording> recording;
    };
    struct Reading {
        SignalRequest request;
        std::atomic<double> fraction{0};
        Kept kept;
        Source source;
    };
    static Source make(const SignalRequest& request, const Recording* recording);
    std::shared_ptr<const Recording> kept(const std::string& path, const std::string& version) const;

    SignalRequest m_request;
    std::shared_ptr<const Source> m_source;
    std::string m_version; ///< of the file
    Kept m_kept;
    std::shared_ptr<Reading> m_reading;
    lab::Background m_background;
};

} // namespace orrery::statespace
