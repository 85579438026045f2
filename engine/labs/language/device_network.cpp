// SPDX-License-Identifier: GPL-3.0-or-later
// A whole model on a Vulkan device: six dispatches a layer (norm; queries, keys and values with rotation, straight into the
// cache; attention; output added to the stream; norm; up with its activation; down added), a few command lists a pass. What
// is small goes over the host: rows of the tables in, hidden states and logits out.
#include "engine/error.h"
#include "engine/labs/language/device_weights.h"
#include "engine/labs/language/laps.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>

namespace orrery::language {

namespace {

using gpu::Access;
using gpu::Buffer;
using gpu::Element;

constexpr std::uint32_t locals = 128, mostColumns = 16;
constexpr int layersOfAList = 14; // a command list has room for 96 timestamps

enum class Mode : std::uint32_t { store, add, activate, gated, place };

struct ProductPush {
    std::uint32_t rows = 0, firstRow = 0, rowStride = 0, xStride = 0, yStride = 0, count = 0, hasBias = 0;
    std::uint32_t heads = 0, keyHeads = 0, headSize = 0, headStride = 0, rotates = 0, rowsAt = 0, anglesAt = 0;
};
struct NormPush {
    std::uint32_t width, groups;
    float epsilon;
};
struct AttentionPush {
    std::uint32_t committed, heads, group, headSize, size4, rowStride, mixedStride, endsAt, chainsAt;
    float scale;
};

std::atomic<bool> shapedAsForGpu{false};

/// Sums that an invocation holds for so many columns in one go. Not all numbers up to 16, since each is a pipeline of its own.
std::uint32_t columnsFor(std::uint32_t count, bool few) {
    const std::uint32_t rounds = (count + mostColumns - 1) / mostColumns, each = (count + rounds - 1) / rounds;
    for (const std::uint32_t columns : {1U, 2U, 4U, 6U, 8U, 12U})
        if (each <= columns && !(few && (columns == 6 || columns == 12))) return columns;
    return mostColumns;
}

class DeviceNetwork final : public Network {
 public:
    DeviceNetwork(std::shared_ptr<const ModelWeights> weights, gpu::Device& device)
        : m_weights(std::move(weights)),
          m_device(device),
          m_on(uploadWeights(device, *m_weights)),
          m_dummy(zeroed("nothing", 64)) {
        const ModelConfig& c = config();
        if (std::string why = refusal(c); !why.empty()) throw Error(c.source + ": " + why);
        m_width = std::uint32_t(padded(c.width)), m_inner = std::uint32_t(padded(c.inner)),
        m_head = std::uint32_t(padded(c.headSize));
        m_mixedWidth = std::uint32_t(padded(c.queryWidth())), m_row = std::uint32_t(c.keyHeads) * m_head;
        m_norm = gpu::Kernel(device, {.name = "language/norm",
                                      .bindings = {{"x", Access::read, Element::vec4},
                                                   {"weight", Access::read, Element::vec4},
                                                   {"bias", Access::read, Element::vec4},
                                                   {"y", Access::write, Element::vec4}},
                                      .pushBytes = sizeof(NormPush),
                                      .local = {locals, 1, 1},
                                      .constants = {c.layerNorm() ? 1U : 0U}});
        m_attention = gpu::Kernel(device, {.name = "language/attention",
                                           .bindings = {{"queries", Access::read, Element::vec4},
                                                        {"keys", Access::read, Element::vec4},
                                                        {"values", Access::read, Element::vec4},
                                                        {"step", Access::read, Element::u32},
                                                        {"mixed", Access::write, Element::f32}},
                                           .pushBytes = sizeof(AttentionPush),
                                           .local = {locals, 1, 1}});
    }

    void run(const Pass& pass, float* logits, bool lastOnly, float* hidden) override {
        m_times = {};
        Laps whole(&m_times);
        prepare(pass, logits ? (lastOnly ? 1 : pass.count) : 0);
        const auto layers = int(m_on.blocks.size());
        std::vector<std::string> lists;
        for (int first = 0; first == 0 || first < layers; first += layersOfAList) {
            lists.push_back("language " + std::to_string(first / layersOfAList));
            gpu::Recorder r = m_device.record(lists.back(), !m_device.isCpu());
            if (first == 0) begin(r, pass);
            for (int l = first; l < std::min(first + layersOfAList, layers); ++l) layer(r, pass, std::size_t(l));
            m_device.submit(std::move(r));
        }
        gpu::Recorder r = m_device.record("language logits", !m_device.isCpu());
        norm(r, pass.count, m_on.norm, m_on.normBias);
        const gpu::Download states = r.download({m_normed, 0, std::uint64_t(pass.count) * m_width * 4});
        gpu::Download rows;
        if (logits) rows = output(r, pass.count, lastOnly);
        m_device.wait(m_device.submit(std::move(r)));
        for (int i = 0; hidden && i < pass.count; ++i)
            std::memcpy(hidden + std::int64_t(i) * config().width, states.as<float>().data() + std::size_t(i) * m_width,
                        std::size_t(config().width) * sizeof(float));
        if (logits) std::memcpy(logits, rows.as<float>().data(), rows.as<float>().size_bytes());
        whole(&StepTimes::total);
        if (!m_device.isCpu()) tellTimes(lists);
    }

    void move(const TokenTree::Moves& moves) override { m_moves.insert(m_moves.end(), moves.begin(), moves.end()); }

    std::vector<float> cacheRow(int layer, int row) override {
        std::vector<float> both;
        std::array<gpu::Download, 2> downloads;
        gpu::Recorder r = m_device.record("language cache");
        moveRows(r);
        const auto l = std::size_t(layer);
        for (std::size_t i = 0; i < 2; ++i) downloads[i] = r.download(cacheRange(i ? m_values[l] : m_keys[l], row));
        m_device.wait(m_device.submit(std::move(r)));
        for (const gpu::Download& download : downloads)
            for (int head = 0; head < config().keyHeads; ++head) {
                const auto from = download.as<float>().begin() + std::ptrdiff_t(std::uint32_t(head) * m_head);
                both.insert(both.end(), from, from + config().headSize);
            }
        return both;
    }

    const StepTimes& times() const override { return m_times; }
    const char* where() const override { return "Vulkan"; }

 private:
    const ModelConfig& config() const { return m_weights->config; }

    Buffer zeroed(const char* name, std::uint64_t bytes) {
        const Buffer buffer = m_device.buffer({.name = name, .size = bytes});
        m_device.run("language", [&](gpu::Recorder& r) { r.fill(buffer, 0); });
        return buffer;
    }

    gpu::BufferRange cacheRange(const Buffer& cache, int row) const {
        return {cache, std::uint64_t(row) * m_row * 4, std::uint64_t(m_row) * 4};
    }

    /// Room for the nodes of a pass and the rows of the cache; new buffers are zero, so that what fills up rows is.
    void prepare(const Pass& pass, int logitRows) {
        const ModelConfig& c = config();
        const auto n = std::uint64_t(pass.count);
        if (n > m_nodes) {
            m_nodes = std::uint64_t(n <= 16 ? 16 : mostNodes);
            m_x = zeroed("stream", m_nodes * m_width * 4), m_normed = zeroed("normed", m_nodes * m_width * 4);
            m_queries = zeroed("queries", m_nodes * std::uint64_t(c.heads) * m_head * 4);
            m_mixed = zeroed("mixed", m_nodes * m_mixedWidth * 4), m_hidden = zeroed("inner", m_nodes * m_inner * 4);
            m_single = zeroed("last", std::uint64_t(m_width) * 4);
        }
        if (std::uint64_t(logitRows) > m_logitRows) {
            m_logitRows = std::uint64_t(logitRows <= 16 ? 16 : mostNodes);
            m_logits = zeroed("logits", m_logitRows * std::uint64_t(c.vocabulary) * 4);
        }
        std::int64_t rows = 0;
        for (int i = 0; i < pass.count; ++i) rows = std::max<std::int64_t>(rows, pass.rows[i] + 1);
        if (rows <= m_rows) return;
        const std::int64_t before = m_rows;
        m_rows = std::max(rows, std::min<std::int64_t>(std::max<std::int64_t>(2 * m_rows, 128), c.context + mostNodes));
        m_keys.resize(m_on.blocks.size()), m_values.resize(m_on.blocks.size());
        for (std::vector<Buffer>* cache : {&m_keys, &m_values})
            for (Buffer& buffer : *cache) {
                const Buffer larger = zeroed("cache", std::uint64_t(m_rows) * m_row * 4);
                const std::uint64_t kept = std::uint64_t(before) * m_row * 4;
                if (kept) m_device.run("language", [&](gpu::Recorder& r) { r.copy({buffer, 0, kept}, {larger, 0, kept}); });
                buffer = larger;
            }
    }

    void moveRows(gpu::Recorder& r) {
        for (const auto& [from, to] : m_moves)
            for (const std::vector<Buffer>* cache : {&m_keys, &m_values})
                for (const Buffer& buffer : *cache) r.copy(cacheRange(buffer, from), cacheRange(buffer, to));
        m_moves.clear();
    }

    /// Rows of the tables, and what a pass is: [rows | ends of chains | chains | cosines and sines of each node].
    void begin(gpu::Recorder& r, const Pass& pass) {
        moveRows(r);
        const ModelConfig& c = config();
        const auto n = std::size_t(pass.count), width = std::size_t(c.width);
        std::vector<float> stream(n * m_width, 0.0F), position(width);
        for (std::size_t i = 0; i < n; ++i) {
            const std::span<float> row(stream.data() + i * m_width, width);
            m_weights->embedding.rowFloats(pass.tokens[i], row);
            if (!m_weights->positions) continue;
            m_weights->positions.rowFloats(pass.positions[i], position);
            for (std::size_t k = 0; k < width; ++k) row[k] += position[k];
        }
        r.upload(m_x, stream);
        std::vector<std::uint32_t> step(pass.rows, pass.rows + n);
        step.insert(step.end(), pass.chainEnds.begin(), pass.chainEnds.end());
        step.insert(step.end(), pass.chains.begin(), pass.chains.end());
        m_anglesAt = std::uint32_t(step.size());
        for (std::size_t i = 0; i < n; ++i) {
            std::vector<std::uint32_t> sines;
            for (const float f : m_weights->rotation) {
                const double angle = double(float(pass.positions[i]) * f);
                step.push_back(std::bit_cast<std::uint32_t>(float(std::cos(angle))));
                sines.push_back(std::bit_cast<std::uint32_t>(float(std::sin(angle))));
            }
            step.insert(step.end(), sines.begin(), sines.end());
        }
        const std::uint64_t bytes = step.size() * 4;
        if (!m_step || m_step.size() < bytes)
            m_step = m_device.buffer({.name = "step", .size = std::max<std::uint64_t>(2 * bytes, 4096)});
        r.upload(m_step, step);
    }

    void norm(gpu::Recorder& r, int nodes, const Buffer& weight, const Buffer& bias) {
        r.dispatch(m_norm, {m_x, weight, bias ? bias : m_dummy, m_normed},
                   NormPush{std::uint32_t(config().width), m_width / 4, float(config().epsilon)}, {std::uint32_t(nodes), 1, 1});
    }

    const gpu::Kernel& productKernel(const DeviceMatrix& matrix, Mode mode, std::uint32_t columns) {
        const std::uint32_t pairs = !m_small && columns >= 4 ? 2 : 1; // each read of x serves more rows
        const std::array<std::uint32_t, 6> constants = {
            std::uint32_t(matrix.type), columns, pairs, matrix.lanes, std::uint32_t(mode), std::uint32_t(config().activation)};
        gpu::Kernel& kernel = m_products[constants];
        if (kernel.options().name.empty())
            kernel = gpu::Kernel(m_device, {.name = "language/product",
                                            .bindings = {{"weights", Access::read, Element::uvec4},
                                                         {"x", Access::read, Element::vec4},
                                                         {"bias", Access::read, Element::f32},
                                                         {"step", Access::read, Element::u32},
                                                         {"y", Access::readWrite, Element::f32},
                                                         {"keys", Access::write, Element::f32},
                                                         {"values", Access::write, Element::f32}},
                                            .pushBytes = sizeof(ProductPush),
                                            .local = {locals, 1, 1},
                                            .constants = {constants.begin(), constants.end()}});
        return kernel;
    }

    struct Into {
        Buffer y{};
        std::uint32_t yStride = 0;
        Buffer keys{}, values{};
    };
    void product(gpu::Recorder& r, const DeviceMatrix& matrix, Mode mode, const Buffer& x, std::uint32_t xWidth, int count,
                 const Buffer& bias, const Into& into) {
        const ModelConfig& c = config();
        const std::uint32_t n = std::uint32_t(count), columns = columnsFor(n, m_small);
        const gpu::Kernel& kernel = productKernel(matrix, mode, columns);
        ProductPush push{
            .rowStride = matrix.rowStride, .xStride = xWidth / 4, .yStride = into.yStride, .count = n, .hasBias = bias ? 1U : 0U};
        push.heads = std::uint32_t(c.heads), push.keyHeads = std::uint32_t(c.keyHeads), push.headSize = std::uint32_t(c.headSize);
        push.headStride = m_head, push.rotates = m_weights->rotation.empty() ? 0 : 1, push.anglesAt = m_anglesAt;
        for (const DeviceMatrix::Part& part : matrix.parts) {
            push.rows = std::uint32_t(mode == Mode::gated ? part.rows / 2 : part.rows),
            push.firstRow = std::uint32_t(part.firstRow);
            const std::uint32_t pairs = mode == Mode::gated ? push.rows : (push.rows + 1) / 2;
            const std::uint32_t ofGroup = locals / matrix.lanes * kernel.options().constants[2];
            const std::array<gpu::BufferRange, 7> ranges = {part.buffer,
                                                            x,
                                                            bias ? bias : m_dummy,
                                                            m_step ? m_step : m_dummy,
                                                            into.y,
                                                            into.keys ? into.keys : m_dummy,
                                                            into.values ? into.values : m_dummy};
            r.dispatch(kernel, ranges, std::as_bytes(std::span(&push, 1)),
                       {(pairs + ofGroup - 1) / ofGroup, (n + columns - 1) / columns, 1},
                       2.0 * part.rows * matrix.rowStride * 8 * n);
        }
    }

    void layer(gpu::Recorder& r, const Pass& pass, std::size_t l) {
        const ModelConfig& c = config();
        const DeviceBlock& block = m_on.blocks[l];
        const int n = pass.count;
        norm(r, n, block.norm1, block.norm1Bias);
        product(r, block.qkv, Mode::place, m_normed, m_width, n, block.qkvBias,
                {m_queries, std::uint32_t(c.heads) * m_head, m_keys[l], m_values[l]});
        r.dispatch(m_attention, {m_queries, m_keys[l], m_values[l], m_step, m_mixed},
                   AttentionPush{std::uint32_t(pass.committed), std::uint32_t(c.heads), std::uint32_t(c.heads / c.keyHeads),
                                 std::uint32_t(c.headSize), m_head / 4, m_row / 4, m_mixedWidth, std::uint32_t(n),
                                 std::uint32_t(2 * n), float(c.scoreScale(int(l)))},
                   {std::uint32_t(c.heads), std::uint32_t(n), 1});
        product(r, block.out, Mode::add, m_mixed, m_mixedWidth, n, block.outBias, {m_x, m_width});
        norm(r, n, block.norm2, block.norm2Bias);
        product(r, block.up, c.gated() ? Mode::gated : Mode::activate, m_normed, m_width, n, block.upBias, {m_hidden, m_inner});
        product(r, block.down, Mode::add, m_hidden, m_inner, n, block.downBias, {m_x, m_width});
    }

    gpu::Download output(gpu::Recorder& r, int nodes, bool lastOnly) {
        const std::uint64_t wide = std::uint64_t(config().vocabulary) * 4, state = std::uint64_t(m_width) * 4;
        const bool one = lastOnly && nodes > 1; // copied apart, since texel reads begin at a buffer's first byte
        if (one) r.copy({m_normed, std::uint64_t(nodes - 1) * state, state}, m_single);
        const int count = lastOnly ? 1 : nodes;
        product(r, m_on.output, Mode::store, one ? m_single : m_normed, m_width, count, {},
                {m_logits, std::uint32_t(config().vocabulary)});
        return r.download({m_logits, 0, std::uint64_t(count) * wide});
    }

    void tellTimes(std::vector<std::string> lists) {
        lists.push_back("language logits");
        for (const std::string& list : lists)
            for (const gpu::Timing& timing : m_device.timings(list)) {
                const bool last = &list == &lists.back();
                double& part = timing.name == "language/attention" ? m_times.attention
                               : timing.name != "language/product" ? m_times.other
                               : last                              ? m_times.logits
                                                                   : m_times.products;
                part += timing.milliseconds;
            }
        m_times.readBack = std::max(0.0, m_times.total - m_times.products - m_times.attention - m_times.logits - m_times.other);
    }

    std::shared_ptr<const ModelWeights> m_weights;
    gpu::Device& m_device;
    bool m_small = m_device.isCpu() && !shapedAsForGpu; ///< fewer and smaller kernels: a CPU device compiles them slowly
    DeviceWeights m_on;
    Buffer m_dummy;
    gpu::Kernel m_norm{}, m_attention{};
    std::map<std::array<std::uint32_t, 6>, gpu::Kernel> m_products{};
    std::uint32_t m_width = 0, m_inner = 0, m_head = 0, m_mixedWidth = 0, m_row = 0, m_anglesAt = 0;
    std::uint64_t m_nodes = 0, m_logitRows = 0;
    std::int64_t m_rows = 0;
    Buffer m_x{}, m_normed{}, m_queries{}, m_mixed{}, m_hidden{}, m_single{}, m_logits{}, m_step{};
    std::vector<Buffer> m_keys{}, m_values{};
    TokenTree::Moves m_moves{};
    StepTimes m_times{};
};

} // namespace

void shapeAsForGpu(bool on) { shapedAsForGpu = on; }

std::string refusal(const ModelConfig& config) {
    if (config.activation == Activation::gelu) return "gelu by the error function runs on the host only; choose the host";
    if (config.headSize > 256) return "heads larger than 256 run on the host only; choose the host";
    return {};
}

std::unique_ptr<Network> makeDeviceNetwork(std::shared_ptr<const ModelWeights> weights, gpu::Device& device) {
    return std::make_unique<DeviceNetwork>(std::move(weights), device);
}

} // namespace orrery::language
