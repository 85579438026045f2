// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/inside_pca.h"

#include <Eigen/Dense>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::segmentation {

namespace {

using Matrix = Eigen::MatrixXd;
using Vector = Eigen::VectorXd;

constexpr std::int64_t blockRows = 16; ///< tokens at a time
constexpr Eigen::Index searched = 8;   ///< directions carried along: convergence goes by the ninth variance over the third
constexpr int mostTurns = 400;
/// Of C v - v lambda beside the largest variance. Eigenvectors are then off by no more than this over the gap between their
/// variances; colours need three digits, tests want nine.
constexpr double enough = 1e-12;

/// A fixed start that is orthogonal to nothing in particular.
Matrix start(Eigen::Index channels, Eigen::Index count) {
    Matrix v(channels, count);
    std::uint64_t state = 0x9E3779B97F4A7C15ULL;
    for (Eigen::Index j = 0; j < count; ++j)
        for (Eigen::Index i = 0; i < channels; ++i) {
            state ^= state << 13, state ^= state >> 7, state ^= state << 17;
            v(i, j) = double(state >> 11) * 0x1p-52 - 1;
        }
    return v;
}

Matrix orthonormal(const Matrix& v) {
    return Eigen::HouseholderQR<Matrix>(v).householderQ() * Matrix::Identity(v.rows(), v.cols());
}

} // namespace

struct PcaWork::State {
    enum class Phase { mean, covariance, axes, done } phase = Phase::mean;
    std::shared_ptr<const TokenGrid> tokens;
    std::int64_t next = 0; ///< token among those that the picture covers
    Vector mean;
    Matrix covariance; ///< its lower half
    Matrix axes;
    Vector variances;
    int turns = 0;
    double left = 1; ///< of the residual

    std::int64_t covered() const { return tokens->columns * tokens->rows; }

    Eigen::MatrixXd block(std::int64_t from, std::int64_t count) const {
        Matrix x(tokens->channels, count);
        for (std::int64_t i = 0; i < count; ++i) {
            const float* token = tokens->token((from + i) / tokens->columns, (from + i) % tokens->columns);
            for (std::int64_t c = 0; c < tokens->channels; ++c) x(c, i) = double(token[c]);
        }
        return x;
    }

    void sum() {
        const std::int64_t count = std::min(blockRows, covered() - next);
        const Matrix x = block(next, count);
        if (phase == Phase::mean)
            mean += x.rowwise().sum();
        else
            covariance.selfadjointView<Eigen::Lower>().rankUpdate(x.colwise() - mean);
        next += count;
        if (next < covered()) return;
        next = 0;
        const double share = 1 / double(covered());
        if (phase == Phase::mean) {
            mean *= share;
            phase = Phase::covariance;
            return;
        }
        covariance *= share;
        axes = orthonormal(start(covariance.rows(), std::min(searched, covariance.rows())));
        phase = Phase::axes;
    }

    void turn() {
        const Matrix turned = covariance.selfadjointView<Eigen::Lower>() * axes;
        // Rayleigh-Ritz within the space, largest first
        const Eigen::SelfAdjointEigenSolver<Matrix> inner(axes.transpose() * turned);
        const Matrix order = inner.eigenvectors().rowwise().reverse();
        variances = inner.eigenvalues().reverse();
        const Eigen::Index kept = std::min<Eigen::Index>(componentCount, axes.cols());
        const Matrix ritz = axes * order, image = turned * order;
        left = (image - ritz * variances.asDiagonal()).leftCols(kept).colwise().norm().maxCoeff();
        left /= std::max(variances(0), 1e-300);
        axes = ritz;
        if (left <= enough || ++turns >= mostTurns || !(variances(0) > 0))
            phase = Phase::done;
        else
            axes = orthonormal(image);
    }

    double share() const {
        const double counted = double(next) / double(std::max<std::int64_t>(covered(), 1));
        switch (phase) {
            case Phase::mean:
                return 0.1 * counted;
            case Phase::covariance:
                return 0.1 + 0.6 * counted;
            case Phase::axes:
                return 0.7 + 0.29 * std::clamp(std::log(left) / std::log(enough), 0.0, 1.0);
            case Phase::done:
                break;
        }
        return 1;
    }
};

PcaWork::PcaWork(std::shared_ptr<const TokenGrid> tokens) : m_state(std::make_unique<State>()) {
    m_state->tokens = std::move(tokens);
    const Eigen::Index C = m_state->tokens->channels;
    m_state->mean = Vector::Zero(C), m_state->covariance = Matrix::Zero(C, C);
}

PcaWork::~PcaWork() = default;

double PcaWork::step(double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point start = Clock::now();
    while (m_state->phase != State::Phase::done) {
        m_state->phase == State::Phase::axes ? m_state->turn() : m_state->sum();
        if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() >= budgetMs) break;
    }
    return m_state->share();
}

Components PcaWork::take() {
    const TokenGrid& t = *m_state->tokens;
    Components c{.grid = t.grid, .channels = t.channels, .columns = t.columns, .rows = t.rows};
    c.mean.assign(m_state->mean.begin(), m_state->mean.end());
    c.variance = m_state->covariance.trace();
    c.axes.assign(componentCount * std::size_t(t.channels), 0);
    Matrix axes = Matrix::Zero(t.channels, componentCount);
    for (Eigen::Index k = 0; k < std::min<Eigen::Index>(componentCount, m_state->axes.cols()); ++k) {
        Vector axis = m_state->axes.col(k);
        Eigen::Index largest = 0;
        axis.cwiseAbs().maxCoeff(&largest);
        if (axis(largest) < 0) axis = -axis;
        axes.col(k) = axis;
        std::copy(axis.begin(), axis.end(), c.axes.begin() + k * t.channels);
        c.variances[std::size_t(k)] = std::max(m_state->variances(k), 0.0);
    }
    c.scores.resize(std::size_t(t.grid * t.grid) * componentCount);
    for (std::int64_t i = 0; i < t.grid * t.grid; ++i) {
        const Eigen::Map<const Eigen::VectorXf> token(t.values.data() + i * t.channels, t.channels);
        const Eigen::Vector3d score = axes.transpose() * (token.cast<double>() - m_state->mean);
        std::copy(score.begin(), score.end(), c.scores.begin() + i * std::int64_t(componentCount));
    }
    return c;
}

double Components::explained() const { return variance > 0 ? (variances[0] + variances[1] + variances[2]) / variance : 0; }

std::array<std::uint8_t, 3> Components::colour(std::int64_t y, std::int64_t x) const {
    std::array<std::uint8_t, 3> rgb{};
    for (std::size_t k = 0; k < 3; ++k) {
        const double spread = 2.5 * std::sqrt(variances[k]), score = scores[std::size_t(y * grid + x) * 3 + k];
        rgb[k] = std::uint8_t(std::lround(255 * std::clamp(spread > 0 ? 0.5 + score / (2 * spread) : 0.5, 0.0, 1.0)));
    }
    return rgb;
}

} // namespace orrery::segmentation
