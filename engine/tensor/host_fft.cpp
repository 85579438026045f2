// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/host_fft.h"

#include "engine/error.h"
#include "engine/tensor/host_math.h"

#include <fftw3.h>

#include <map>
#include <memory>
#include <mutex>
#include <tuple>

namespace orrery::tensor::host {

namespace {

using Plan = std::unique_ptr<fftwf_plan_s, decltype(&fftwf_destroy_plan)>;

/// Plans are made under one lock (FFTW's planner is not reentrant) and kept; they run on any arrays of the same alignment.
class Planner {
 public:
    Planner() { fftwf_init_threads(); }

    void run(const Transforms& t) {
        const std::scoped_lock lock(m_mutex);
        const Key key{t.what, t.size, t.rows, fftwf_alignment_of(t.in), fftwf_alignment_of(t.out)};
        auto found = m_plans.find(key);
        if (found == m_plans.end()) {
            if (m_plans.size() >= mostPlans) m_plans.clear();
            found = m_plans.emplace(key, make(t)).first;
        }
        fftwf_plan plan = found->second.get();
        auto* const in = reinterpret_cast<fftwf_complex*>(t.in);
        auto* const out = reinterpret_cast<fftwf_complex*>(t.out);
        if (t.what == Transform::fromReal)
            fftwf_execute_dft_r2c(plan, t.in, out);
        else if (t.what == Transform::toReal)
            fftwf_execute_dft_c2r(plan, in, t.out);
        else
            fftwf_execute_dft(plan, in, out);
    }

 private:
    using Key = std::tuple<Transform, std::int64_t, std::int64_t, int, int>;
    static constexpr std::size_t mostPlans = 64;

    /// ESTIMATE touches no array and always gives the same plan, so that bits repeat.
    static Plan make(const Transforms& t) {
        fftwf_plan_with_nthreads(t.size * t.rows >= (1 << 15) ? threads() : 1);
        const int n = int(t.size), rows = int(t.rows), half = n / 2 + 1;
        const unsigned flags = FFTW_ESTIMATE | FFTW_PRESERVE_INPUT;
        auto* const in = reinterpret_cast<fftwf_complex*>(t.in);
        auto* const out = reinterpret_cast<fftwf_complex*>(t.out);
        fftwf_plan plan = nullptr;
        if (t.what == Transform::fromReal)
            plan = fftwf_plan_many_dft_r2c(1, &n, rows, t.in, nullptr, 1, n, out, nullptr, 1, half, flags);
        else if (t.what == Transform::toReal)
            plan = fftwf_plan_many_dft_c2r(1, &n, rows, in, nullptr, 1, half, t.out, nullptr, 1, n, flags);
        else
            plan = fftwf_plan_many_dft(1, &n, rows, in, nullptr, 1, n, out, nullptr, 1, n,
                                       t.what == Transform::forward ? FFTW_FORWARD : FFTW_BACKWARD, flags);
        if (!plan) throw Error("FFTW has no plan for " + std::to_string(rows) + " transforms of " + std::to_string(n));
        return {plan, fftwf_destroy_plan};
    }

    std::mutex m_mutex;
    std::map<Key, Plan> m_plans;
};

} // namespace

void run(const Transforms& t) {
    static Planner planner;
    planner.run(t);
    if (t.scale == 1) return;
    const std::int64_t floats = t.what == Transform::toReal     ? t.size
                                : t.what == Transform::fromReal ? 2 * (t.size / 2 + 1)
                                                                : 2 * t.size;
    for (std::int64_t i = 0; i < t.rows * floats; ++i) t.out[i] *= t.scale;
}

} // namespace orrery::tensor::host
