// SPDX-License-Identifier: GPL-3.0-or-later
// Sub-allocation of device memory: blocks that grow from 4 to 64 MiB, split first-fit, merged when freed.
#pragma once

#include "engine/gpu/buffer.h"

#include <map>
#include <memory>
#include <vector>

namespace orrery::gpu {

/// Free stretches of one block; knows nothing of Vulkan.
class FreeList {
 public:
    explicit FreeList(std::uint64_t size) { m_free[0] = size; }
    static constexpr std::uint64_t none = ~std::uint64_t{0};
    std::uint64_t take(std::uint64_t size, std::uint64_t alignment); ///< offset, or none
    void give(std::uint64_t offset, std::uint64_t size);
    bool whole(std::uint64_t size) const { return m_free.size() == 1 && m_free.begin()->second == size; }

 private:
    std::map<std::uint64_t, std::uint64_t> m_free; ///< offset to size
};

struct Allocation {
    VkDeviceMemory memory = VK_NULL_HANDLE;
    std::uint64_t offset = 0, size = 0;
    void* mapped = nullptr;
    void* block = nullptr;
};

class Memory {
 public:
    Memory(VkPhysicalDevice physical, VkDevice device);
    ~Memory();
    Memory(const Memory&) = delete;

    /// `image` keeps images and buffers in blocks of their own. Throws OutOfMemory naming `name` and the sizes.
    Allocation allocate(const VkMemoryRequirements& needs, Residence residence, bool image, const std::string& name);
    void free(const Allocation& allocation);
    void failAfter(int allocations) { m_failAfter = allocations; } ///< see Device::pretendFull
    std::uint64_t used() const { return m_used; }
    std::uint64_t reserved() const { return m_reserved; }

 private:
    struct Block {
        VkDeviceMemory memory = VK_NULL_HANDLE;
        std::uint64_t size = 0;
        std::uint32_t type = 0;
        bool image = false, host = false;
        void* mapped = nullptr;
        FreeList free{0};
    };
    std::uint32_t chooseType(std::uint32_t allowed, Residence residence, const std::string& name) const;

    VkDevice m_device;
    VkPhysicalDeviceMemoryProperties m_properties{};
    std::vector<std::unique_ptr<Block>> m_blocks;
    std::uint64_t m_used = 0, m_reserved = 0;
    int m_failAfter = -1; ///< negative: never
};

} // namespace orrery::gpu
