// SPDX-License-Identifier: GPL-3.0-or-later
// The selective page's scene: a layer of seeded weights whose Delta, B and C are made from its input, its hidden attention
// matrix, and RetNet's three forms. The clock counts tokens.
#pragma once

#include "engine/lab/scene.h"
#include "engine/labs/statespace/selective.h"
#include "engine/tensor/context.h"

namespace orrery::statespace {

struct ChoosingRequest {
    std::int64_t tokens = 64, channel = 0, head = 0, chunk = 16;
    InputRule rule = InputRule::euler;
    std::uint64_t seed = 1;
    bool operator==(const ChoosingRequest&) const = default;
};
struct Residual2 {
    std::string first, second;
    double residual = 0, tolerance = 0;
    bool agree() const { return residual <= tolerance; }
};

class Choosing final : public lab::Scene {
 public:
    static constexpr std::int64_t channels = 8, states = 16;
    void configure(const ChoosingRequest& request);
    void wake();
    const ChoosingRequest& request() const { return m_request; }
    bool ready() const { return m_made; }
    const Matrix& input() const { return m_u; }             ///< [tokens, channels]
    const Gates& gates() const { return m_gates; }          ///< Delta [tokens, channels], B and C [tokens, states]
    const Matrix& attention() const { return m_attention; } ///< of the channel that is shown, [tokens, tokens]
    const Matrix& output() const { return m_y; }
    const std::vector<Residual2>& residuals() const { return m_residuals; } ///< scan against matrix, RetNet's forms

    int steps() const override { return int(m_request.tokens); }
    std::vector<lab::Mark> marks() const override { return {{0, "first token"}, {steps(), "last token"}}; }
    std::string status() const override;
    int position() const override { return m_position; }
    bool advance(gpu::Recorder& recorder, int target, double budgetMs) override;
    std::span<const lab::Sample> series(const std::string& key) const override;
    lab::HostArray array(gpu::Device&, const std::string& key) override;
    std::vector<lab::Check> checks() const override;

 private:
    void make();

    ChoosingRequest m_request{.tokens = 0};
    bool m_made = false;
    SelectiveLayer m_layer;
    Matrix m_u, m_attention, m_y;
    Gates m_gates;
    std::vector<Residual2> m_residuals;
    std::vector<lab::Sample> m_steps; ///< Delta of the channel that is shown
    int m_position = 0;
};

} // namespace orrery::statespace
