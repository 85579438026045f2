// SPDX-License-Identifier: GPL-3.0-or-later
// What a device is made of; seen only by engine/gpu.
#pragma once

#include "engine/gpu/command_list.h"
#include "engine/gpu/device.h"
#include "engine/gpu/memory.h"
#include "engine/gpu/pipelines.h"

#include <deque>
#include <map>

namespace orrery::gpu {

/// Lives until the device object and every buffer and image made from it are gone.
struct Device::Impl : std::enable_shared_from_this<Device::Impl> {
    Instance* instance = nullptr;
    DeviceInfo info;
    std::string whyChosen;
    ReadPath readPath = ReadPath::storage;
    VkDevice handle = VK_NULL_HANDLE;
    VkQueue queue = VK_NULL_HANDLE;
    std::uint32_t family = 0, timestampBits = 0;
    std::unique_ptr<Memory> memory;
    std::unique_ptr<Pipelines> pipelines;
    VkSemaphore timeline = VK_NULL_HANDLE;
    Ticket submitted = 0;
    bool lost = false;

    struct Release {
        Ticket after;
        std::function<void()> run;
    };
    std::deque<Release> releases;
    std::vector<std::unique_ptr<CommandList>> idle;
    std::deque<std::unique_ptr<CommandList>> inFlight;
    std::map<std::string, std::vector<Timing>> timings; ///< by recorder name
    std::map<std::string, Timing> profile;              ///< by kernel

    ~Impl();
    Ticket finished() const; ///< the newest ticket the GPU has completed
    void collect();          ///< recycles lists, reads their timestamps, runs releases that are due
    void addToProfile(const Timing& timing);
    void release(std::function<void()> run);
    void requireAlive(const char* what) const;
};

struct Buffer::State {
    std::shared_ptr<Device::Impl> device;
    BufferOptions options;
    VkBuffer handle = VK_NULL_HANDLE;
    Allocation allocation;
    std::map<VkFormat, VkBufferView> views;
    ~State();
};

struct Image::State {
    std::shared_ptr<Device::Impl> device;
    ImageOptions options;
    VkImage handle = VK_NULL_HANDLE;
    VkImageView view = VK_NULL_HANDLE;
    Allocation allocation;
    ~State();
};

} // namespace orrery::gpu
