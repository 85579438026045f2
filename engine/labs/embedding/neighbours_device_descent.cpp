// SPDX-License-Identifier: GPL-3.0-or-later
// NN-descent on the device: the projections of a forest, its leaves and the rounds there, the halving of the forest's parts here.
#include "engine/labs/embedding/device_rows.h"
#include "engine/labs/embedding/neighbours_device.h"
#include "engine/labs/embedding/neighbours_ordered.h"
#include "engine/labs/embedding/neighbours_rows.h"
#include "engine/philox.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace orrery::embedding {

namespace {

using gpu::Access, gpu::Element, tensor::Tensor;

constexpr std::int64_t trees = 6, leaf = 48;
constexpr std::int64_t explored = 24, reversed = 16; ///< neighbours of a row whose neighbours are looked at, forward and back
constexpr std::int64_t mostListed = 384;             ///< with those looked at, what a workgroup's table of 2,048 holds
constexpr std::uint32_t treeStream = 0x54524545;
constexpr std::int32_t none = -1;

struct Held : DeviceWork {
    using DeviceWork::DeviceWork;
    DeviceRows rows;
    Tensor before, after, around, slots;
};

class Descent {
 public:
    Descent(gpu::Device& device, Turns& turns, const Matrix& values, std::int64_t k, Metric metric, std::uint64_t seed,
            Progress& progress, const DeviceSearchOptions& options, DeviceSearchReport& report)
        : m_values(values),
          m_n(values.rows()),
          m_k(k),
          m_forward(std::min(k, explored)),
          m_width(m_forward + reversed),
          m_metric(metric),
          m_seed(seed),
          m_progress(progress),
          m_group(std::min(options.group, 128U)),
          m_report(report),
          m_aboard(turns, progress, [&] { return std::make_unique<Held>(device); }) {
        while (m_size < std::uint32_t(k) + 128) m_size *= 2;
    }

    Neighbours run() {
        m_report.onDevice = true;
        const std::vector<double> mean = middleOf(m_values, m_metric);
        m_prepared = prepare(m_values, m_metric, mean, scaleOf(m_values, m_metric, mean));
        Held& held = m_aboard.as<Held>();
        held.rows = sendRows(m_aboard, m_prepared.rows, m_n, [](std::int64_t) { return 1.0; });
        m_progress.at(0.05);
        plant();
        for (int round = 0; round < 12; ++round) {
            connect();
            const std::int64_t fresh = explore(false, m_width);
            ++m_report.rounds;
            m_progress.at(0.4 + 0.5 * (round + 1) / 12);
            if (double(fresh) < 0.001 * double(m_n * m_k)) break;
        }
        return result();
    }

 private:
    /// Calls `record(context, first, count)` for rows in slices.
    void inSlices(Slice& slice, double each, std::int64_t items,
                  const std::function<void(tensor::Context&, std::uint32_t, std::uint32_t)>& record) {
        for (std::int64_t first = 0; first < items;) {
            const std::int64_t count = std::clamp<std::int64_t>(std::int64_t(slice.work() / each), 1, items - first);
            const double ms =
                m_aboard.slice([&](tensor::Context& context) { record(context, std::uint32_t(first), std::uint32_t(count)); });
            slice.took(each * double(count), ms);
            m_report.deviceMs += ms, ++m_report.slices, m_report.longestMs = std::max(m_report.longestMs, slice.longest());
            first += count;
        }
    }

    struct Part {
        std::int64_t tree, begin, end; ///< places in the order of all trees
        std::uint32_t node;
    };

    /// Splits by the plane between two random rows until leaves are small, all trees level by level; then all pairs of a leaf.
    void plant() {
        std::vector<std::int32_t> order(std::size_t(trees * m_n)), ends(2 * order.size());
        std::vector<Part> level, done;
        for (std::int64_t t = 0; t < trees; ++t) {
            for (std::int64_t i = 0; i < m_n; ++i) order[std::size_t(t * m_n + i)] = std::int32_t(i);
            level.push_back({t, t * m_n, (t + 1) * m_n, 1});
        }
        for (int depth = 1; !level.empty(); ++depth) {
            for (const Part& part : level) {
                const Philox4 words = philox(m_seed, part.node, std::uint32_t(part.tree), treeStream);
                const auto size = std::uint64_t(part.end - part.begin);
                const std::int32_t a = order[std::size_t(part.begin) + (std::uint64_t(words[0]) * size >> 32)],
                                   b = order[std::size_t(part.begin) + (std::uint64_t(words[1]) * size >> 32)];
                for (std::int64_t p = part.begin; p < part.end; ++p)
                    ends[std::size_t(2 * p)] = a, ends[std::size_t(2 * p + 1)] = b;
            }
            const std::vector<float> along = project(order, ends);
            std::vector<std::array<Part, 2>> halves(level.size());
            tensor::host::parallel(std::int64_t(level.size()), [&](std::int64_t p, int) {
                const Part part = level[std::size_t(p)];
                std::vector<std::pair<float, std::int32_t>> keyed;
                for (std::int64_t i = part.begin; i < part.end; ++i)
                    keyed.emplace_back(along[std::size_t(i)], order[std::size_t(i)]);
                const std::int64_t middle = std::int64_t(keyed.size()) / 2;
                std::nth_element(keyed.begin(), keyed.begin() + middle, keyed.end());
                // within a half the order is another library's choice; the next level must not depend on it
                const auto byRow = [](const auto& a, const auto& b) { return a.second < b.second; };
                std::sort(keyed.begin(), keyed.begin() + middle, byRow), std::sort(keyed.begin() + middle, keyed.end(), byRow);
                for (std::size_t i = 0; i < keyed.size(); ++i) order[std::size_t(part.begin) + i] = keyed[i].second;
                halves[std::size_t(p)] = {Part{part.tree, part.begin, part.begin + middle, 2 * part.node},
                                          Part{part.tree, part.begin + middle, part.end, 2 * part.node + 1}};
            });
            level.clear();
            for (const auto& pair : halves)
                for (const Part& part : pair) (part.end - part.begin <= leaf ? done : level).push_back(part);
            m_progress.at(std::min(0.3, 0.05 + 0.015 * depth));
        }
        std::vector<std::int32_t> around(std::size_t(3 * trees * m_n));
        std::copy(order.begin(), order.end(), around.begin() + 2 * trees * m_n);
        for (const Part& part : done)
            for (std::int64_t p = part.begin; p < part.end; ++p) {
                const std::size_t at = std::size_t((order[std::size_t(p)] * trees + part.tree) * 2);
                around[at] = std::int32_t(part.begin), around[at + 1] = std::int32_t(part.end - part.begin);
            }
        Held& held = m_aboard.as<Held>();
        m_aboard.slice([&](tensor::Context& context) {
            held.around = context.upload({std::int64_t(around.size())}, around);
            held.before = context.empty({2 * m_n * m_k + 1}, tensor::DType::i32);
            held.after = context.empty({2 * m_n * m_k + 1}, tensor::DType::i32);
            context.recorder().fill({held.before.buffer(), 0, held.before.paddedBytes()}, std::uint32_t(none));
        });
        explore(true, trees);
        m_aboard.turn([&](tensor::Context& context) {
            held.around = context.empty({m_n * m_width}, tensor::DType::i32);
            held.slots = context.empty({m_n * reversed}, tensor::DType::i32);
        });
    }

    std::vector<float> project(const std::vector<std::int32_t>& order, const std::vector<std::int32_t>& ends) {
        Held& held = m_aboard.as<Held>();
        struct Sent {
            Tensor order, ends, along;
        };
        auto sent = std::make_unique<Sent>();
        const auto places = std::int64_t(order.size());
        m_aboard.slice([&](tensor::Context& context) {
            *sent = {context.upload({places}, order), context.upload({2 * places}, ends), context.empty({places})};
        });
        const auto depth4 = std::uint32_t(held.rows.groups);
        inSlices(m_projecting, 20.0 * depth4, places, [&](tensor::Context& context, std::uint32_t first, std::uint32_t count) {
            const struct { std::uint32_t first, count, depth4; } push{first, count, depth4};
            context.run({.kernel = "embedding/descent_project",
                         .tensors = {held.rows.parts[0], sent->order, sent->ends, sent->along},
                         .bindings = {{"rows", Access::read, Element::vec4},
                                      {"order", Access::read, Element::u32},
                                      {"ends", Access::read, Element::u32},
                                      {"along", Access::write}},
                         .local = {m_group, 1, 1},
                         .groups = tensor::grid(count, m_group)},
                        push);
        });
        std::vector<float> along;
        m_aboard.turn([&](tensor::Context& context) {
            along = context.read(sent->along);
            sent.reset();
        });
        return along;
    }

    /// Whom each row asks this round.
    void connect() {
        Held& held = m_aboard.as<Held>();
        m_aboard.turn([&](tensor::Context& context) {
            context.recorder().fill({held.slots.buffer(), 0, held.slots.paddedBytes()}, std::uint32_t(none));
        });
        const struct Numbers {
            std::uint32_t k, forward, reversed;
        } numbers{std::uint32_t(m_k), std::uint32_t(m_forward), std::uint32_t(reversed)};
        struct Push {
            std::uint32_t first, count;
            Numbers numbers;
        };
        inSlices(m_connecting, double(m_forward * reversed), m_n,
                 [&](tensor::Context& context, std::uint32_t first, std::uint32_t count) {
                     context.run({.kernel = "embedding/descent_reverse",
                                  .tensors = {held.before, held.slots},
                                  .bindings = {{"lists", Access::read, Element::u32}, {"slots", Access::readWrite, Element::u32}},
                                  .local = {m_group, 1, 1},
                                  .groups = tensor::grid(std::uint64_t(count) * std::uint64_t(m_forward), m_group)},
                                 Push{first, count, numbers});
                 });
        inSlices(m_gathering, double(m_width), m_n, [&](tensor::Context& context, std::uint32_t first, std::uint32_t count) {
            context.run({.kernel = "embedding/descent_around",
                         .tensors = {held.before, held.slots, held.around},
                         .bindings = {{"lists", Access::read, Element::u32},
                                      {"slots", Access::read, Element::u32},
                                      {"around", Access::write, Element::u32}},
                         .local = {m_group, 1, 1},
                         .groups = tensor::grid(std::uint64_t(count) * std::uint64_t(m_width), m_group)},
                        Push{first, count, numbers});
        });
    }

    /// Every row looks around; returns how many entries of all lists are new.
    std::int64_t explore(bool leaves, std::int64_t width) {
        Held& held = m_aboard.as<Held>();
        const std::uint64_t counter = std::uint64_t(2 * m_n * m_k) * 4;
        m_aboard.turn([&](tensor::Context& context) { context.recorder().fill({held.after.buffer(), counter, 4}, 0); });
        const double each = 3 * 4 * double(held.rows.groups) * double(leaves ? trees * leaf : m_width * m_width / 4);
        inSlices(leaves ? m_planting : m_exploring, each, m_n,
                 [&](tensor::Context& context, std::uint32_t first, std::uint32_t count) {
                     const struct {
                         std::uint32_t first, count, all, k, width, forward, depth4;
                     } push{first,
                            count,
                            std::uint32_t(m_n),
                            std::uint32_t(m_k),
                            std::uint32_t(width),
                            std::uint32_t(m_forward),
                            std::uint32_t(held.rows.groups)};
                     context.run({.kernel = "embedding/descent_explore",
                                  .tensors = {held.rows.parts[0], held.before, held.around, held.after},
                                  .bindings = {{"rows", Access::read, Element::vec4},
                                               {"before", Access::read, Element::u32},
                                               {"around", Access::read, Element::u32},
                                               {"after", Access::readWrite, Element::u32}},
                                  .constants = {m_size, leaves, m_metric != Metric::euclid},
                                  .local = {m_group, 1, 1},
                                  .groups = tensor::grid(count, 1)},
                                 push);
                 });
        std::int64_t fresh = 0;
        m_aboard.turn([&](tensor::Context& context) {
            const gpu::Download download = context.recorder().download({held.after.buffer(), counter, 4});
            context.finish();
            fresh = download.as<std::uint32_t>()[0];
            std::swap(held.before, held.after);
        });
        return fresh;
    }

    Neighbours result() {
        Held& held = m_aboard.as<Held>();
        m_aboard.slice([&](tensor::Context& context) {
            held.download = context.recorder().download({held.before.buffer(), 0, std::uint64_t(2 * m_n * m_k) * 4});
        });
        const std::span<const std::uint32_t> lists = held.download.as<std::uint32_t>();
        Neighbours out{m_n, m_k, std::vector<std::int32_t>(std::size_t(m_n * m_k)), std::vector<float>(std::size_t(m_n * m_k))};
        const double scale = m_prepared.scale;
        tensor::host::parallel((m_n + 1023) / 1024, [&](std::int64_t block, int) {
            for (std::int64_t i = block * 1024; i < std::min(m_n, (block + 1) * 1024); ++i)
                for (std::int64_t j = 0; j < m_k; ++j) {
                    const double value = std::bit_cast<float>(lists[std::size_t(2 * i * m_k + m_k + j)]);
                    out.index[std::size_t(i * m_k + j)] = std::int32_t(lists[std::size_t(2 * i * m_k + j)] >> 1);
                    out.distance[std::size_t(i * m_k + j)] = float(m_metric == Metric::euclid   ? std::sqrt(value) / scale
                                                                   : m_metric == Metric::cosine ? 1 + value
                                                                                                : value / (scale * scale));
                }
        });
        std::vector<std::int64_t> unfilled; // lists that never filled: parts of the graph that nothing leads out of
        for (std::int64_t i = 0; i < m_n; ++i)
            if (lists[std::size_t(2 * i * m_k + m_k - 1)] == std::uint32_t(none)) unfilled.push_back(i);
        m_aboard.turn([&](tensor::Context&) { held.download = {}; });
        m_report.doubtfulRows += std::int64_t(unfilled.size());
        if (!unfilled.empty()) replace(out, unfilled, neighboursOf(m_values, unfilled, m_k, m_metric, m_progress));
        return out;
    }

    const Matrix& m_values;
    std::int64_t m_n, m_k, m_forward, m_width;
    Metric m_metric;
    std::uint64_t m_seed;
    Progress& m_progress;
    std::uint32_t m_group, m_size = 256;
    DeviceSearchReport& m_report;
    Aboard m_aboard;
    Prepared m_prepared;
    Slice m_projecting{1e6}, m_planting{1e6}, m_connecting{1e5}, m_gathering{1e5}, m_exploring{1e6};
};

/// Tables and lists that a binding holds whole.
bool fits(const gpu::Device& device, const Matrix& values, std::int64_t k) {
    const std::int64_t n = values.rows();
    std::uint64_t words = device.info().limits.maxStorageBufferRange / 4;
    if (device.readPath() == gpu::ReadPath::texel)
        words = std::min<std::uint64_t>(words, device.info().limits.maxTexelBufferElements);
    const std::int64_t most = std::max({2 * n * k + 1, n * (explored + reversed), 3 * trees * n});
    return k <= mostListed && n < std::int64_t(1) << 27 && n <= rowsOfPart(device, values.columns()) &&
           std::uint64_t(most) <= words;
}

} // namespace

Neighbours approximateNeighbours(gpu::Device& device, Turns& turns, const Matrix& values, std::int64_t k, Metric metric,
                                 std::uint64_t seed, Progress& progress, const DeviceSearchOptions& options,
                                 DeviceSearchReport* report) {
    if (values.rows() <= 4 * leaf || k >= values.rows() / 4)
        return exactNeighbours(device, turns, values, k, metric, progress, options, report);
    if (!fits(device, values, k)) return approximateNeighbours(values, k, metric, seed, progress);
    DeviceSearchReport unread;
    return Descent(device, turns, values, k, metric, seed, progress, options, report ? *report : unread).run();
}

} // namespace orrery::embedding
