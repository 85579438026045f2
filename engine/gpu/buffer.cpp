// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/device_impl.h"

namespace orrery::gpu {

Buffer::State::~State() {
    device->release([impl = device.get(), handle = handle, views = std::move(views), allocation = allocation] {
        for (const auto& [format, view] : views) vkDestroyBufferView(impl->handle, view, nullptr);
        vkDestroyBuffer(impl->handle, handle, nullptr);
        if (allocation.block) impl->memory->free(allocation);
    });
}

VkBuffer Buffer::handle() const { return m_state->handle; }
std::uint64_t Buffer::size() const { return m_state ? m_state->options.size : 0; }
void* Buffer::mapped() const { return m_state->allocation.mapped; }

VkBufferView Buffer::view(VkFormat format) const {
    VkBufferView& view = m_state->views[format];
    if (view) return view;
    const VkBufferViewCreateInfo info{
        VK_STRUCTURE_TYPE_BUFFER_VIEW_CREATE_INFO, nullptr, 0, m_state->handle, format, 0, VK_WHOLE_SIZE};
    check(vkCreateBufferView(m_state->device->handle, &info, nullptr, &view), "view a buffer");
    return view;
}

Image::State::~State() {
    device->release([impl = device.get(), handle = handle, view = view, allocation = allocation] {
        if (view) vkDestroyImageView(impl->handle, view, nullptr);
        vkDestroyImage(impl->handle, handle, nullptr);
        if (allocation.block) impl->memory->free(allocation);
    });
}

VkImage Image::handle() const { return m_state->handle; }
VkImageView Image::view() const { return m_state->view; }
const ImageOptions& Image::options() const { return m_state->options; }

Buffer Device::buffer(const BufferOptions& options) {
    Impl& d = *m_impl;
    auto state = std::make_shared<Buffer::State>();
    state->device = m_impl;
    state->options = options;
    // Rounded up so that a texel view always covers whole elements.
    const std::uint64_t bytes = std::max<std::uint64_t>((options.size + 15) / 16 * 16, 16);
    VkBufferUsageFlags usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_TEXEL_BUFFER_BIT |
                               VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT;
    if (options.vertexOrIndex) usage |= VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_INDEX_BUFFER_BIT;
    const VkBufferCreateInfo info{
        VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, nullptr, 0, bytes, usage, VK_SHARING_MODE_EXCLUSIVE, 0, nullptr};
    check(vkCreateBuffer(d.handle, &info, nullptr, &state->handle), ("create the buffer '" + options.name + "'").c_str());
    VkMemoryRequirements needs;
    vkGetBufferMemoryRequirements(d.handle, state->handle, &needs);
    state->allocation = d.memory->allocate(needs, options.residence, false, options.name);
    check(vkBindBufferMemory(d.handle, state->handle, state->allocation.memory, state->allocation.offset), "bind buffer memory");
    Buffer buffer;
    buffer.m_state = std::move(state);
    return buffer;
}

Image Device::image(const ImageOptions& options) {
    Impl& d = *m_impl;
    auto state = std::make_shared<Image::State>();
    state->device = m_impl;
    state->options = options;
    const VkImageCreateInfo info{VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
                                 nullptr,
                                 0,
                                 VK_IMAGE_TYPE_2D,
                                 options.format,
                                 {options.width, options.height, 1},
                                 1,
                                 1,
                                 VK_SAMPLE_COUNT_1_BIT,
                                 VK_IMAGE_TILING_OPTIMAL,
                                 options.usage,
                                 VK_SHARING_MODE_EXCLUSIVE,
                                 0,
                                 nullptr,
                                 VK_IMAGE_LAYOUT_UNDEFINED};
    check(vkCreateImage(d.handle, &info, nullptr, &state->handle), ("create the image '" + options.name + "'").c_str());
    VkMemoryRequirements needs;
    vkGetImageMemoryRequirements(d.handle, state->handle, &needs);
    state->allocation = d.memory->allocate(needs, Residence::device, true, options.name);
    check(vkBindImageMemory(d.handle, state->handle, state->allocation.memory, state->allocation.offset), "bind image memory");
    const VkImageViewCreateInfo viewInfo{
        VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO, nullptr, 0, state->handle, VK_IMAGE_VIEW_TYPE_2D, options.format, {},
        {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};
    check(vkCreateImageView(d.handle, &viewInfo, nullptr, &state->view), "view an image");
    Image image;
    image.m_state = std::move(state);
    return image;
}

} // namespace orrery::gpu
