// SPDX-License-Identifier: GPL-3.0-or-later
// One command buffer with all it needs while the GPU runs it: descriptor pools, timestamps, the buffers it uses.
#pragma once

#include "engine/gpu/device.h"

#include <memory>
#include <vector>

namespace orrery::gpu {

struct CommandList {
    /// `serialise`: a barrier behind every timestamp. llvmpipe takes timestamps when it rasterises, long after it has run the
    /// compute work recorded behind them, unless a barrier makes it finish first.
    CommandList(VkDevice device, std::uint32_t family, bool timestamps, bool serialise);
    ~CommandList();
    CommandList(const CommandList&) = delete;

    void begin(const std::string& name, bool timed);
    void recycle(); ///< drops everything it held; the GPU must be done with it
    VkDescriptorSet descriptorSet(VkDescriptorSetLayout layout);

    /// Timestamps around a stretch; -1 when the list has no room for more.
    int beginTiming(const std::string& what, double bytes = 0, double flops = 0);
    void endTiming(int slot);
    std::vector<Timing> readTimings(double nanosecondsPerTick, std::uint32_t validBits) const; ///< summed by name

    VkDevice device;
    VkCommandPool pool = VK_NULL_HANDLE;
    VkCommandBuffer commands = VK_NULL_HANDLE;
    std::string name;
    Ticket ticket = 0;
    std::shared_ptr<Ticket> promise; ///< told to the downloads when the list is submitted
    std::vector<Buffer> buffers;     ///< held until done
    std::vector<Image> images;

 private:
    void stamp(std::uint32_t query);

    bool m_serialise;
    std::vector<VkDescriptorPool> m_descriptorPools;
    std::size_t m_openPool = 0;
    VkQueryPool m_queries = VK_NULL_HANDLE;
    bool m_timing = true;
    std::vector<Timing> m_timed; ///< without their times
};

} // namespace orrery::gpu
