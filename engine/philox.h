// SPDX-License-Identifier: GPL-3.0-or-later
// Philox 4x32-10 (Salmon et al., SC 2011): counter-based random numbers, the host twin of shaders/common/philox.glsl.
// A draw depends only on (seed, item, step, stream), never on how many others there are.
#pragma once

#include <array>
#include <cstdint>

namespace orrery {

using Philox4 = std::array<std::uint32_t, 4>;

constexpr Philox4 philox(Philox4 counter, std::array<std::uint32_t, 2> key) {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t a = 0xD2511F53ull * counter[0], b = 0xCD9E8D57ull * counter[2];
        counter = {std::uint32_t(b >> 32) ^ counter[1] ^ key[0], std::uint32_t(b), std::uint32_t(a >> 32) ^ counter[3] ^ key[1],
                   std::uint32_t(a)};
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    return counter;
}

/// Four words for (seed, item, step, stream): counter (item, step, stream, 0), key = seed's two halves.
constexpr Philox4 philox(std::uint64_t seed, std::uint32_t item, std::uint32_t step, std::uint32_t stream) {
    return philox({item, step, stream, 0}, {std::uint32_t(seed), std::uint32_t(seed >> 32)});
}

/// In (0, 1): (word + ½)·2⁻³², so that a logarithm of it is finite.
constexpr double unitOpen(std::uint32_t word) { return (double(word) + 0.5) * 0x1p-32; }

/// Two independent standard normals by Box–Muller from words 0 and 1.
std::array<double, 2> normalPair(const Philox4& words);

} // namespace orrery
