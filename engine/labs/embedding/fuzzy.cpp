// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/fuzzy.h"

#include "engine/philox.h"
#include "engine/tensor/host_threads.h"

#include <Eigen/Dense>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace orrery::embedding {

namespace {

/// umap-learn's 64 bisections to 1e-5 of the sum, here to 1e-9.
Membership membershipOf(std::span<const float> distances, double meanOfAll) {
    Membership m;
    double mean = 0;
    for (const float d : distances) {
        mean += d / double(distances.size());
        if (d > 0 && (m.rho == 0 || d < m.rho)) m.rho = d;
    }
    const double wanted = std::log2(double(distances.size()) + 1);
    const auto sum = [&](double sigma) {
        double s = 0;
        for (const float d : distances) s += d > m.rho ? std::exp(-(d - m.rho) / sigma) : 1;
        return s;
    };
    double low = 0, high = std::numeric_limits<double>::infinity(), sigma = 1;
    for (int step = 0; step < 200; ++step) {
        const double found = sum(sigma);
        if (std::abs(found - wanted) < 1e-9) break;
        (found > wanted ? high : low) = sigma;
        sigma = std::isinf(high) ? 2 * sigma : (low + high) / 2;
        if (sigma > 1e30) break; // all distances equal: no sigma is too wide
    }
    const double least = 1e-3 * (m.rho > 0 ? mean : meanOfAll);
    m.floored = sigma < least || sigma > 1e30;
    m.sigma = std::clamp(sigma, std::max(least, 1e-30), 1e30);
    return m;
}

void findComponents(FuzzyGraph& fuzzy) {
    const std::int64_t n = fuzzy.graph.n;
    std::vector<std::int32_t> found(std::size_t(n), -1), sizes, stack;
    for (std::int64_t i = 0; i < n; ++i) {
        if (found[std::size_t(i)] >= 0) continue;
        const auto label = std::int32_t(sizes.size());
        sizes.push_back(0), stack.push_back(std::int32_t(i)), found[std::size_t(i)] = label;
        while (!stack.empty()) {
            const std::int32_t at = stack.back();
            stack.pop_back(), ++sizes.back();
            for (std::int64_t e = fuzzy.graph.start[std::size_t(at)]; e < fuzzy.graph.start[std::size_t(at) + 1]; ++e) {
                const std::int32_t j = fuzzy.graph.index[std::size_t(e)];
                if (found[std::size_t(j)] >= 0 || !(fuzzy.graph.weight[std::size_t(e)] > 0)) continue;
                found[std::size_t(j)] = label, stack.push_back(j);
            }
        }
    }
    std::vector<std::int32_t> order(sizes.size()), rank(sizes.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::int32_t a, std::int32_t b) { return sizes[std::size_t(a)] > sizes[std::size_t(b)]; });
    for (std::size_t r = 0; r < order.size(); ++r) rank[std::size_t(order[r])] = std::int32_t(r);
    for (std::int32_t& label : found) label = rank[std::size_t(label)];
    fuzzy.components = int(sizes.size()), fuzzy.component = std::move(found);
}

} // namespace

FuzzyGraph fuzzyGraph(const Neighbours& neighbours) {
    const std::int64_t n = neighbours.n, k = neighbours.k;
    FuzzyGraph fuzzy;
    fuzzy.rows.resize(std::size_t(n)), fuzzy.memberships.resize(std::size_t(n * k));
    double meanOfAll = 0;
    for (const float d : neighbours.distance) meanOfAll += d;
    meanOfAll /= double(neighbours.distance.size());
    tensor::host::parallel((n + 511) / 512, [&](std::int64_t block, int) {
        for (std::int64_t i = block * 512; i < std::min(n, (block + 1) * 512); ++i) {
            const auto distances = neighbours.distances(i);
            const Membership m = fuzzy.rows[std::size_t(i)] = membershipOf(distances, meanOfAll);
            for (std::int64_t j = 0; j < k; ++j)
                fuzzy.memberships[std::size_t(i * k + j)] =
                    float(std::exp(-std::max(0.0, double(distances[std::size_t(j)]) - m.rho) / m.sigma));
        }
    });
    // The sums a + a' and the sums of squares give a + a' - a a', since 2 a a' = (a + a')^2 - (a^2 + a'^2).
    std::vector<float> squares(fuzzy.memberships);
    for (float& s : squares) s *= s;
    fuzzy.graph = symmetric(neighbours, fuzzy.memberships, 2);
    const Graph second = symmetric(neighbours, squares, 2);
    for (std::size_t e = 0; e < fuzzy.graph.weight.size(); ++e) {
        const double sum = fuzzy.graph.weight[e], square = second.weight[e];
        fuzzy.graph.weight[e] = float(std::clamp(sum - std::max(0.0, sum * sum - square) / 2, 0.0, 1.0));
    }
    findComponents(fuzzy);
    return fuzzy;
}

Matrix spectralLayout(const FuzzyGraph& fuzzy, int dims, std::uint64_t seed, Progress& progress) {
    const Graph& graph = fuzzy.graph;
    const std::int64_t n = graph.n;
    if (fuzzy.components > 1 || n < 4 * dims) return {};
    Eigen::VectorXd rootDegree(n);
    for (std::int64_t i = 0; i < n; ++i) {
        double degree = 0;
        for (std::int64_t e = graph.start[std::size_t(i)]; e < graph.start[std::size_t(i) + 1]; ++e)
            degree += graph.weight[std::size_t(e)];
        rootDegree[i] = std::sqrt(std::max(degree, 1e-30));
    }
    const auto times = [&](const Eigen::VectorXd& x) { // (I + D^-1/2 W D^-1/2) / 2: what is sought are its largest but one
        Eigen::VectorXd y(n);
        tensor::host::parallel((n + 2047) / 2048, [&](std::int64_t block, int) {
            for (std::int64_t i = block * 2048; i < std::min(n, (block + 1) * 2048); ++i) {
                double sum = 0;
                for (std::int64_t e = graph.start[std::size_t(i)]; e < graph.start[std::size_t(i) + 1]; ++e) {
                    const std::int32_t j = graph.index[std::size_t(e)];
                    sum += graph.weight[std::size_t(e)] * x[j] / rootDegree[j];
                }
                y[i] = 0.5 * (x[i] + sum / rootDegree[i]);
            }
        });
        return y;
    };
    const Eigen::VectorXd trivial = rootDegree.normalized(); // eigenvalue 1, known beforehand
    const int most = int(std::min<std::int64_t>(n - 1, 300));
    Eigen::MatrixXd basis(n, most);
    Eigen::VectorXd v(n);
    for (std::int64_t i = 0; i < n; ++i) v[i] = unitOpen(philox(seed, std::uint32_t(i), 0, 0x53504543)[0]) - 0.5;
    std::vector<double> diagonal, beside;
    for (int step = 0; step < most; ++step) {
        for (int again = 0; again < 2; ++again) {
            v -= trivial * trivial.dot(v);
            if (step > 0) v -= basis.leftCols(step) * (basis.leftCols(step).transpose() * v);
        }
        const double length = v.norm();
        if (length < 1e-12) return {};
        if (step > 0) beside.push_back(length);
        basis.col(step) = v / length;
        v = times(basis.col(step));
        diagonal.push_back(basis.col(step).dot(v));
        progress.at(double(step) / most);
        if (step + 1 < 3 * dims + 10 || (step % 10 != 0 && step + 1 < most)) continue;
        Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver;
        solver.computeFromTridiagonal(Eigen::Map<Eigen::VectorXd>(diagonal.data(), step + 1),
                                      Eigen::Map<Eigen::VectorXd>(beside.data(), step));
        Eigen::VectorXd next = v;
        next -= trivial * trivial.dot(next);
        next -= basis.leftCols(step + 1) * (basis.leftCols(step + 1).transpose() * next);
        bool converged = true;
        for (int d = 0; d < dims; ++d) converged &= next.norm() * std::abs(solver.eigenvectors()(step, step - d)) < 1e-5;
        if (!converged) continue;
        std::vector<float> out(std::size_t(n * dims));
        for (int d = 0; d < dims; ++d) {
            Eigen::VectorXd found = basis.leftCols(step + 1) * solver.eigenvectors().col(step - d);
            Eigen::Index largest = 0;
            found.cwiseAbs().maxCoeff(&largest);
            const double scale = (found[largest] < 0 ? -1 : 1) / std::abs(found[largest]);
            for (std::int64_t i = 0; i < n; ++i) out[std::size_t(i * dims + d)] = float(scale * found[i]);
        }
        return Matrix(n, dims, std::move(out));
    }
    return {};
}

} // namespace orrery::embedding
