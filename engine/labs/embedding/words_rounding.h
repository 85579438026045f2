// SPDX-License-Identifier: GPL-3.0-or-later
// Rows kept in float16: each number is brought to one of the format's after every update, as if it were stored so.
#pragma once

#include "engine/labs/embedding/words_state.h"
#include "engine/philox.h"
#include "engine/tensor/formats.h"

#include <array>

namespace orrery::embedding {

class Rounder {
 public:
    Rounder(const WordSettings& settings, std::uint32_t epoch)
        : m_format(settings.format), m_seed(settings.seed), m_step(epoch) {}
    explicit operator bool() const { return m_format != WordFormat::fp32; }

    /// `place` and `which` tell one rounding by chance from every other.
    void operator()(float* row, std::int64_t stride, std::uint32_t place, std::uint32_t which = 0) const {
        if (m_format == WordFormat::fp16) {
            std::array<std::uint16_t, 64> codes;
            for (std::int64_t i = 0; i < stride; i += 64) {
                const auto count = std::size_t(std::min<std::int64_t>(64, stride - i));
                tensor::halfFromFloat({row + i, count}, {codes.data(), count});
                tensor::floatFromHalf({codes.data(), count}, {row + i, count});
            }
        } else if (m_format == WordFormat::fp16Random) {
            for (std::int64_t i = 0; i < stride; i += 4) {
                const Philox4 words = philox({place, m_step, roundingStream + which, std::uint32_t(i)},
                                             {std::uint32_t(m_seed), std::uint32_t(m_seed >> 32)});
                for (std::size_t j = 0; j < 4; ++j)
                    row[i + std::int64_t(j)] =
                        tensor::roundTo(tensor::fp16, row[i + std::int64_t(j)], tensor::Rounding::stochastic(words[j]));
            }
        }
    }

 private:
    static constexpr std::uint32_t roundingStream = 0x400;
    WordFormat m_format;
    std::uint64_t m_seed;
    std::uint32_t m_step;
};

} // namespace orrery::embedding
