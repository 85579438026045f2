// SPDX-License-Identifier: GPL-3.0-or-later
// The host's libraries, for CPU devices only: BLAS over the device's own memory. Called between submissions (Context::onHost).
#pragma once

#include <cstdint>

namespace orrery::tensor::host {

struct Product {
    std::int64_t M = 0, N = 0, K = 0;
    bool transposeA = false, transposeB = false;
    const float* a = nullptr;
    const float* b = nullptr;
    float* c = nullptr;
    std::int64_t lda = 0, ldb = 0, ldc = 0; ///< row lengths; 0: contiguous
    float alpha = 1;
};
/// c = alpha a b, row-major, on all cores.
void multiply(const Product& product);

/// Uses one thread for BLAS calls while it lives: for callers that run several of them side by side.
class OneThread {
 public:
    OneThread();
    ~OneThread();
    OneThread(const OneThread&) = delete;

 private:
    int m_before;
};

int threads(); ///< that BLAS uses
const char* library();

} // namespace orrery::tensor::host
