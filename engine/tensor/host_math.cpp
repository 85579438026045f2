// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/host_math.h"

#include <cblas.h>

#include <algorithm>

namespace orrery::tensor::host {

void multiply(const Product& p) {
    if (p.M == 0 || p.N == 0) return;
    const auto or_ = [](std::int64_t given, std::int64_t contiguous) { return blasint(given ? given : contiguous); };
    cblas_sgemm(CblasRowMajor, p.transposeA ? CblasTrans : CblasNoTrans, p.transposeB ? CblasTrans : CblasNoTrans, blasint(p.M),
                blasint(p.N), blasint(p.K), p.alpha, p.a, std::max<blasint>(1, or_(p.lda, p.transposeA ? p.M : p.K)), p.b,
                std::max<blasint>(1, or_(p.ldb, p.transposeB ? p.K : p.N)), 0, p.c, or_(p.ldc, p.N));
}

OneThread::OneThread() : m_before(openblas_get_num_threads()) { openblas_set_num_threads(1); }
OneThread::~OneThread() { openblas_set_num_threads(m_before); }

int threads() { return openblas_get_num_threads(); }
const char* library() { return openblas_get_config(); }

} // namespace orrery::tensor::host
