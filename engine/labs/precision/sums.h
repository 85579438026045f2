// SPDX-License-Identifier: GPL-3.0-or-later
// Sums of many terms in every format, term by term: accumulated in the format itself, and in float32 as a master weight or a
// matrix unit does (Micikevicius et al. 2018). The clock counts terms. Every partial sum is kept, so going back shows
// what was there.
#pragma once

#include "engine/lab/scene.h"
#include "engine/tensor/formats.h"

#include <array>

namespace orrery::precision {

enum class Terms {
    same,    ///< start + a + a + …
    uniform, ///< numbers of Philox in (0, 1), made float32
    dot,     ///< x y, both standard normal by Philox, made float32
};

struct SumsRequest {
    const tensor::Format* format = &tensor::fp16; ///< the one that stands out
    Terms terms = Terms::same;
    double start = 0, term = 1; ///< of Terms::same
    int count = 4096;
    std::uint64_t seed = 1;
};

class Sums final : public lab::Scene {
 public:
    static constexpr std::size_t formats = tensor::formats.size();
    static constexpr int mostTerms = 65536;

    Sums() { configure({}); }
    void configure(const SumsRequest& request);
    const SumsRequest& request() const { return m_request; }

    /// After n terms, n up to computed(). `row` counts as in tensor::formats.
    int computed() const { return int(m_exact.size()) - 1; }
    double exact(int n) const { return m_exact[std::size_t(n)]; } ///< float64, of terms not rounded
    double inFormat(std::size_t row, int n) const { return m_rows[row].sums[std::size_t(n)]; }
    double inFloat32(std::size_t row, int n) const { return m_rows[row].masters[std::size_t(n)]; }
    double magnitude(int n) const { return m_magnitude[std::size_t(n)]; }                         ///< sum of |terms|
    int swallowed(std::size_t row, int n) const { return m_rows[row].swallowed[std::size_t(n)]; } ///< terms that changed nothing
    /// |sum - exact| as a share of the magnitude; of the sum in the format.
    double error(std::size_t row, int n) const;
    std::size_t chosen() const; ///< the request's row

    std::vector<lab::Fact> inspect(std::size_t row, int n) const;
    /// Where a sum of equal terms stops growing: half the spacing there reaches the term. Infinite where it never does.
    static double sticksAt(const tensor::Format& format, double start, double term);

    int steps() const override { return m_request.count; }
    std::vector<lab::Mark> marks() const override;
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device& device, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    struct Row {
        std::vector<double> sums, masters;
        std::vector<int> swallowed;
        std::vector<double> inputs; ///< sum of the errors of rounding the terms
        std::vector<double> bound;  ///< what all additions in the format may be off by, added up
    };
    struct Pair {
        double x = 0, y = 1; ///< the term is x y
    };
    Pair term(int n) const; ///< from 1
    void restart();
    void addTerm();
    void addSamples(int n);
    void chooseSamples();
    lab::Check checkClosedForm() const;
    lab::Check checkMaster() const;
    lab::Check checkFormat() const;
    std::vector<lab::Check> checkSticking() const;

    SumsRequest m_request;
    int m_position = 0, m_stride = 1;
    std::vector<double> m_exact, m_magnitude;
    double m_compensation = 0, m_running = 0;
    std::array<Row, formats> m_rows;
    std::vector<lab::Sample> m_sum, m_master, m_truth;
    std::array<std::vector<lab::Sample>, formats> m_errors;
};

} // namespace orrery::precision
