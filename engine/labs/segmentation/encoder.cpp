// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/encoder.h"

#include "engine/error.h"

#include <algorithm>
#include <chrono>

namespace orrery::segmentation {

void Encoding::add(double flops, std::function<void(tensor::Context&)> run) {
    m_pieces.push_back({m_stages.size() - 1, flops, std::move(run)});
    m_stages.back().flops += flops;
    m_flops += flops;
}

std::size_t Encoding::stage() const {
    if (m_pieces.empty()) return 0;
    return m_pieces[std::min(m_next, m_pieces.size() - 1)].stage;
}

bool Encoding::step(tensor::Context& context, double budgetMs) {
    using Clock = std::chrono::steady_clock;
    const auto since = [](Clock::time_point from) {
        return std::chrono::duration<double, std::milli>(Clock::now() - from).count();
    };
    const Clock::time_point start = Clock::now();
    do {
        if (done()) break;
        Piece& piece = m_pieces[m_next];
        const Clock::time_point before = Clock::now();
        piece.run(context);
        context.finish();
        m_stages[piece.stage].milliseconds += since(before);
        m_flopsDone += piece.flops;
        piece.run = nullptr; // lets go of what it held
        ++m_next;
    } while (since(start) < budgetMs);
    return done();
}

std::unique_ptr<EncoderPlan> planEncoder(const Checkpoint& file) {
    for (const auto plan : {planVit, planTinyVit, planTiny})
        if (auto fits = plan(file)) return fits;
    file.fail("its image encoder is of no kind known here (ViT with relative positions, TinyViT, TinyPrompt)");
}

double pieceFlops(const tensor::Context& context) {
    if (context.hostProducts()) return 1.5e9; // at some 100 GFLOP/s
    return context.device().isCpu() ? 2e8 : 1e11;
}

std::vector<Part> partsOf(const tensor::Context& context, std::int64_t total, double flopsEach, std::int64_t step) {
    const double fit = std::max(1.0, pieceFlops(context) / std::max(1.0, flopsEach * double(step)));
    const std::int64_t most = std::min<std::int64_t>(total, std::int64_t(std::min(fit, 1e9)) * step);
    const std::int64_t count = (total + most - 1) / most, each = ((total + count - 1) / count + step - 1) / step * step;
    std::vector<Part> parts;
    for (std::int64_t from = 0; from < total; from += each) parts.push_back({from, std::min(each, total - from)});
    return parts;
}

} // namespace orrery::segmentation
