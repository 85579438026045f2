// SPDX-License-Identifier: GPL-3.0-or-later
// The convolution page's scene: a kernel by the way that is asked for, the signal, their convolution by FFT with or without
// padding, and the recurrence beside it. The clock counts samples.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/statespace/fourier.h"
#include "engine/labs/statespace/kernel.h"

#include <optional>

namespace orrery::statespace {

struct ConvolvingRequest {
    std::string kernel = "dplr";
    std::int64_t N = 32, L = 256;
    double delta = 0.05;
    Padding padding = Padding::doubled;
    double angle = 0.06; ///< of z, turns
    std::shared_ptr<const Vector> signal;
    std::uint64_t seed = 1;
};

class Convolving final : public lab::Scene {
 public:
    void configure(const ConvolvingRequest& request);
    void wake(); ///< someone is looking: computes what is missing
    const ConvolvingRequest& request() const { return m_request; }
    bool ready() const { return m_made; }
    std::int64_t states() const { return m_states; } ///< those in use: a rational function takes few
    const Vector& kernel() const { return m_kernel; }
    const Vector& signal() const { return *m_request.signal; }
    const Vector& convolved() const { return m_convolved; }      ///< by FFT, as padded as asked for
    const Vector& recurrent() const { return m_recurrent; }      ///< step by step
    const ComplexVector& spectrum() const { return m_spectrum; } ///< of the kernel, at L nodes of the circle from z = 1
    double wrapped() const { return m_wrapped; }                 ///< |convolution - recurrence| / |recurrence|

    Complex z() const;
    Complex bySum() const;                    ///< sum of K_l z^l
    std::optional<Complex> byCauchy() const;  ///< pole-free form; none where the kernel is no DPLR's
    std::optional<Complex> published() const; ///< the form that has its pole at z = -1

    int steps() const override { return int(m_request.L); }
    double clock(int step) const override { return m_request.delta * step; }
    std::vector<lab::Mark> marks() const override { return {{0, "start"}, {steps(), "end"}}; }
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    void make();
    void convolve();

    ConvolvingRequest m_request{.L = 0, .signal = std::make_shared<const Vector>()};
    bool m_made = false;
    std::int64_t m_states = 0;
    Vector m_kernel, m_convolved, m_recurrent;
    ComplexVector m_spectrum;
    std::optional<Dplr> m_dplr;
    std::vector<lab::Sample> m_byFft, m_stepwise;
    double m_wrapped = 0;
    int m_position = 0;
};

} // namespace orrery::statespace
