// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/neighbours_device.h"

#include "engine/error.h"
#include "engine/labs/embedding/device_rows.h"
#include "engine/labs/embedding/neighbours_ordered.h"
#include "engine/labs/embedding/neighbours_rows.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

using gpu::Access, gpu::Element, tensor::Tensor;

constexpr std::int64_t columns = 128; ///< of a tile of embedding/nearest
constexpr double measuring = 35;      ///< FLOPs of an element in 48 bits

/// More than k, so that the bound of float32 products on the others is beyond the k-th.
std::int64_t keptFor(std::int64_t n, std::int64_t k) { return std::min(n - 1, k + 16 + k / 8); }
std::int64_t roomFor(std::int64_t kept) { return kept <= 128 ? 256 : kept <= 384 ? 512 : 1024; }

struct Held : DeviceWork {
    using DeviceWork::DeviceWork;
    DeviceRows rows, prepared;
    std::vector<Tensor> offsets; ///< of each part
    Tensor inverse, lists, measured, ordered;
};

class Search {
 public:
    Search(gpu::Device& device, Turns& turns, const Matrix& values, std::int64_t k, Metric metric, Progress& progress,
           const DeviceSearchOptions& options, DeviceSearchReport& report)
        : m_device(device),
          m_values(values),
          m_n(values.rows()),
          m_k(k),
          m_keep(keptFor(m_n, k)),
          m_room(roomFor(m_keep)),
          m_metric(metric),
          m_progress(progress),
          m_options(options),
          m_report(report),
          m_aboard(turns, progress, [&] { return std::make_unique<Held>(device); }) {
        const auto& limits = device.info().limits;
        const bool roomy = limits.maxComputeWorkGroupInvocations >= 256 && limits.maxComputeSharedMemorySize >= 20u << 10;
        m_tile = options.tile ? options.tile : roomy && m_n >= 128 * 256 ? 128 : 64;
    }

    Neighbours run() {
        m_report.onDevice = true;
        send();
        Neighbours out{m_n, m_k, std::vector<std::int32_t>(std::size_t(m_n * m_k)), std::vector<float>(std::size_t(m_n * m_k))};
        Ordered ordered(m_values, m_metric, m_prepared, m_factors, m_k, m_keep);
        for (std::int64_t first = 0; first < m_n;) {
            std::int64_t count = std::min(rowsAtOnce(), m_n - first);
            gather(first, count);
            order(first, count);
            ordered.take(first, m_aboard.as<Held>().download.as<std::uint32_t>(), count, out);
            first += count;
        }
        m_aboard.turn([&](tensor::Context&) { m_aboard.as<Held>().download = {}; });
        m_report.doubtfulPairs += ordered.measured();
        m_report.doubtfulRows += std::int64_t(ordered.doubtful().size());
        m_report.slices += m_slice.count() + m_second.count();
        m_report.longestMs = std::max({m_report.longestMs, m_slice.longest(), m_second.longest()});
        if (const auto& rows = ordered.doubtful(); !rows.empty())
            replace(out, rows, neighboursOf(m_values, rows, m_k, m_metric, m_progress));
        return out;
    }

 private:
    void send() {
        const std::vector<double> mean = middleOf(m_values, m_metric);
        m_prepared = prepare(m_values, m_metric, mean, scaleOf(m_values, m_metric, mean));
        m_factors = factorsOf(m_values, m_metric, m_prepared.scale);
        m_progress.at(0.02);
        Held& held = m_aboard.as<Held>();
        const std::int64_t part = m_options.partRows > 0 ? m_options.partRows : rowsOfPart(m_device, m_values.columns());
        held.prepared = sendRows(m_aboard, m_prepared.rows, part, [](std::int64_t) { return 1.0; });
        held.rows = sendRows(m_aboard, m_values, part, [this](std::int64_t i) { return m_factors.scale(i); });
        std::vector<float> inverse(2, 0.0F);
        if (m_metric == Metric::cosine) inverse = m_factors.split();
        m_aboard.turn([&](tensor::Context& context) {
            for (std::size_t p = 0; p < held.prepared.parts.size(); ++p)
                held.offsets.push_back(
                    context.upload({held.prepared.count(p)},
                                   std::span(m_prepared.offsets)
                                       .subspan(std::size_t(held.prepared.first(p)), std::size_t(held.prepared.count(p)))));
            held.inverse = context.upload({std::int64_t(inverse.size())}, inverse);
            context.finish();
        });
        m_prepared.rows = {}; // they are aboard
        m_progress.at(0.05);
    }

    /// Enough to fill the device where it has shown what it can, and no more than lists have room for.
    std::int64_t rowsAtOnce() const {
        const double depth = double((m_values.columns() + 15) / 16 * 16);
        const std::int64_t most = (std::int64_t(64) << 20) / (4 * (4 + 2 * m_room)), part = m_aboard.as<Held>().prepared.partRows;
        const auto wanted = std::int64_t(m_slice.work() / (2 * depth * double(std::min<std::int64_t>(m_n, 1024))));
        return std::clamp<std::int64_t>(wanted / m_tile * m_tile, m_tile,
                                        std::max<std::int64_t>(m_tile, std::min(most, part) / m_tile * m_tile));
    }

    /// The part that holds a row, and the row's number there; a stretch of rows ends with its part.
    void gather(std::int64_t first, std::int64_t& count) {
        Held& held = m_aboard.as<Held>();
        const std::size_t part = std::size_t(first / held.prepared.partRows);
        const std::int64_t within = first - held.prepared.first(part);
        count = std::min(count, held.prepared.count(part) - within);
        m_aboard.turn([&](tensor::Context& context) {
            held.download = {};
            held.lists = context.empty({count, 4 + 2 * m_room}, tensor::DType::i32);
        });
        const double depth = double((m_values.columns() + 15) / 16 * 16);
        bool begins = true;
        for (std::size_t b = 0; b < held.prepared.parts.size(); ++b)
            for (std::int64_t c = 0; c < held.prepared.count(b);) {
                const double perColumn = 2 * depth * double((count + m_tile - 1) / m_tile * m_tile);
                std::int64_t wide = std::max<std::int64_t>(1, std::int64_t(m_slice.work() / perColumn) / columns) * columns;
                wide = std::min(wide, held.prepared.count(b) - c);
                const bool ends = b + 1 == held.prepared.parts.size() && c + wide == held.prepared.count(b);
                const struct {
                    std::uint32_t firstQuery, countQueries, firstList, self, firstBase, countBase, number, depth4, keep, begins,
                        ends;
                    float factor;
                } push{std::uint32_t(within),
                       std::uint32_t(count),
                       0,
                       std::uint32_t(first),
                       std::uint32_t(c),
                       std::uint32_t(wide),
                       std::uint32_t(held.prepared.first(b)),
                       std::uint32_t(held.prepared.groups),
                       std::uint32_t(m_keep),
                       begins,
                       ends,
                       factorOf(m_metric)};
                const double flops = perColumn * double((wide + columns - 1) / columns * columns);
                const double ms = m_aboard.slice([&](tensor::Context& context) {
                    context.run({.kernel = "embedding/nearest",
                                 .tensors = {held.prepared.parts[part], held.prepared.parts[b], held.offsets[b], held.lists},
                                 .bindings = {{"queries", Access::read, Element::vec4},
                                              {"base", Access::read, Element::vec4},
                                              {"offsets", Access::read},
                                              {"lists", Access::readWrite, Element::u32}},
                                 .constants = {m_tile, std::uint32_t(m_room)},
                                 .local = {16, m_tile / 8, 1},
                                 .groups = {std::uint64_t((count + m_tile - 1) / m_tile), 1, 1},
                                 .flops = flops},
                                push);
                });
                m_slice.took(flops, ms);
                m_report.flops += 2.0 * double(m_values.columns()) * double(count) * double(wide), m_report.deviceMs += ms;
                begins = false, c += wide;
                m_progress.at(0.05 + 0.9 * (double(first) + double(count) * double(held.prepared.first(b) + c) / double(m_n)) /
                                         double(m_n));
            }
    }

    void order(std::int64_t first, std::int64_t count) {
        Held& held = m_aboard.as<Held>();
        const std::size_t part = std::size_t(first / held.rows.partRows);
        const std::int64_t within = first - held.rows.first(part);
        std::uint32_t size = 64;
        while (size < m_keep) size *= 2;
        m_aboard.turn([&](tensor::Context& context) {
            held.measured = context.empty({count, m_keep, 2});
            held.ordered = context.empty({count, 2 + 3 * m_keep}, tensor::DType::i32);
        });
        const double each = measuring * 4 * double(held.rows.groups) * double(m_keep);
        for (std::int64_t r = 0; r < count;) {
            const std::int64_t rows = std::clamp<std::int64_t>(std::int64_t(m_second.work() / each), 1, count - r);
            const double ms = m_aboard.slice([&](tensor::Context& context) {
                for (std::size_t b = 0; b < held.rows.parts.size(); ++b) {
                    const struct {
                        std::uint32_t firstQuery, countQueries, firstList, number, countBase, depth4, keep;
                    } push{std::uint32_t(within + r),
                           std::uint32_t(rows),
                           std::uint32_t(r),
                           std::uint32_t(held.rows.first(b)),
                           std::uint32_t(held.rows.count(b)),
                           std::uint32_t(held.rows.groups),
                           std::uint32_t(m_keep)};
                    context.run({.kernel = "embedding/nearest_measure",
                                 .tensors = {held.rows.parts[part], held.rows.parts[b], held.lists, held.measured},
                                 .bindings = {{"queries", Access::read, Element::vec4},
                                              {"base", Access::read, Element::vec4},
                                              {"lists", Access::read, Element::u32},
                                              {"measured", Access::write}},
                                 .constants = {std::uint32_t(m_room), m_metric != Metric::euclid},
                                 .local = {m_options.group, 1, 1},
                                 .groups = tensor::grid(std::uint64_t(rows * m_keep), m_options.group),
                                 .flops = each * double(rows)},
                                push);
                }
                const struct {
                    std::uint32_t firstList, countLists, keep;
                } push{std::uint32_t(r), std::uint32_t(rows), std::uint32_t(m_keep)};
                context.run({.kernel = "embedding/nearest_order",
                             .tensors = {held.lists, held.measured, held.inverse, held.ordered},
                             .bindings = {{"lists", Access::read, Element::u32},
                                          {"measured", Access::readWrite},
                                          {"inverse", Access::readWrite},
                                          {"ordered", Access::write}},
                             .constants = {std::uint32_t(m_room), size, m_metric == Metric::cosine},
                             .local = {m_options.group, 1, 1},
                             .groups = tensor::grid(std::uint64_t(rows), 1)},
                            push);
            });
            m_second.took(each * double(rows), ms);
            m_report.deviceMs += ms, r += rows;
        }
        m_aboard.turn([&](tensor::Context& context) {
            held.download = context.recorder().download({held.ordered.buffer(), 0, held.ordered.paddedBytes()});
            context.finish();
        });
    }

    gpu::Device& m_device;
    const Matrix& m_values;
    std::int64_t m_n, m_k, m_keep, m_room;
    Metric m_metric;
    Progress& m_progress;
    DeviceSearchOptions m_options;
    DeviceSearchReport& m_report;
    Aboard m_aboard;
    std::uint32_t m_tile = 64;
    Prepared m_prepared;
    Factors m_factors;
    Slice m_slice{1e7}, m_second{1e7};
};

} // namespace

bool deviceSearches(const gpu::Device& device, const Matrix& values, std::int64_t k) {
    return values.rows() > 1 && values.rows() < std::int64_t(1) << 27 &&
           keptFor(values.rows(), std::min(k, values.rows() - 1)) <= 1024 - columns && rowsOfPart(device, values.columns()) > 0;
}

Neighbours exactNeighbours(gpu::Device& device, Turns& turns, const Matrix& values, std::int64_t k, Metric metric,
                           Progress& progress, const DeviceSearchOptions& options, DeviceSearchReport* report) {
    k = std::min(k, values.rows() - 1);
    if (k < 1 || !deviceSearches(device, values, k)) return exactNeighbours(values, k, metric, progress);
    DeviceSearchReport unread;
    return Search(device, turns, values, k, metric, progress, options, report ? *report : unread).run();
}

} // namespace orrery::embedding
