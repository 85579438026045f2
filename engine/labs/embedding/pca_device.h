// SPDX-License-Identifier: GPL-3.0-or-later
// The products of a randomised search for principal components on the Vulkan device, by the tensor engine's matmul.
#pragma once

#include "engine/labs/embedding/device_rows.h"
#include "engine/labs/embedding/pca.h"

namespace orrery::embedding {

/// Keeps the rows less their mean there: n D floats. Each pass is 4 n D wide FLOPs and reads them twice; what the host turns at
/// right angles is D x wide.
class DeviceProducts final : public RowProducts {
 public:
    /// `products`: who computes the matrix products on a CPU device (tests force the kernels).
    DeviceProducts(gpu::Device& device, Turns& turns, Progress& progress,
                   tensor::Products products = tensor::Products::automatic);
    double begin(const Matrix& values, const std::vector<double>& mean) override;
    void run(std::span<const float> q, std::int64_t wide, std::span<double> sum, std::span<double> inner, Progress& progress,
             double from, double to) override;
    double deviceMs() const { return m_deviceMs; } ///< of products
    double flops() const { return m_flops; }

 private:
    struct Held;
    Aboard m_aboard;
    std::int64_t m_columns = 0;
    Slice m_slice{1e7};
    double m_deviceMs = 0, m_flops = 0;
};

} // namespace orrery::embedding
