// SPDX-License-Identifier: GPL-3.0-or-later
// The instruction sets that the host's kernels are compiled for.
#pragma once

#include "engine/labs/language/host_kernels.h"

namespace orrery::language {

/// Null where the machine or the compiler has none (AVX2, FMA, F16C). AVX-512 was tried on a Zen 4 and gained nothing.
const HostKernels* avx2HostKernels();

} // namespace orrery::language
