// SPDX-License-Identifier: GPL-3.0-or-later
// Mamba-1's selective scan (Gu & Dao 2023, arXiv 2312.00752): Delta, B and C are made from the input itself, so the layer
// decides token by token what to keep. h_t = e^(Delta_t A) h_(t-1) + Delta_t B_t u_t, y_t = C_t h_t + D u_t, per channel.
#pragma once

#include "engine/labs/statespace/scan.h"

namespace orrery::statespace {

struct SelectiveOptions {
    std::int64_t channels = 8, states = 16;
    std::int64_t rank = 0; ///< of Delta's weights; 0: ceil(channels / 16), as Mamba has it
};
struct SelectiveLayer {
    Matrix A;            ///< [channels, states], -(n + 1) as Mamba starts: e^(A_log), A_log = ln(1 … N)
    Matrix project;      ///< [rank + 2 states, channels]: input to (Delta's low rank, B, C)
    Matrix deltaWeights; ///< [channels, rank]
    Vector deltaBias;    ///< [channels], softplus^-1 of log-uniform [0.001, 0.1], at least 1e-4
    Vector skip;         ///< [channels], D
};
/// Weights from a seed (Philox): uniform within 1 / sqrt(inputs), Delta's within 1 / sqrt(rank).
SelectiveLayer selective(const SelectiveOptions& options, std::uint64_t seed);

/// What the layer makes of its input u of [L, channels].
struct Gates {
    Matrix delta; ///< [L, channels], positive
    Matrix B, C;  ///< [L, states]
};
Gates gates(const SelectiveLayer& layer, const Matrix& u);
double softplus(double x); ///< ln(1 + e^x); x above 20, as Mamba has it

/// The factor of B_t u_t. Mamba ships Euler though its paper says ZOH (trap T7).
enum class InputRule { euler, zoh };
double inputFactor(InputRule rule, double delta, double a); ///< Delta, or expm1(Delta a) / a

/// y of [L, channels]; any order of scanning gives the same.
Matrix selectiveScan(const SelectiveLayer& layer, const Gates& gates, const Matrix& u, InputRule rule = InputRule::euler,
                     const ScanOrder& order = {});
/// The same layer as a matrix over tokens (Ali, Zimerman & Wolf 2024, arXiv 2403.01590), for one channel:
/// y_i = sum_j M_ij u_j + D u_i, M_ij = sum_n C_i e^(A (Delta_(j+1) + … + Delta_i)) Bbar_j for j <= i. [L, L].
Matrix hiddenAttention(const SelectiveLayer& layer, const Gates& gates, std::int64_t channel, InputRule rule = InputRule::euler);

/// On the device in float32, Euler input, a channel's states in registers: states a multiple of 4, at most 64; throws Error
/// otherwise.
Matrix selectiveScanOnDevice(tensor::Context& context, const SelectiveLayer& layer, const Gates& gates, const Matrix& u);
/// The recorded work alone: delta, u [batch, L, channels], A [channels, states], B, C [batch, L, states], skip [channels].
tensor::Tensor selectiveScan(tensor::Context& context, const tensor::Tensor& delta, const tensor::Tensor& u,
                             const tensor::Tensor& A, const tensor::Tensor& B, const tensor::Tensor& C,
                             const tensor::Tensor& skip);
/// Least bytes in float32: per token and channel Delta, u, y; per token B and C.
double selectiveBytes(std::int64_t batch, std::int64_t L, std::int64_t channels, std::int64_t states);

/// RetNet's retention (Sun et al. 2023, arXiv 2307.08621), plain algebra without the normalisers in which published forms differ.
/// q, k [L, d], v [L, e], 0 < gamma <= 1.
enum class Retention {
    parallel,  ///< (q k^T * gamma^(i - j)) v
    recurrent, ///< S = gamma S + k^T v, y = q S
    chunkwise, ///< within a chunk as parallel, between chunks as recurrent
};
constexpr int retentions = 3;
const char* label(Retention form);
double retentionGamma(std::int64_t head); ///< 1 - 2^(-5 - head)
Matrix retention(Retention form, const Matrix& q, const Matrix& k, const Matrix& v, double gamma, std::int64_t chunk = 64);
/// The same in float32 throughout.
Matrix retentionInFloat(Retention form, const Matrix& q, const Matrix& k, const Matrix& v, double gamma, std::int64_t chunk = 64);

} // namespace orrery::statespace
