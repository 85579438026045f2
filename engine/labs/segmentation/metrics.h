// SPDX-License-Identifier: GPL-3.0-or-later
// How good a promptable segmenter is, measured by simulated clicks, for any contender that answers clicks with masks. All
// averages are over pictures (one object each), their 95 % intervals by bootstrap over pictures.
#pragma once

#include "engine/labs/segmentation/clicks.h"

#include <functional>
#include <memory>
#include <string>

namespace orrery::segmentation {

/// |A and B| / |A or B|; 1 of two empty masks. Throws Error when the sizes differ.
double iouOf(const MaskView& a, const MaskView& b);

/// F measure of the boundaries (Martin et al. 2004): of the shares of either mask's boundary that lie within `tolerance`
/// pixels of the other's. A boundary pixel lies in the mask, one of its four neighbours outside it or the picture. 1 of two
/// empty masks, 0 of one.
double boundaryF(const MaskView& truth, const MaskView& answer, double tolerance = 2);

/// An 8-bit RGB picture of somebody else's.
struct PictureView {
    std::int64_t width = 0, height = 0;
    std::span<const std::uint8_t> rgb{};
};

/// One mask that a contender offers, of the picture's size, with the IoU that it promises.
struct Candidate {
    std::vector<std::uint8_t> pixels{};
    double promised = 0;
};

class Contender {
 public:
    virtual ~Contender() = default;
    virtual std::string name() const = 0;
    virtual void open(const PictureView& picture) = 0; ///< the picture stays alive until the next
    /// Several masks, the one to show first. `clicks` are all so far; asked again with one more than before, or afresh with
    /// one.
    virtual std::vector<Candidate> ask(std::span<const Click> clicks) = 0;
};

/// A picture with one object that is asked for.
struct Case {
    PictureView picture{};
    MaskView truth{};
};

struct Protocol {
    int clicks = 20;        ///< cap
    int jitterDraws = 5;    ///< of the first click
    double jitterReach = 3; ///< pixels
    std::uint64_t seed = 1;
};

/// What happened on one picture. After click k (from 0): the shown mask's IoU, the best candidate's.
struct Trace {
    std::vector<double> shown{}, oracle{}, promised{};
    double boundary = 0; ///< boundary F after the third click, or after the last before it
    int respected = 0;   ///< clicks whose own pixel has the right side in the answer to them
    int lowered = 0;     ///< clicks after the first that made the shown mask worse
    double jitter = 0;   ///< standard deviation of IoU after one click over jittered first clicks
};

/// Clicks until the shown mask is exact or the cap is reached. Throws Error for an empty truth.
Trace follow(Contender& contender, const Case& object, const Protocol& protocol = {});

struct Estimate {
    double value = 0, low = 0, high = 0; ///< mean and its 95 % interval
};

/// Mean and percentile bootstrap over `values`, `draws` resamples from a seed. Throws Error when there is none.
Estimate bootstrap(std::span<const double> values, std::uint64_t seed = 1, int draws = 2000);

struct Summary {
    std::size_t pictures = 0;
    Estimate shown[3]{}, oracle[3]{}; ///< mean IoU after 1, 3 and 5 clicks; a trace that ended early keeps its last value
    Estimate clicks85{}, clicks90{};  ///< number of clicks to IoU 0.85, 0.90 of the shown mask; the cap where it never got there
    std::size_t failed85 = 0, failed90 = 0;
    Estimate boundary{};
    Estimate calibration{};            ///< |promised - true| IoU of the shown mask after one click
    double respected = 0, lowered = 0; ///< shares of all clicks, of all clicks after the first
    Estimate jitter{};
};
Summary summarise(std::span<const Trace> traces, const Protocol& protocol = {});

/// 1-based number of the first click that reaches `goal`, or nothing.
std::optional<int> clicksTo(std::span<const double> shown, double goal);

} // namespace orrery::segmentation
