// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction sets that the host's kernels are compiled for.
#pragma once

#include "engine/labs/language/host_kernels.h"

namespace orrery::language {

const HostKernels* avx2HostKernels(); ///< null where the machine or the compiler has none (AVX2, FMA, F16C)
float readAllAvx2(const float* values, std::int64_t count);

} // namespace orrery::language
