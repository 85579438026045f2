// SPDX-License-Identifier: GPL-3.0-or-later
// The logical device: one queue, its memory, and the timeline on which everything submitted is counted.
#pragma once

#include "engine/gpu/buffer.h"
#include "engine/gpu/instance.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace orrery::gpu {

class Recorder;
class Pipelines;

/// How heavy kernels read their inputs: GPUs from storage buffers, CPU devices from texel buffers, where a
/// storage-buffer load costs some twenty times as much (shaders/common/read.glsl).
enum class ReadPath { storage, texel };

/// A point on the device's timeline. Ticket 0 is always done.
using Ticket = std::uint64_t;

struct DeviceOptions {
    std::string wanted{};            ///< see chooseDevice; empty also looks at ORRERY_DEVICE
    std::string pipelineCacheFile{}; ///< empty: the user's cache folder; "-": none
    ReadPath forceReadPath{};        ///< with forceRead set: this path instead of the device's own
    bool forceRead = false;
};

struct MemoryReport {
    std::uint64_t used = 0;     ///< bytes in live buffers and images, as the driver rounds them
    std::uint64_t reserved = 0; ///< bytes of the blocks they live in
};

/// A timed stretch of work, or all stretches of that name together.
struct Timing {
    std::string name{};
    double milliseconds = 0;
    std::uint64_t calls = 1;
    double bytes = 0; ///< that its bindings span, read and written
    double flops = 0; ///< where the caller has told them
};

struct SubmitOptions { ///< binary semaphores of the swapchain
    VkSemaphore wait = VK_NULL_HANDLE;
    VkSemaphore signal = VK_NULL_HANDLE;
};

class Device {
 public:
    explicit Device(Instance& instance, const DeviceOptions& options = {});
    ~Device();
    Device(const Device&) = delete;
    Device& operator=(const Device&) = delete;

    Instance& instance() const;
    const DeviceInfo& info() const;
    const std::string& whyChosen() const;
    bool isCpu() const { return info().kind == DeviceKind::cpu; }
    ReadPath readPath() const;

    VkDevice handle() const;
    VkQueue queue() const;
    std::uint32_t queueFamily() const;
    Pipelines& pipelines();

    Buffer buffer(const BufferOptions& options); ///< throws OutOfMemory naming the buffer and both sizes
    Image image(const ImageOptions& options);
    MemoryReport memory() const;

    /// A new command list. Recorders are independent; submit them in the order they shall run.
    /// `timed`: kernels are timed one by one, at the price of waiting between them on CPU devices.
    Recorder record(const std::string& name = "work", bool timed = true);
    Ticket submit(Recorder&& recorder, const SubmitOptions& options = {});
    /// Records and submits. When `record` throws, what it has recorded so far is submitted all the same: the objects behind
    /// that work already count on it.
    Ticket run(const std::string& name, const std::function<void(Recorder&)>& record);
    Ticket submitted() const; ///< the newest ticket given out
    bool done(Ticket ticket) const;
    void wait(Ticket ticket); ///< blocks; throws DeviceLost
    void waitIdle();
    /// Calls `release` once everything submitted so far has finished (frees pipelines, views, …).
    void afterSubmitted(std::function<void()> release);

    /// Timings of the newest finished recorder of that name; empty where the device has no timestamps.
    std::vector<Timing> timings(const std::string& recorderName) const;

    /// All timings together since the last reset, by kernel: of finished recorders, and of work on the host that was told.
    std::vector<Timing> profile() const;
    void resetProfile();
    void addToProfile(const Timing& timing);
    /// Recorders that are timed only on demand ask this: it is on while somebody looks at the profile.
    bool profiling = false;

    /// Every later call fails as a lost device does. For tests.
    void pretendLost();
    /// The allocation after `allocations` more fails as in a full memory, once. For tests.
    void pretendFull(int allocations);

    struct Impl;
    Impl& impl() { return *m_impl; }

 private:
    std::shared_ptr<Impl> m_impl;
};

} // namespace orrery::gpu
