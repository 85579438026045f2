// SPDX-License-Identifier: GPL-3.0-or-later
// Buffers and images: shared handles to sub-allocated device memory, freed when the GPU has finished with them.
#pragma once

#include "engine/gpu/vulkan.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace orrery::gpu {

class Device;

enum class Residence {
    device,   ///< fast for the GPU; the host reaches it by staging copies
    upload,   ///< the host writes, mapped and coherent
    readback, ///< the host reads, mapped, coherent and cached
};

struct BufferOptions {
    std::string name{};     ///< seen in the validation layer's messages and the memory report
    std::uint64_t size = 0; ///< bytes; zero is rounded up to one element of 16 bytes
    Residence residence = Residence::device;
    bool vertexOrIndex = false;
};

class Buffer {
 public:
    Buffer() = default;
    explicit operator bool() const { return m_state != nullptr; }
    VkBuffer handle() const;
    std::uint64_t size() const;
    void* mapped() const;                     ///< null for Residence::device, whatever memory lies behind it
    VkBufferView view(VkFormat format) const; ///< a texel view of the whole buffer, made once per format
    bool operator==(const Buffer& other) const { return m_state == other.m_state; }

    struct State;

 private:
    friend class Device;
    std::shared_ptr<State> m_state;
};

struct ImageOptions {
    std::string name{};
    std::uint32_t width = 1, height = 1;
    VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;
    VkImageUsageFlags usage = 0;
};

class Image {
 public:
    Image() = default;
    explicit operator bool() const { return m_state != nullptr; }
    VkImage handle() const;
    VkImageView view() const;
    const ImageOptions& options() const;

    struct State;

 private:
    friend class Device;
    std::shared_ptr<State> m_state;
};

} // namespace orrery::gpu
