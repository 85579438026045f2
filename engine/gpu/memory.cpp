// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/memory.h"

#include <algorithm>

namespace orrery::gpu {
namespace {

constexpr std::uint64_t MiB = 1024 * 1024;
constexpr std::uint64_t smallestBlock = 4 * MiB, largestBlock = 64 * MiB;

std::string inMiB(std::uint64_t bytes) { return std::to_string((bytes + MiB - 1) / MiB) + " MiB"; }

} // namespace

std::uint64_t FreeList::take(std::uint64_t size, std::uint64_t alignment) {
    for (auto it = m_free.begin(); it != m_free.end(); ++it) {
        const auto [start, length] = *it;
        const std::uint64_t offset = (start + alignment - 1) / alignment * alignment;
        if (offset + size > start + length) continue;
        m_free.erase(it);
        if (offset > start) m_free[start] = offset - start;
        if (offset + size < start + length) m_free[offset + size] = start + length - offset - size;
        return offset;
    }
    return none;
}

void FreeList::give(std::uint64_t offset, std::uint64_t size) {
    auto after = m_free.lower_bound(offset);
    if (after != m_free.end() && after->first == offset + size) {
        size += after->second;
        after = m_free.erase(after);
    }
    if (after != m_free.begin()) {
        const auto before = std::prev(after);
        if (before->first + before->second == offset) {
            before->second += size;
            return;
        }
    }
    m_free[offset] = size;
}

Memory::Memory(VkPhysicalDevice physical, VkDevice device) : m_device(device) {
    vkGetPhysicalDeviceMemoryProperties(physical, &m_properties);
}

Memory::~Memory() {
    for (const auto& block : m_blocks) vkFreeMemory(m_device, block->memory, nullptr);
}

std::uint32_t Memory::chooseType(std::uint32_t allowed, Residence residence, const std::string& name) const {
    constexpr VkMemoryPropertyFlags host = VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    std::vector<VkMemoryPropertyFlags> preferences;
    switch (residence) {
        case Residence::device:
            preferences = {VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT, 0};
            break;
        case Residence::upload:
            preferences = {host};
            break;
        case Residence::readback:
            preferences = {host | VK_MEMORY_PROPERTY_HOST_CACHED_BIT, host};
            break;
    }
    for (VkMemoryPropertyFlags flags : preferences)
        for (std::uint32_t i = 0; i < m_properties.memoryTypeCount; ++i)
            if ((allowed & (1u << i)) && (m_properties.memoryTypes[i].propertyFlags & flags) == flags) return i;
    throw OutOfMemory("the device has no memory of the kind that '" + name + "' needs");
}

Allocation Memory::allocate(const VkMemoryRequirements& needs, Residence residence, bool image, const std::string& name) {
    if (m_failAfter >= 0 && m_failAfter-- == 0)
        throw OutOfMemory("out of memory: '" + name + "' needs " + inMiB(needs.size) + ", which a test says there is not");
    const std::uint32_t type = chooseType(needs.memoryTypeBits, residence, name);
    const bool host = residence != Residence::device;
    const auto place = [&](Block& block) -> Allocation {
        const std::uint64_t offset = block.free.take(needs.size, needs.alignment);
        if (offset == FreeList::none) return {};
        m_used += needs.size;
        return {block.memory, offset, needs.size, block.mapped ? static_cast<char*>(block.mapped) + offset : nullptr, &block};
    };
    std::uint64_t ofThisKind = 0;
    for (const auto& block : m_blocks) {
        if (block->type != type || block->image != image || block->host != host) continue;
        ofThisKind += block->size;
        if (const Allocation found = place(*block); found.block) return found;
    }
    // A new block as large as all its kin together, so that small programs stay small and large ones make few blocks.
    const std::uint64_t usual = std::clamp(ofThisKind, smallestBlock, largestBlock);
    auto block = std::make_unique<Block>();
    block->size = std::max(usual, (needs.size + 0xFFFF) & ~std::uint64_t{0xFFFF});
    block->type = type, block->image = image, block->host = host;
    block->free = FreeList(block->size);
    const VkMemoryAllocateInfo info{VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO, nullptr, block->size, type};
    const bool hopeless = block->size > m_properties.memoryHeaps[m_properties.memoryTypes[type].heapIndex].size;
    const VkResult result = hopeless ? VK_ERROR_OUT_OF_DEVICE_MEMORY : vkAllocateMemory(m_device, &info, nullptr, &block->memory);
    if (result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY)
        throw OutOfMemory("out of memory: '" + name + "' needs " + inMiB(needs.size) + ", " + inMiB(m_used) +
                          " are in use; use fewer particles or smaller data");
    check(result, "allocate device memory");
    if (const VkResult mapped = host ? vkMapMemory(m_device, block->memory, 0, VK_WHOLE_SIZE, 0, &block->mapped) : VK_SUCCESS) {
        vkFreeMemory(m_device, block->memory, nullptr);
        check(mapped, "map device memory");
    }
    m_reserved += block->size;
    m_blocks.push_back(std::move(block));
    return place(*m_blocks.back());
}

void Memory::free(const Allocation& allocation) {
    auto* block = static_cast<Block*>(allocation.block);
    block->free.give(allocation.offset, allocation.size);
    m_used -= allocation.size;
    if (!block->free.whole(block->size)) return;
    // Keep one empty block of a kind against ping-pong; give larger ones back.
    const auto isKin = [&](const auto& b) {
        return b.get() != block && b->type == block->type && b->image == block->image && b->host == block->host;
    };
    if (block->size <= smallestBlock && std::none_of(m_blocks.begin(), m_blocks.end(), isKin)) return;
    vkFreeMemory(m_device, block->memory, nullptr);
    m_reserved -= block->size;
    std::erase_if(m_blocks, [&](const auto& b) { return b.get() == block; });
}

} // namespace orrery::gpu
