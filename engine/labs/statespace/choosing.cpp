// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/choosing.h"

#include "engine/philox.h"

#include <algorithm>

namespace orrery::statespace {

using Verdict = lab::Check::Verdict;

namespace {

enum Stream : std::uint32_t { inputs = 0x544F4B45, queries, keys, values }; // "TOKE"

Matrix normal(std::int64_t rows, std::int64_t columns, std::uint64_t seed, std::uint32_t stream) {
    Matrix m(rows, columns);
    for (std::size_t i = 0; i < m.values.size(); ++i) m.values[i] = normalPair(philox(seed, std::uint32_t(i), 0, stream))[0];
    return m;
}

} // namespace

void Choosing::configure(const ChoosingRequest& r) {
    if (m_request == r) return;
    m_request = r;
    m_made = false;
    m_position = std::min(m_position, steps());
}

void Choosing::wake() {
    if (!m_made) make();
}

void Choosing::make() {
    const ChoosingRequest& r = m_request;
    m_layer = selective({.channels = channels, .states = states}, r.seed);
    m_u = normal(r.tokens, channels, r.seed, inputs);
    m_gates = statespace::gates(m_layer, m_u);
    m_attention = hiddenAttention(m_layer, m_gates, r.channel, r.rule);
    m_y = selectiveScan(m_layer, m_gates, m_u, r.rule);
    m_residuals.clear();
    // Sums of `states` terms over up to all tokens, each rounded by 2^-53: in quadrature.
    const double rounding = 8 * std::sqrt(double(states * r.tokens)) * 0x1p-52;
    const auto compare = [&](const char* a, const char* b, std::span<const double> x, std::span<const double> y) {
        m_residuals.push_back({a, b, relative(x, y), rounding});
    };
    Vector column, product;
    for (std::int64_t i = 0; i < r.tokens; ++i) {
        column.push_back(m_y(i, r.channel));
        double sum = m_layer.skip[std::size_t(r.channel)] * m_u(i, r.channel);
        for (std::int64_t j = 0; j <= i; ++j) sum += m_attention(i, j) * m_u(j, r.channel);
        product.push_back(sum);
    }
    compare("selective scan", "attention matrix", product, column);
    for (const Scan scan : {Scan::koggeStone, Scan::blelloch, Scan::chunked, Scan::threeDispatch})
        compare("selective scan", label(scan),
                selectiveScan(m_layer, m_gates, m_u, r.rule, {scan, r.chunk, Ends::inclusive}).values, m_y.values);
    const Matrix q = normal(r.tokens, 8, r.seed, queries), k = normal(r.tokens, 8, r.seed, keys),
                 v = normal(r.tokens, 8, r.seed, values);
    const double gamma = retentionGamma(r.head);
    const Matrix forms[3] = {retention(Retention::parallel, q, k, v, gamma), retention(Retention::recurrent, q, k, v, gamma),
                             retention(Retention::chunkwise, q, k, v, gamma, r.chunk)};
    for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}})
        compare(label(Retention(a)), label(Retention(b)), forms[a].values, forms[b].values);
    m_steps.clear();
    for (int i = 0; i < steps(); ++i) m_steps.push_back({i + 1, double(i + 1), m_gates.delta(i, r.channel)});
    m_made = true;
}

std::string Choosing::status() const { return "i = " + std::to_string(m_position) + "/" + std::to_string(steps()); }

bool Choosing::advance(gpu::Recorder&, int target, double) {
    wake();
    m_position = std::clamp(target, 0, steps());
    return true;
}

std::span<const lab::Sample> Choosing::series(const std::string& key) const {
    return key == "delta_shown" ? std::span<const lab::Sample>(m_steps) : std::span<const lab::Sample>();
}

lab::HostArray Choosing::array(gpu::Device&, const std::string& key) {
    if (key != "attention") return {{0}, {}};
    wake();
    return {{std::uint64_t(m_attention.rows), std::uint64_t(m_attention.columns)},
            {m_attention.values.begin(), m_attention.values.end()}};
}

std::vector<lab::Check> Choosing::checks() const {
    std::vector<lab::Check> all;
    for (const Residual2& r : m_residuals)
        all.push_back({r.first + " / " + r.second, r.first + ", " + r.second, r.residual, 0, r.tolerance,
                       r.agree() ? Verdict::matches : Verdict::disagrees, "",
                       "one output computed in two ways; sums of 16 terms over all tokens, rounded"});
    return all;
}

} // namespace orrery::statespace
