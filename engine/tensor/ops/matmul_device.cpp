// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/tensor/ops/layout.h"
#include "engine/tensor/ops/matmul_plan.h"

namespace orrery::tensor {

namespace {

using gpu::Access, gpu::Element;

std::int64_t up(std::int64_t size, std::int64_t multiple) { return (size + multiple - 1) / multiple * multiple; }
std::uint64_t groups(std::int64_t size, std::int64_t each) { return std::uint64_t((size + each - 1) / each); }

std::vector<std::uint32_t> constantsOf(const MatmulOptions& o) {
    return {o.transposeA, o.transposeB, bool(o.bias), std::uint32_t(o.activation.value_or(Unary::identity))};
}

Tensor cut(Context& context, const Tensor& c, const MatmulPlan& plan) {
    return pad(context, pad(context, c, -1, 0, plan.N - c.shape().at(-1)), -2, 0, plan.M - c.shape().at(-2));
}

/// From one matrix of a stack to the next, in groups of `group`; 0 where one serves all.
std::uint32_t stepOf(const Tensor& x, std::int64_t group) {
    return x.shape()[0] > 1 ? std::uint32_t(x.shape().product(1, 3) / group) : 0;
}

Tensor byRegisters(Context& context, const MatmulPlan& plan, const MatmulOptions& o, DType type) {
    // The kernels read whole groups of four: zeros fill them up.
    const std::int64_t K = up(plan.K, 4), N = up(plan.N, 4), M = o.transposeA ? up(plan.M, 4) : plan.M;
    const auto padded = [&](Tensor x, std::int64_t rows, std::int64_t columns) {
        x = pad(context, x, -2, 0, rows - x.shape().at(-2));
        return pad(context, x, -1, 0, columns - x.shape().at(-1));
    };
    const Tensor a = padded(plan.a, o.transposeA ? K : M, o.transposeA ? M : K);
    const Tensor b = padded(plan.b, o.transposeB ? N : K, o.transposeB ? K : N);
    const Tensor bias = o.bias ? pad(context, o.bias.reshaped({plan.N}), 0, 0, N - plan.N) : b;
    const Tensor c = context.empty({plan.batch, M, N}, type);
    struct Push {
        std::uint32_t M, N4, K4, batchA, batchB;
        float p, q;
    };
    const Push push{std::uint32_t(M), std::uint32_t(N / 4), std::uint32_t(K / 4), stepOf(a, 4), stepOf(b, 4), 0, 0};
    const bool shared = o.kernel == MatmulKernel::shared || (o.kernel == MatmulKernel::automatic && !context.device().isCpu());
    Context::Launch launch{.kernel = shared ? "tensor/matmul_shared" : "tensor/matmul",
                           .tensors = {a, b, bias, c},
                           .bindings = {{"a", Access::read, Element::vec4},
                                        {"b", Access::read, Element::vec4},
                                        {"bias", Access::read, Element::vec4},
                                        {"c", Access::write}},
                           .constants = constantsOf(o),
                           .flops = plan.flops()};
    if (shared) {
        const auto& limits = context.device().info().limits;
        const bool roomy = limits.maxComputeWorkGroupInvocations >= 256 && limits.maxComputeSharedMemorySize >= 20u << 10;
        // The larger tile reads less, once there are enough of them for a large GPU.
        const bool many = groups(N, 128) * groups(M, 128) * std::uint64_t(plan.batch) >= 128;
        const std::uint32_t rows = roomy && many ? 128 : 64;
        launch.constants.push_back(rows);
        launch.local = {16, rows / 8, 1};
        launch.groups = {groups(N, 128), groups(M, rows), std::uint64_t(plan.batch)};
    } else {
        const std::uint32_t rows = M >= 16 ? 16 : 4, across = N / 4 >= 32 ? 32 : 8;
        launch.constants.push_back(rows);
        launch.local = {across, 1, 1};
        launch.groups = {groups(N / 4, across), groups(M, rows), std::uint64_t(plan.batch)};
    }
    context.run(launch, push);
    return cut(context, c, plan);
}

/// How the matrix units' kernel divides its work: shader constants 8 … 14. On an H200 the fastest tried with b transposed, and
/// within 2 % of the fastest without.
struct Tiles {
    std::uint32_t rows = 128, columns = 128, depth = 64, acrossM = 2, acrossN = 4, slots = 1;
};

Tensor byMatrixUnits(Context& context, const MatmulPlan& plan, const MatmulOptions& o, DType type) {
    constexpr std::int64_t fragment = 16, group = 8;
    const std::int64_t M = up(plan.M, fragment), N = up(plan.N, fragment);
    const auto padded = [&](const Tensor& x) { return pad(context, x, -1, 0, up(x.shape().at(-1), group) - x.shape().at(-1)); };
    const Tensor a = padded(plan.a), b = padded(plan.b), c = context.empty({plan.batch, M, N}, type);
    struct Push {
        std::uint32_t M, N, K, rowA, rowB, rowC, batchA, batchB, batchC;
        float p, q;
    };
    const Push push{std::uint32_t(plan.M),
                    std::uint32_t(plan.N),
                    std::uint32_t(plan.K),
                    std::uint32_t(a.shape().at(-1) / group),
                    std::uint32_t(b.shape().at(-1) / group),
                    std::uint32_t(N),
                    stepOf(a, group),
                    stepOf(b, group),
                    std::uint32_t(M * N),
                    0,
                    0};
    const Tiles tiles;
    const std::uint32_t threads = 32 * tiles.acrossM * tiles.acrossN;
    Context::Launch launch{.kernel = "tensor/matmul_cooperative",
                           .tensors = {a, b, o.bias ? o.bias : b, c},
                           .bindings = {{"a"}, {"b"}, {"bias"}, {"c", Access::write}},
                           .constants = constantsOf(o),
                           .local = {threads, 1, 1},
                           .groups = {groups(N, tiles.columns), groups(M, tiles.rows), std::uint64_t(plan.batch)},
                           .flops = plan.flops()};
    launch.constants.insert(launch.constants.end(),
                            {tiles.rows, tiles.columns, tiles.depth, tiles.acrossM, tiles.acrossN, threads, tiles.slots});
    context.run(launch, push);
    return cut(context, c, plan);
}

} // namespace

Tensor matmulOnDevice(Context& context, const MatmulPlan& plan, const MatmulOptions& o, DType type) {
    const bool can = context.device().info().cooperativeMatrix && plan.a.type() == DType::f16 && plan.b.type() == DType::f16;
    if (o.kernel == MatmulKernel::cooperative && !can)
        throw Error("matmul: this product has no kernel for matrix units: they take f16, on a device that offers them");
    const bool large = plan.M * plan.N * plan.K >= 64 * 64 * 64; // smaller ones do not fill a tile
    if (o.kernel == MatmulKernel::cooperative || (o.kernel == MatmulKernel::automatic && can && large))
        return byMatrixUnits(context, plan, o, type);
    return byRegisters(context, plan, o, type);
}

} // namespace orrery::tensor
