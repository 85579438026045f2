// SPDX-License-Identifier: GPL-3.0-or-later
// What can be asked of a projected table: neighbours here and there, forces, search, arrays, checks.
#include "engine/error.h"
#include "engine/labs/embedding/projecting.h"
#include "engine/labs/embedding/umap.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

Matrix rowsOf(const PicturePoints& y) { return Matrix(y.n, y.dims, y.interleaved()); }

lab::Check compare(std::string key, std::string label, double measured, double expected, double tolerance, std::string because,
                   std::string unit = {}) {
    lab::Check check{std::move(key),  std::move(label),  measured, expected, tolerance, lab::Check::Verdict::matches,
                     std::move(unit), std::move(because)};
    if (!(std::abs(measured - expected) <= tolerance)) check.verdict = lab::Check::Verdict::disagrees;
    return check;
}

} // namespace

Neighbours Projecting::inTable(std::int64_t row, std::int64_t k, Metric metric) const {
    Progress progress;
    const std::int64_t rows[] = {row};
    return neighboursOf(m_problem->table->values, rows, k, metric, progress);
}

Neighbours Projecting::inPicture(std::int64_t row, std::int64_t k) const {
    Progress progress;
    const std::int64_t rows[] = {row};
    return neighboursOf(rowsOf(m_state.y), rows, k, Metric::euclid, progress);
}

std::optional<Forces> Projecting::forces(std::int64_t row) {
    if (!m_problem || !m_request.descends() || m_work) return {};
    const Era& era = m_history.era(m_position);
    return era.optimiser->forces(m_state, era.tuning, m_position, row);
}

/// Linear projections take new rows as they took the old ones. A descent's picture takes each to the mean of its neighbours, by
/// the weights that t-SNE (perplexity of a third of them) or UMAP would give them.
Matrix Projecting::place(const Matrix& rows, Progress& progress) const {
    if (!m_problem) throw Error("there is no picture yet to place rows in");
    const Request& r = m_problem->request;
    if (rows.columns() != m_problem->table->dims())
        throw Error("rows of " + std::to_string(rows.columns()) + " numbers cannot be placed among rows of " +
                    std::to_string(m_problem->table->dims()));
    const int dims = m_state.y.dims;
    std::vector<float> placed(std::size_t(rows.rows() * dims));
    if (r.graph.method == Method::pca) {
        const Matrix all = m_problem->pca->project(rows, int(m_problem->pca->components.rows()));
        for (std::int64_t i = 0; i < rows.rows(); ++i)
            for (int d = 0; d < dims; ++d)
                placed[std::size_t(i * dims + d)] = all.row(i)[std::size_t(r.start.components[std::size_t(d)] - 1)];
        return Matrix(rows.rows(), dims, std::move(placed));
    }
    if (r.graph.method == Method::random) return randomProjection(rows, dims, r.start.seed);
    const bool reduced = m_problem->space.columns() != rows.columns();
    const Matrix there = reduced ? m_problem->pca->project(rows, int(m_problem->space.columns())) : rows;
    const std::int64_t k =
        std::min<std::int64_t>(m_problem->table->rows(), r.graph.method == Method::tsne ? std::int64_t(r.graph.perplexity) : 15);
    const Neighbours near = nearestTo(m_problem->space, there, k, r.space.metric, progress);
    std::vector<double> squared(static_cast<std::size_t>(near.k)), p(squared.size());
    for (std::int64_t i = 0; i < rows.rows(); ++i) {
        for (std::int64_t j = 0; j < near.k; ++j)
            squared[std::size_t(j)] = std::pow(double(near.distances(i)[std::size_t(j)]), 2);
        if (near.k > 3)
            calibrate(squared, double(near.k) / 3, p);
        else
            std::fill(p.begin(), p.end(), 1 / double(near.k));
        for (std::int64_t j = 0; j < near.k; ++j)
            for (int d = 0; d < dims; ++d)
                placed[std::size_t(i * dims + d)] += float(p[std::size_t(j)] * m_state.y[d][near.of(i)[std::size_t(j)]]);
    }
    return Matrix(rows.rows(), dims, std::move(placed));
}

lab::HostArray Projecting::array(const std::string& key) {
    if (!m_problem) return {{0, 0}, {}};
    const Problem& p = *m_problem;
    lab::HostArray out;
    const auto n = std::uint64_t(p.table->rows());
    if (key == "coordinates") return {{n, std::uint64_t(m_state.y.dims)}, m_state.y.interleaved()};
    if (key == "table")
        return {{n, std::uint64_t(p.table->dims())}, {p.table->values.all().begin(), p.table->values.all().end()}};
    if (key == "eigenvalues") {
        for (const double value : p.pca->eigenvalues) {
            out.values.push_back(float(value));
            out.values.push_back(float(p.pca->variance > 0 ? value / p.pca->variance : 0));
        }
        out.shape = {p.pca->eigenvalues.size(), 2};
        return out;
    }
    if (key == "graph") {
        const Graph* graph = p.affinities ? &p.affinities->joint : p.fuzzy ? &p.fuzzy->graph : nullptr;
        for (std::int64_t i = 0; graph && i < graph->n; ++i)
            for (std::int64_t e = graph->start[std::size_t(i)]; e < graph->start[std::size_t(i) + 1]; ++e)
                if (graph->index[std::size_t(e)] > i)
                    out.values.insert(out.values.end(),
                                      {float(i), float(graph->index[std::size_t(e)]), graph->weight[std::size_t(e)]});
        out.shape = {out.values.size() / 3, 3};
        return out;
    }
    if (key == "neighbours" || key == "distances") {
        if (!p.neighbours) return {{n, 0}, {}};
        out.shape = {n, std::uint64_t(p.neighbours->k)};
        if (key == "distances")
            out.values = p.neighbours->distance;
        else
            out.values.assign(p.neighbours->index.begin(), p.neighbours->index.end());
        return out;
    }
    if (key == "errors" && m_quality) {
        for (std::size_t i = 0; i < m_quality->rows.size(); ++i)
            out.values.insert(out.values.end(), {float(m_quality->rows[i]), m_quality->trustOf[i], m_quality->continuityOf[i],
                                                 m_quality->recallOf[i]});
        out.shape = {m_quality->rows.size(), 4};
        return out;
    }
    return {{0, 0}, {}};
}

/// Of the table and its graph: the same for the whole run.
static std::vector<lab::Check> standing(const Problem& p) {
    std::vector<lab::Check> checks;
    double worst = 0;
    const std::int64_t k = p.pca->components.rows();
    for (std::int64_t a = 0; a < k; ++a)
        for (std::int64_t b = 0; b <= a; ++b) {
            if (!(p.pca->eigenvalues[std::size_t(a)] > 1e-9 * p.pca->variance)) continue; // of no direction
            double product = 0;
            for (std::size_t d = 0; d < p.pca->mean.size(); ++d)
                product += double(p.pca->components.row(a)[d]) * p.pca->components.row(b)[d];
            worst = std::max(worst, std::abs(product - (a == b)));
        }
    checks.push_back(
        compare("orthonormal", "Components at right angles", worst, 0, 1e-5, "float32 holds each of their entries to 6e-8"));
    if (p.affinities) {
        double off = 0, sum = 0;
        for (const Calibrated& row : p.affinities->rows)
            if (!row.clamped) off = std::max(off, std::abs(row.perplexity - p.request.graph.perplexity));
        for (const float w : p.affinities->joint.weight) sum += w;
        checks.push_back(compare("perplexity", "Perplexity at every row", p.request.graph.perplexity + off,
                                 p.request.graph.perplexity, 1e-4, "the bisection stops at 1e-12 of the entropy"));
        checks.push_back(compare("total", "Probabilities add up to", sum, 1, 1e-5,
                                 "a sum of float32 that are each within 6e-8 of themselves"));
    }
    if (p.fuzzy) {
        const double wanted = std::log2(double(p.neighbours->k) + 1);
        double off = 0;
        for (std::int64_t i = 0; i < p.neighbours->n; ++i) {
            if (p.fuzzy->rows[std::size_t(i)].floored) continue;
            double sum = 0;
            for (std::int64_t j = 0; j < p.neighbours->k; ++j) sum += p.fuzzy->memberships[std::size_t(i * p.neighbours->k + j)];
            off = std::max(off, std::abs(sum - wanted));
        }
        checks.push_back(compare("memberships", "Memberships of a row add up to", wanted + off, wanted, 1e-4,
                                 "log2 of the neighbours; rows whose sigma was raised to its floor are left out"));
    }
    return checks;
}

std::vector<lab::Check> Projecting::checks() const {
    if (!m_problem) return {};
    if (m_checked != m_problem) m_standing = standing(*m_problem), m_checked = m_problem;
    std::vector<lab::Check> checks = m_standing;
    if (m_request.graph.method != Method::tsne || !m_problem->affinities) return checks;
    const double n = double(m_problem->table->rows());
    const auto loss = series("loss");
    if (!loss.empty() && loss.front().step == 0 && m_problem->request.start.start != Start::picture)
        checks.push_back(compare("start", "Loss of a picture of one point", loss.front().value,
                                 m_firstEntropy + std::log(n * (n - 1)), 1e-3,
                                 "sum P ln(P n (n - 1)): the first picture is so small that all Q are equal"));
    if (m_work || (m_position != m_steps && m_position != 0)) return checks; // costs as much as a step
    Optimiser& optimiser = *m_history.era(m_position).optimiser;
    if (m_balancedAt != m_revision) {
        const PicturePoints push = optimiser.pushes(m_state);
        double sum = 0, sizes = 0;
        for (int d = 0; d < push.dims; ++d) {
            double total = 0;
            for (std::int64_t i = 0; i < push.n; ++i) total += push[d][i], sizes += std::abs(push[d][i]);
            sum = std::max(sum, std::abs(total));
        }
        m_balance = sizes > 0 ? sum / sizes : 0, m_balancedAt = m_revision;
    }
    checks.push_back(compare("balance", "Pushes cancel", m_balance, 0, optimiser.how() == "all pairs" ? 1e-5 : 1e-3,
                             "what one point does to another comes back: but for rounding, and for the grid's error"));
    return checks;
}

} // namespace orrery::embedding
