// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/layout_host.h"

#include "engine/tensor/host_threads.h"

#include <algorithm>

namespace orrery::tensor::host {

namespace {

constexpr std::int64_t wordsOfTask = 1 << 16;

} // namespace

void gather(const Gather& how, const std::uint32_t* from, std::uint32_t* to) {
    // Axes [axis, 6) are one run of `run` words, the axis before it goes line by line.
    std::size_t axis = 6;
    std::int64_t run = 1;
    while (axis > 0) {
        const std::size_t a = axis - 1;
        const bool together = how.size[a] == 1 ? how.low[a] == 0 && how.high[a] >= 1
                                               : how.stride[a] == run && how.low[a] == 0 && how.high[a] == how.size[a];
        if (!together) break;
        run *= how.size[a], axis = a;
    }
    const std::size_t inner = axis == 0 ? 0 : axis - 1; // goes in the innermost loop
    const std::int64_t width = axis == 0 ? 1 : how.size[inner], step = axis == 0 ? 0 : how.stride[inner];
    const std::int64_t first = axis == 0 ? 0 : how.low[inner], end = axis == 0 ? 1 : first + how.high[inner];
    std::int64_t lines = 1;
    for (std::size_t a = 0; a < inner; ++a) lines *= how.size[a];
    const std::int64_t line = width * run, each = std::max<std::int64_t>(1, wordsOfTask / std::max<std::int64_t>(1, line));
    parallel((lines + each - 1) / each, [&](std::int64_t task, int) {
        for (std::int64_t n = task * each; n < std::min(lines, (task + 1) * each); ++n) {
            std::int64_t rest = n, place = how.base;
            bool inside = true;
            for (std::size_t a = inner; a-- > 0;) {
                const std::int64_t index = rest % how.size[a] - how.low[a];
                rest /= how.size[a];
                inside = inside && index >= 0 && index < how.high[a];
                place += index * how.stride[a];
            }
            std::uint32_t* const row = to + n * line;
            const std::int64_t low = inside ? std::clamp<std::int64_t>(first, 0, width) : width;
            const std::int64_t high = inside ? std::clamp<std::int64_t>(end, low, width) : width;
            std::fill_n(row, low * run, 0U);
            const std::uint32_t* source = from + place + (low - first) * step;
            if (run == 1)
                for (std::int64_t i = low; i < high; ++i, source += step) row[i] = *source;
            else if (step == run)
                std::copy_n(source, (high - low) * run, row + low * run);
            else
                for (std::int64_t i = low; i < high; ++i, source += step) std::copy_n(source, run, row + i * run);
            std::fill_n(row + high * run, (width - high) * run, 0U);
        }
    });
}

} // namespace orrery::tensor::host
