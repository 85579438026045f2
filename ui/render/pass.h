// SPDX-License-Identifier: GPL-3.0-or-later
// The render pass of a frame, and the framebuffers that it draws into.
#pragma once

#include "engine/gpu/device.h"

namespace orrery::ui {

/// One colour attachment, cleared first. Ordered behind earlier use of the image (colour writes, sampling, copies, the
/// presentation engine's semaphore) and before later sampling and copies of it.
VkRenderPass makePass(gpu::Device& device, VkFormat format, VkImageLayout finalLayout);
VkFramebuffer makeFramebuffer(gpu::Device& device, VkRenderPass pass, VkImageView view, std::uint32_t width,
                              std::uint32_t height);
void beginPass(VkCommandBuffer commands, VkRenderPass pass, VkFramebuffer framebuffer, std::uint32_t width, std::uint32_t height,
               VkClearColorValue ground);

} // namespace orrery::ui
