// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/ops/row_mapping.h"

#include "engine/error.h"

namespace orrery::tensor {

Context::Launch rowLaunch(const Context& context, const char* kernel, RowMapping mapping, std::int64_t rows, std::int64_t size,
                          bool fours) {
    const bool team = mapping == RowMapping::workgroup || (mapping == RowMapping::automatic && !context.device().isCpu());
    Context::Launch launch;
    launch.kernel = kernel;
    launch.constants = {fours, team};
    if (size == 0) rows = 0;
    std::uint32_t lanes = 8, abreast = 1;
    if (team) { // powers of two, for the tree
        const std::uint32_t most =
            context.device().info().limits.maxComputeWorkGroupInvocations >= 256 && size >= 4096 ? 256 : 128;
        while (lanes < most && std::int64_t(lanes) * 4 < size) lanes *= 2;
        // Short rows leave lanes of a subgroup idle: several rows to a workgroup then, where their number allows it.
        while (lanes * abreast < 128 && rows % (2 * abreast) == 0) abreast *= 2;
        launch.groups = grid(std::uint64_t(rows), abreast);
    } else { // few rows: small workgroups, so that all cores get some
        if (rows >= 1024) lanes = 64;
        launch.groups = grid(std::uint64_t(rows), lanes);
    }
    launch.local = {lanes, abreast, 1};
    return launch;
}

std::int64_t rowsOf(const Tensor& x, const char* what) {
    if (x.shape().rank() == 0) throw Error(std::string(what) + " is of the last axis; a scalar has none");
    return x.shape().product(0, x.shape().rank() - 1);
}

} // namespace orrery::tensor
