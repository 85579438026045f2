// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/host_math.h"

#include <cblas.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#if defined(__GNUC__) && defined(__x86_64__)
#define ORRERY_MAY_CHOOSE_KERNELS 1
extern "C" { // of OpenBLAS, though not in its header; the weak ones are absent from builds for a single processor
char* openblas_get_corename(void);
__attribute__((weak)) void gotoblas_dynamic_init(void);
__attribute__((weak)) void gotoblas_dynamic_quit(void);
}
#endif

namespace orrery::tensor::host {

namespace {

/// OpenBLAS 0.3.21, that of Debian 12, does not know later processors of Intel and falls back to kernels for the Pentium 4,
/// a fifth as fast. What the processor can do is asked instead, unless the user has said what to take.
bool chooseKernels() {
#ifdef ORRERY_MAY_CHOOSE_KERNELS
    constexpr const char* variable = "OPENBLAS_CORETYPE";
    const bool fellBack = std::string_view(openblas_get_corename()) == "Prescott";
    if (!fellBack || std::getenv(variable) || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return false;
    const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
    if (!wide && !(__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))) return false;
    ::setenv(variable, wide ? "SkylakeX" : "Haswell", 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    ::unsetenv(variable);
#endif
    return true;
}

/// Before the first product and before anyone sets the number of threads, which a new choice would forget.
void prepare() { [[maybe_unused]] static const bool chosen = chooseKernels(); }

} // namespace

void multiply(const Product& p) {
    prepare();
    if (p.M == 0 || p.N == 0) return;
    const auto or_ = [](std::int64_t given, std::int64_t contiguous) { return blasint(given ? given : contiguous); };
    cblas_sgemm(CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans, blasint(p.M),
                blasint(p.N), blasint(p.K), p.alpha, p.a, std::max<blasint>(1, or_(p.lda, p.transposeA ? p.M : p.K)), p.b,
                std::max<blasint>(1, or_(p.ldb, p.transposeB ? p.K : p.N)), 0, p.c, or_(p.ldc, p.N));
}

OneThread::OneThread() : m_before(threads()) { openblas_set_num_threads(1); }
OneThread::~OneThread() { openblas_set_num_threads(m_before); }

int threads() {
    prepare();
    return openblas_get_num_threads();
}
const char* library() { return openblas_get_config(); }

} // namespace orrery::tensor::host
