// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed precision (Micikevicius et al., ICLR 2018, arXiv 1710.03740): which ops run in 16 bits, and a training step that scales
// the loss, looks for overflow, and keeps f32 master weights.
#pragma once

#include "engine/tensor/optimiser.h"
#include "engine/tensor/scaler.h"

#include <optional>

namespace orrery::tensor {

/// Ops by the format that they stand: products in 16 bits; sums over many values, norms, exponentials and losses in f32
/// (PyTorch's autocast lists). All that is not here follows its widest input.
struct OpRow {
    const char* op;
    bool narrow;     ///< true: 16 bits do
    const char* why; ///< one line
};
const std::vector<OpRow>& opTable();

/// The policy of a table for fp16 (a DType) or bf16 (rounded, kept in f32).
Policy policyOf(const Format& format, const std::vector<OpRow>& table = opTable());

/// How a network is trained.
enum class Precision {
    fp32,
    mixed,      ///< fp16 products, f32 master weights, loss scaling
    bf16,       ///< bf16 products, f32 master weights, no scaling
    fp16,       ///< all in fp16: weights, gradients, moments
    stochastic, ///< as fp16 products with fp16 weights and no master, but updates rounded stochastically; f32 moments
};
const char* toString(Precision precision);

struct TrainingOptions {
    Precision precision = Precision::fp32;
    OptimiserOptions optimiser{};
    std::optional<ScalerOptions> scaler{}; ///< none: the loss is not scaled, and steps with infinities are taken
    double clip = 0;                       ///< of the gradients' length, after unscaling; 0: none
    /// Whether weights live in f32 beside the 16 bits that products take; none: as the precision has it. Without them the weights
    /// of mixed and bf16 are rounded to nearest after each update; with them those of fp16 and all moments are f32.
    std::optional<bool> masters{};
};

/// What a step of training saw.
struct StepReport {
    double loss = 0;
    double norm = 0;  ///< of the gradients, unscaled, before clipping
    double scale = 1; ///< of the loss in this step
    bool skipped = false;
};

class Training {
 public:
    /// Brings the parameters to the type in which the precision keeps them. `policy`: another one than that of opTable().
    Training(Context& context, Parameters& parameters, const TrainingOptions& options, std::optional<Policy> policy = {});

    /// The loss is a scalar of f32, of one batch.
    StepReport step(const std::function<Tensor(Context&)>& loss);

    Optimiser& optimiser() { return m_optimiser; }
    const Optimiser& optimiser() const { return m_optimiser; }
    const std::optional<LossScaler>& scaler() const { return m_scaler; }
    std::optional<LossScaler>& scaler() { return m_scaler; }
    /// The policy under which step() runs the network: for evaluation in the same formats.
    const Policy& policy() const { return m_policy; }
    Policy& policy() { return m_policy; }

    /// Looked at after a step's backward pass: gradients as they came, scaled.
    std::function<void(const Gradients&)> onGradients;
    std::function<void(const char* op, const Tensor& output, const Tensor& gradient)> onActivation; ///< see Tape::onGradient

 private:
    Context& m_context;
    Parameters& m_parameters;
    TrainingOptions m_options;
    Policy m_policy;
    Optimiser m_optimiser;
    std::optional<LossScaler> m_scaler;
};

} // namespace orrery::tensor
