// SPDX-License-Identifier: GPL-3.0-or-later
// One number in one format, bit by bit; and the same number rounded at random again and again. The clock counts those
// stochastic roundings: their mean comes to the number, which nearest rounding never does.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/precision/anatomy.h"
#include "engine/labs/precision/number.h"

namespace orrery::precision {

struct BitsRequest {
    const tensor::Format* format = &tensor::fp16;
    Written number;
    std::uint64_t seed = 1;
};

class Bits final : public lab::Scene {
 public:
    static constexpr int draws = 1000;

    Bits() { configure({}); }
    void configure(const BitsRequest& request);

    const tensor::Format& format() const { return *m_request.format; }
    double wanted() const { return m_request.number.value; } ///< the number as written, float64
    const Anatomy& number() const { return m_number; }       ///< as the format holds it
    const std::array<Rounded, 6>& rounded() const { return m_rounded; }
    const Rounded& chosen() const; ///< of rounded(), the request's format
    /// How far the mean of the first n stochastic roundings is off, in spacings; n up to those that are there.
    double offOf(int n) const;
    int awayOf(int n) const { return m_away[std::size_t(n)]; } ///< that went away from zero

    /// For hover: what one bit is, and the number that flipping it gives.
    std::vector<lab::Fact> inspectBit(int bit) const;
    /// What a number of a format is: code, kind, spacing.
    static std::vector<lab::Fact> inspectNumber(const tensor::Format& format, double value);
    std::vector<lab::Fact> inspectRounding(std::size_t row) const;

    int steps() const override { return draws; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device& device, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    lab::Check checkValue() const;
    lab::Check checkSpacing() const;
    lab::Check checkMean() const;

    BitsRequest m_request;
    Anatomy m_number;
    std::array<Rounded, 6> m_rounded{};
    int m_position = 0;
    std::vector<int> m_away; ///< by number of draws
    std::vector<lab::Sample> m_mean, m_nearest, m_truth;
};

const char* toString(tensor::Kind kind); ///< "normal", English

} // namespace orrery::precision
