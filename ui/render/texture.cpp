// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/texture.h"

#include "engine/gpu/recorder.h"

#include <cstring>

namespace orrery::ui {
namespace {

void transition(VkCommandBuffer commands, VkImage image, VkImageLayout from, VkImageLayout to, VkAccessFlags before,
                VkAccessFlags after, VkPipelineStageFlags stageBefore, VkPipelineStageFlags stageAfter) {
    const VkImageMemoryBarrier barrier{VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER,
                                       nullptr,
                                       before,
                                       after,
                                       from,
                                       to,
                                       VK_QUEUE_FAMILY_IGNORED,
                                       VK_QUEUE_FAMILY_IGNORED,
                                       image,
                                       {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1}};
    vkCmdPipelineBarrier(commands, stageBefore, stageAfter, 0, 0, nullptr, 0, nullptr, 1, &barrier);
}

} // namespace

gpu::Image makeTexture(gpu::Device& device, Texel texel, std::uint32_t width, std::uint32_t height,
                       std::span<const std::byte> bytes) {
    const std::uint64_t needed = std::uint64_t(width) * height * 4; // both kinds of texel have four bytes
    if (needed == 0) throw Error("a texture needs at least one texel");
    const std::uint32_t largest = device.info().limits.maxImageDimension2D;
    if (width > largest || height > largest)
        throw Error("a texture of " + std::to_string(width) + " x " + std::to_string(height) +
                    " texels; this device's limit is " + std::to_string(largest));
    if (bytes.size() < needed)
        throw Error("a texture of " + std::to_string(needed) + " bytes was given " + std::to_string(bytes.size()));
    const gpu::Image image = device.image({.name = "texture",
                                           .width = width,
                                           .height = height,
                                           .format = texel == Texel::rgba8 ? VK_FORMAT_R8G8B8A8_UNORM : VK_FORMAT_R32_SFLOAT,
                                           .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT});
    const gpu::Buffer staging = device.buffer({.name = "texels", .size = needed, .residence = gpu::Residence::upload});
    std::memcpy(staging.mapped(), bytes.data(), needed);

    gpu::Recorder recorder = device.record("texture");
    recorder.keep(staging);
    recorder.keep(image);
    transition(recorder.commands(), image.handle(), VK_IMAGE_LAYOUT_UNDEFINED, VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 0,
               VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, VK_PIPELINE_STAGE_TRANSFER_BIT);
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    region.imageExtent = {width, height, 1};
    vkCmdCopyBufferToImage(recorder.commands(), staging.handle(), image.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1,
                           &region);
    transition(recorder.commands(), image.handle(), VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL,
               VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL, VK_ACCESS_TRANSFER_WRITE_BIT, VK_ACCESS_SHADER_READ_BIT,
               VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT);
    device.submit(std::move(recorder));
    return image;
}

} // namespace orrery::ui
