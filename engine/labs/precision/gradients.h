// SPDX-License-Identifier: GPL-3.0-or-later
// The published gradients (engine/tensor/gradient_sample.h) as a histogram of exponents, and what a format does to them once
// they are multiplied by a loss scale. The clock counts gradients.
#pragma once

#include "engine/lab/scene.h"
#include "engine/tensor/precision_stats.h"

namespace orrery::precision {

struct GradientsRequest {
    const tensor::Format* format = &tensor::fp16;
    int log2Scale = 0; ///< of the loss scale
    std::uint64_t seed = 1;
};

class Gradients final : public lab::Scene {
 public:
    static constexpr int pieces = 64, perPiece = 4096;
    static constexpr int lowest = -48, octaves = 2, bins = 24; ///< bin k of |g|: [2^(lowest + 2k), 2^(lowest + 2k + 2))

    Gradients() { configure({}); }
    void configure(const GradientsRequest& request);
    const GradientsRequest& request() const { return m_request; }
    double scale() const;

    /// After the shown step. Counts of unscaled magnitudes: a scale moves the bins and leaves their heights.
    const std::array<std::uint64_t, bins>& histogram() const { return m_pieces[std::size_t(m_position)].counts; }
    const tensor::PrecisionStats& stats() const { return m_stats[std::size_t(m_position)]; } ///< of the scaled ones
    std::uint64_t count() const { return std::uint64_t(m_position) * perPiece; }
    std::vector<lab::Fact> inspect(int bin) const; ///< -1: zeros

    int steps() const override { return pieces; }
    double clock(int step) const override { return double(step) * perPiece; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device& device, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

    /// Share of all gradients whose scaled magnitude lies in [low, high), by the bands that they are drawn from.
    double expectedShare(double low, double high) const;

 private:
    struct Piece {
        std::array<std::uint64_t, bins> counts{}; ///< up to and with this piece
        std::uint64_t zero = 0, elsewhere = 0;
    };
    lab::Check shareCheck(const char* key, const char* label, std::uint64_t counted, double expected) const;
    void addSamples(int step);

    GradientsRequest m_request;
    int m_position = 0;
    std::vector<float> m_values; ///< all of them, made once
    std::vector<Piece> m_pieces;
    std::vector<tensor::PrecisionStats> m_stats;
    std::array<std::vector<lab::Sample>, 4> m_shares; ///< lost, subnormal, normal, overflow in percent
};

} // namespace orrery::precision
