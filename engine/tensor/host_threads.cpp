// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace orrery::tensor::host {

namespace {
std::atomic<int> wantedCores{0};
}

void useCores(int cores) { wantedCores = cores; }

int workers(std::int64_t count) {
    const int wanted = wantedCores, cores = wanted > 0 ? wanted : std::max(1, int(std::thread::hardware_concurrency()));
    return int(std::clamp<std::int64_t>(count, 1, cores));
}

void parallel(std::int64_t count, const std::function<void(std::int64_t, int)>& task) {
    std::atomic<std::int64_t> next{0};
    std::exception_ptr thrown;
    std::mutex mutex;
    const auto work = [&](int worker) {
        try {
            for (std::int64_t i = next++; i < count; i = next++) task(i, worker);
        } catch (...) {
            const std::lock_guard lock(mutex);
            if (!thrown) thrown = std::current_exception();
            next = count;
        }
    };
    std::vector<std::jthread> others;
    for (int worker = 1; worker < workers(count); ++worker) others.emplace_back(work, worker);
    work(0);
    others.clear(); // joins
    if (thrown) std::rethrow_exception(thrown);
}

} // namespace orrery::tensor::host
