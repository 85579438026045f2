// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/command_list.h"

#include <algorithm>

namespace orrery::gpu {
namespace {

constexpr std::uint32_t mostTimings = 96;

VkDescriptorPool makeDescriptorPool(VkDevice device) {
    const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 512},
                                          {VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER, 512},
                                          {VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, 128},
                                          {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, 64}};
    const VkDescriptorPoolCreateInfo info{
        VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, nullptr, 0, 256, std::uint32_t(std::size(sizes)), sizes};
    VkDescriptorPool pool = VK_NULL_HANDLE;
    check(vkCreateDescriptorPool(device, &info, nullptr, &pool), "create a descriptor pool");
    return pool;
}

} // namespace

CommandList::CommandList(VkDevice vkDevice, std::uint32_t family, bool timestamps, bool serialise)
    : device(vkDevice), m_serialise(serialise) {
    const VkCommandPoolCreateInfo poolInfo{VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO, nullptr,
                                           VK_COMMAND_POOL_CREATE_TRANSIENT_BIT, family};
    check(vkCreateCommandPool(device, &poolInfo, nullptr, &pool), "create a command pool");
    const VkCommandBufferAllocateInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO, nullptr, pool,
                                           VK_COMMAND_BUFFER_LEVEL_PRIMARY, 1};
    check(vkAllocateCommandBuffers(device, &info, &commands), "allocate a command buffer");
    if (!timestamps) return;
    const VkQueryPoolCreateInfo queryInfo{
        VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO, nullptr, 0, VK_QUERY_TYPE_TIMESTAMP, 2 * mostTimings, 0};
    check(vkCreateQueryPool(device, &queryInfo, nullptr, &m_queries), "create a timestamp pool");
}

CommandList::~CommandList() {
    for (VkDescriptorPool p : m_descriptorPools) vkDestroyDescriptorPool(device, p, nullptr);
    if (m_queries) vkDestroyQueryPool(device, m_queries, nullptr);
    if (pool) vkDestroyCommandPool(device, pool, nullptr);
}

void CommandList::begin(const std::string& listName, bool timed) {
    name = listName;
    m_timing = timed;
    promise = std::make_shared<Ticket>(0);
    const VkCommandBufferBeginInfo info{VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO, nullptr,
                                        VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT, nullptr};
    check(vkBeginCommandBuffer(commands, &info), "begin a command list");
    if (m_queries) vkCmdResetQueryPool(commands, m_queries, 0, 2 * mostTimings);
}

void CommandList::recycle() {
    check(vkResetCommandPool(device, pool, 0), "reset a command list");
    for (std::size_t i = 0; i < m_descriptorPools.size() && i <= m_openPool; ++i)
        vkResetDescriptorPool(device, m_descriptorPools[i], 0);
    m_openPool = 0;
    m_timed.clear();
    buffers.clear();
    images.clear();
    promise.reset();
}

VkDescriptorSet CommandList::descriptorSet(VkDescriptorSetLayout layout) {
    for (;; ++m_openPool) {
        const bool fresh = m_openPool == m_descriptorPools.size();
        if (fresh) m_descriptorPools.push_back(makeDescriptorPool(device));
        const VkDescriptorSetAllocateInfo info{VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO, nullptr,
                                               m_descriptorPools[m_openPool], 1, &layout};
        VkDescriptorSet set = VK_NULL_HANDLE;
        const VkResult result = vkAllocateDescriptorSets(device, &info, &set);
        const bool full = result == VK_ERROR_OUT_OF_POOL_MEMORY || result == VK_ERROR_FRAGMENTED_POOL;
        if (full && !fresh) continue;
        check(result, "allocate a descriptor set");
        return set;
    }
}

int CommandList::beginTiming(const std::string& what, double bytes, double flops) {
    if (!m_queries || !m_timing || m_timed.size() == mostTimings) return -1;
    const int slot = int(m_timed.size());
    m_timed.push_back({what, 0, 1, bytes, flops});
    stamp(std::uint32_t(2 * slot));
    return slot;
}

void CommandList::endTiming(int slot) {
    if (slot >= 0) stamp(std::uint32_t(2 * slot + 1));
}

void CommandList::stamp(std::uint32_t query) {
    vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, m_queries, query);
    if (!m_serialise) return;
    const VkMemoryBarrier memory{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_MEMORY_WRITE_BIT,
                                 VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT};
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 1, &memory, 0,
                         nullptr, 0, nullptr);
}

std::vector<Timing> CommandList::readTimings(double nanosecondsPerTick, std::uint32_t validBits) const {
    std::vector<Timing> sums;
    if (m_timed.empty()) return sums;
    std::vector<std::uint64_t> ticks(2 * m_timed.size());
    const VkResult result =
        vkGetQueryPoolResults(device, m_queries, 0, std::uint32_t(ticks.size()), ticks.size() * sizeof(std::uint64_t),
                              ticks.data(), sizeof(std::uint64_t), VK_QUERY_RESULT_64_BIT);
    if (result != VK_SUCCESS) return sums;
    const std::uint64_t mask = validBits >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << validBits) - 1;
    for (std::size_t i = 0; i < m_timed.size(); ++i) {
        const double ms = double((ticks[2 * i + 1] - ticks[2 * i]) & mask) * nanosecondsPerTick * 1e-6;
        auto same = std::find_if(sums.begin(), sums.end(), [&](const Timing& t) { return t.name == m_timed[i].name; });
        if (same == sums.end()) same = sums.insert(same, {m_timed[i].name, 0, 0});
        same->milliseconds += ms, same->calls += 1;
        same->bytes += m_timed[i].bytes, same->flops += m_timed[i].flops;
    }
    return sums;
}

} // namespace orrery::gpu
