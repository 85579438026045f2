// SPDX-License-Identifier: GPL-3.0-or-later
// Tasks on all cores of the host. Which thread takes a task depends on the moment; a task's result must not.
#pragma once

#include <cstdint>
#include <functional>

namespace orrery::tensor::host {

/// Runs task(0 … count - 1, worker), worker < workers(count): for scratch memory of its own. What a task throws comes out here.
void parallel(std::int64_t count, const std::function<void(std::int64_t task, int worker)>& task);
int workers(std::int64_t count); ///< at most as many as tasks and cores

/// For tests: as if the machine had that many cores; 0: as many as it has.
void useCores(int cores);

} // namespace orrery::tensor::host
