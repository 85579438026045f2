// SPDX-License-Identifier: GPL-3.0-or-later
// "Send to Embedding": what a lab can hand over as rows of numbers, and the way there. Window and command line both go it.
#pragma once

#include "engine/lab/bundle.h"
#include "engine/lab/lab.h"
#include "engine/lab/scenario.h"

namespace orrery::lab {

/// What of a declared output there is at the moment.
struct Offer {
    std::string output{};            ///< its key
    std::int64_t rows = 0, dims = 0; ///< where there is something
    std::string why{};               ///< else a sentence: why not, and what to do
    std::uint64_t bytes() const { return std::uint64_t(rows) * std::uint64_t(dims) * sizeof(float); }
};

/// A lab that has rows to hand over is of this class too. It declares each kind of them as an output with the extension "npy",
/// and its save() leaves those to saveSent().
class Sender {
 public:
    virtual ~Sender() = default;
    virtual Offer offer(const std::string& output) const = 0; ///< asked often: quick
    /// Takes what the rows are made of; what takes long is left to the function, which any thread may call once, and which neither
    /// the lab nor its device need outlive. Throws Error with the offer's reason.
    virtual std::function<Bundle()> bundle(const std::string& output) = 0;
};

bool sends(const Output& output);
/// In the order of the declaration; empty where a lab has nothing to do with sending.
std::vector<Offer> offers(const Lab& lab);

/// Writes the bundle where it is asked for, before it returns.
void saveSent(Sender& sender, const std::string& output, const std::string& path);

struct Sent {
    std::string path{}, title{}, colour{}; ///< the .npy; the others as in its Bundle
    bool byAngle = false;
    Offer offer{};
    std::string error{}; ///< what went wrong; empty: nothing
};
/// The job that writes an output of the lab into `folder` (keepBundle). `done` is told of the end on the thread that runs the jobs,
/// of an error as well, and must leave the session alone until that job has returned.
Job sending(Lab& lab, const std::string& output, const std::string& folder, std::function<void(const Sent&)> done);
/// Where bundles are kept for this user. Throws Error where there is no such place.
std::string sentFolder();
bool wasSent(const std::string& path); ///< it lies, or lay, there
/// What opens it: the embedding lab with the file, its names, its pictures and its colours. t-SNE pulls it apart from its principal
/// components on, where that takes moments; where rows are very few or many the components stand for themselves.
Scenario openedFrom(const Sent& sent);

} // namespace orrery::lab
