// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/pca.h"

#include "engine/error.h"
#include "engine/philox.h"
#include "engine/tensor/host_math.h"
#include "engine/tensor/host_threads.h"

#include <cblas.h>
#include <Eigen/Dense>

#include <algorithm>

namespace orrery::embedding {

namespace {

using tensor::host::multiply;
using MatrixD = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixF = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

constexpr std::int64_t tile = 2048; ///< rows whose products are summed in float32; the sums of tiles in float64
constexpr std::int64_t mostExact = 1024;

std::vector<double> meanOf(const Matrix& values, bool centred) {
    std::vector<double> mean(std::size_t(values.columns()));
    if (!centred) return mean;
    for (std::int64_t i = 0; i < values.rows(); ++i) {
        const float* row = values.row(i).data();
        for (std::size_t d = 0; d < mean.size(); ++d) mean[d] += row[d];
    }
    for (double& m : mean) m /= double(values.rows());
    return mean;
}

/// Rows first … of the table, less the mean.
void centre(const Matrix& values, std::int64_t first, std::int64_t count, const std::vector<double>& mean, MatrixF& out) {
    out.resize(count, values.columns());
    std::vector<float> m(mean.begin(), mean.end());
    for (std::int64_t i = 0; i < count; ++i) {
        const float* row = values.row(first + i).data();
        float* to = out.data() + i * values.columns();
        for (std::size_t d = 0; d < m.size(); ++d) to[d] = row[d] - m[d];
    }
}

/// Eigenvalues and signs in their final form.
void finish(Pca& pca, const Eigen::VectorXd& values, const MatrixD& vectors, int count) {
    pca.eigenvalues.assign(std::size_t(count), 0);
    const auto columns = std::int64_t(pca.mean.size());
    std::vector<float> components(std::size_t(count * columns));
    for (int c = 0; c < count; ++c) {
        pca.eigenvalues[std::size_t(c)] = std::max(0.0, values[c]);
        Eigen::VectorXd v = vectors.col(c);
        Eigen::Index largest = 0;
        v.cwiseAbs().maxCoeff(&largest);
        if (v[largest] < 0) v = -v;
        for (std::int64_t d = 0; d < columns; ++d) components[std::size_t(c * columns + d)] = float(v[d]);
    }
    pca.components = Matrix(count, columns, std::move(components));
}

MatrixD covariance(const Matrix& values, const std::vector<double>& mean, Progress& progress) {
    const std::int64_t n = values.rows(), D = values.columns();
    MatrixD sum = MatrixD::Zero(D, D), rows;
    tensor::host::threads();                     // chooses the library's kernels
    for (std::int64_t i = 0; i < n; i += tile) { // in float64: small eigenvalues beside large ones keep their digits
        const std::int64_t count = std::min(tile, n - i);
        rows.resize(count, D);
        for (std::int64_t r = 0; r < count; ++r)
            for (std::int64_t d = 0; d < D; ++d) rows(r, d) = double(values.row(i + r)[std::size_t(d)]) - mean[std::size_t(d)];
        cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, int(D), int(count), 1, rows.data(), int(D), 1, sum.data(), int(D));
        progress.at(double(i) / double(n));
    }
    sum /= double(n - 1);
    return sum.selfadjointView<Eigen::Upper>();
}

/// All directions of few rows lie in their span: the n x n products hold the same eigenvalues.
void exactByRows(const Matrix& values, Pca& pca, int count) {
    MatrixF rows;
    centre(values, 0, values.rows(), pca.mean, rows);
    const MatrixD x = rows.cast<double>();
    const Eigen::SelfAdjointEigenSolver<MatrixD> solver(x * x.transpose() / double(values.rows() - 1));
    const Eigen::VectorXd found = solver.eigenvalues().reverse().head(count);
    MatrixD vectors = x.transpose() * solver.eigenvectors().rowwise().reverse().leftCols(count);
    pca.variance = solver.eigenvalues().cwiseMax(0).sum();
    for (int c = 0; c < count; ++c) {
        const double length = vectors.col(c).norm();
        if (length > 1e-9 * (1 + vectors.norm()))
            vectors.col(c) /= length;
        else
            vectors.col(c).setZero();
    }
    finish(pca, found, vectors, count);
}

MatrixD orthonormal(const MatrixD& y) {
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(y);
    return qr.householderQ() * Eigen::MatrixXd::Identity(y.rows(), y.cols());
}

class HostProducts final : public RowProducts {
 public:
    double begin(const Matrix& values, const std::vector<double>& mean) override {
        m_values = &values, m_mean = &mean;
        double total = 0;
        for (std::int64_t i = 0; i < values.rows(); i += tile) {
            centre(values, i, std::min(tile, values.rows() - i), mean, m_rows);
            total += m_rows.cast<double>().squaredNorm();
        }
        return total;
    }
    void run(std::span<const float> q, std::int64_t wide, std::span<double> sum, std::span<double> inner, Progress& progress,
             double from, double to) override {
        const std::int64_t n = m_values->rows(), D = m_values->columns();
        MatrixF share(D, wide), y;
        for (std::int64_t i = 0; i < n; i += tile) { // tile by tile, without a copy of X less its mean
            const std::int64_t count = std::min(tile, n - i);
            centre(*m_values, i, count, *m_mean, m_rows);
            y.resize(count, wide);
            multiply({.M = count, .N = wide, .K = D, .a = m_rows.data(), .b = q.data(), .c = y.data()});
            multiply({.M = D, .N = wide, .K = count, .transposeA = true, .a = m_rows.data(), .b = y.data(), .c = share.data()});
            for (std::size_t e = 0; e < sum.size(); ++e) sum[e] += double(share.data()[e]);
            if (!inner.empty()) {
                const MatrixD yd = y.cast<double>();
                Eigen::Map<MatrixD>(inner.data(), wide, wide) += yd.transpose() * yd;
            }
            progress.at(from + (to - from) * double(i) / double(n));
        }
    }

 private:
    const Matrix* m_values = nullptr;
    const std::vector<double>* m_mean = nullptr;
    MatrixF m_rows;
};

void randomised(const Matrix& values, Pca& pca, int count, std::uint64_t seed, Progress& progress, RowProducts& products) {
    const std::int64_t n = values.rows(), D = values.columns(), wide = std::min({std::int64_t(count) + 10, D, n});
    MatrixD basis(D, wide);
    for (std::int64_t d = 0; d < D; ++d)
        for (std::int64_t c = 0; c < wide; ++c)
            basis(d, c) = normalPair(philox(seed, std::uint32_t(d), std::uint32_t(c), 0x50434120))[0];
    constexpr int iterations = 7;
    const double total = products.begin(values, pca.mean);
    MatrixD inner = MatrixD::Zero(wide, wide);
    for (int iteration = 0; iteration <= iterations; ++iteration) {
        basis = orthonormal(basis);
        const MatrixF q = basis.cast<float>();
        MatrixD sum = MatrixD::Zero(D, wide);
        const bool last = iteration == iterations;
        products.run({q.data(), std::size_t(q.size())}, wide, {sum.data(), std::size_t(sum.size())},
                     {inner.data(), last ? std::size_t(inner.size()) : 0}, progress, double(iteration) / (iterations + 1),
                     double(iteration + 1) / (iterations + 1));
        if (!last) basis = sum;
    }
    const Eigen::SelfAdjointEigenSolver<MatrixD> solver(inner / double(n - 1)); // Rayleigh and Ritz
    pca.variance = total / double(n - 1);
    finish(pca, solver.eigenvalues().reverse(), basis * solver.eigenvectors().rowwise().reverse(), count);
}

} // namespace

PcaWay wayOf(const Matrix& values, const PcaOptions& options, bool device) {
    if (options.way != PcaWay::automatic) return options.way;
    const std::int64_t side = std::min(values.rows(), values.columns());
    const bool quick = !device || double(values.rows()) * double(values.columns()) * double(side) < 0x1p28;
    return side <= mostExact && quick ? PcaWay::exact : PcaWay::randomised;
}

Pca pca(const Matrix& values, const PcaOptions& options, Progress& progress, RowProducts* device) {
    const std::int64_t n = values.rows(), D = values.columns();
    if (n < 2) throw Error("principal components need two rows at least; there " + std::string(n == 1 ? "is one" : "are none"));
    Pca result;
    result.mean = meanOf(values, options.centred);
    const int count = int(std::min<std::int64_t>({options.components, D, n}));
    if (wayOf(values, options, device != nullptr) == PcaWay::randomised) {
        HostProducts host;
        randomised(values, result, count, options.seed, progress, device ? *device : static_cast<RowProducts&>(host));
    } else if (n < D) {
        exactByRows(values, result, count);
    } else {
        const MatrixD c = covariance(values, result.mean, progress);
        const Eigen::SelfAdjointEigenSolver<MatrixD> solver(c);
        result.variance = c.trace();
        finish(result, solver.eigenvalues().reverse().head(count), solver.eigenvectors().rowwise().reverse().leftCols(count),
               count);
    }
    progress.at(1);
    return result;
}

Matrix Pca::project(const Matrix& rows, int wanted) const {
    const std::int64_t D = rows.columns(), k = std::min<std::int64_t>(wanted, components.rows());
    if (D != std::int64_t(mean.size()))
        throw Error("rows of " + std::to_string(D) + " numbers cannot be projected onto components of " +
                    std::to_string(mean.size()));
    std::vector<float> out(std::size_t(rows.rows() * k));
    MatrixF centred;
    for (std::int64_t i = 0; i < rows.rows(); i += tile) {
        const std::int64_t count = std::min(tile, rows.rows() - i);
        centre(rows, i, count, mean, centred);
        multiply({.M = count,
                  .N = k,
                  .K = D,
                  .transposeB = true,
                  .a = centred.data(),
                  .b = components.data(),
                  .c = out.data() + i * k});
    }
    return Matrix(rows.rows(), k, std::move(out));
}

Matrix randomProjection(const Matrix& values, int components, std::uint64_t seed) {
    const std::int64_t D = values.columns();
    std::vector<float> directions(std::size_t(D * components)), out(std::size_t(values.rows() * components));
    for (std::int64_t d = 0; d < D; ++d)
        for (int c = 0; c < components; ++c)
            directions[std::size_t(d * components + c)] = float(
                normalPair(philox(seed, std::uint32_t(d), std::uint32_t(c), 0x52414E44))[0] / std::sqrt(double(components)));
    multiply({.M = values.rows(), .N = components, .K = D, .a = values.data(), .b = directions.data(), .c = out.data()});
    return Matrix(values.rows(), components, std::move(out));
}

Matrix axesProjection(const Matrix& values, std::span<const Axis> axes) {
    const std::int64_t n = values.rows(), D = values.columns(), count = std::int64_t(axes.size());
    std::vector<float> directions(std::size_t(D * count)), out(std::size_t(n * count));
    std::vector<double> offsets;
    for (std::int64_t a = 0; a < count; ++a) {
        Eigen::VectorXd from = Eigen::VectorXd::Zero(D), to = from;
        const auto mean = [&](const std::vector<std::int64_t>& rows, Eigen::VectorXd& sum) {
            if (rows.empty()) throw Error("axis " + std::to_string(a + 1) + " needs a row at both of its ends");
            for (const std::int64_t row : rows) {
                if (row < 0 || row >= n)
                    throw Error("axis " + std::to_string(a + 1) + ": there is no row " + std::to_string(row));
                for (std::int64_t d = 0; d < D; ++d) sum[d] += values.row(row)[std::size_t(d)];
            }
            sum /= double(rows.size());
        };
        mean(axes[std::size_t(a)].from, from), mean(axes[std::size_t(a)].to, to);
        const Eigen::VectorXd along = to - from;
        if (!(along.squaredNorm() > 0)) throw Error("axis " + std::to_string(a + 1) + ": its two ends are the same point");
        for (std::int64_t d = 0; d < D; ++d) directions[std::size_t(d * count + a)] = float(along[d] / along.squaredNorm());
        offsets.push_back(from.dot(along) / along.squaredNorm());
    }
    multiply({.M = n, .N = count, .K = D, .a = values.data(), .b = directions.data(), .c = out.data()});
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t a = 0; a < count; ++a) out[std::size_t(i * count + a)] -= float(offsets[std::size_t(a)]);
    return Matrix(n, count, std::move(out));
}

} // namespace orrery::embedding
