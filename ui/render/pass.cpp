// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/pass.h"

#include "ui/render/pipeline.h"

namespace orrery::ui {

VkRenderPass makePass(gpu::Device& device, VkFormat format, VkImageLayout finalLayout) {
    VkAttachmentDescription attachment{};
    attachment.format = format;
    attachment.samples = VK_SAMPLE_COUNT_1_BIT;
    attachment.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR;
    attachment.storeOp = VK_ATTACHMENT_STORE_OP_STORE;
    attachment.stencilLoadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE;
    attachment.stencilStoreOp = VK_ATTACHMENT_STORE_OP_DONT_CARE;
    attachment.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED;
    attachment.finalLayout = finalLayout;
    const VkAttachmentReference colour{0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
    VkSubpassDescription subpass{};
    subpass.pipelineBindPoint = VK_PIPELINE_BIND_POINT_GRAPHICS;
    subpass.colorAttachmentCount = 1;
    subpass.pColorAttachments = &colour;

    constexpr VkAccessFlags drawn = VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT | VK_ACCESS_COLOR_ATTACHMENT_READ_BIT;
    constexpr VkPipelineStageFlags output = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
    constexpr VkPipelineStageFlags users = VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
    const VkSubpassDependency dependencies[] = {
        {VK_SUBPASS_EXTERNAL, 0, output | users, output, VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT, drawn, 0},
        {0, VK_SUBPASS_EXTERNAL, output, users, VK_ACCESS_COLOR_ATTACHMENT_WRITE_BIT,
         VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_TRANSFER_READ_BIT, 0},
    };
    const VkRenderPassCreateInfo info{
        VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO, nullptr, 0, 1, &attachment, 1, &subpass, 2, dependencies};
    VkRenderPass pass = VK_NULL_HANDLE;
    gpu::check(vkCreateRenderPass(device.handle(), &info, nullptr, &pass), "create a render pass");
    return pass;
}

VkFramebuffer makeFramebuffer(gpu::Device& device, VkRenderPass pass, VkImageView view, std::uint32_t width,
                              std::uint32_t height) {
    const VkFramebufferCreateInfo info{VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO, nullptr, 0, pass, 1, &view, width, height, 1};
    VkFramebuffer framebuffer = VK_NULL_HANDLE;
    gpu::check(vkCreateFramebuffer(device.handle(), &info, nullptr, &framebuffer), "create a framebuffer");
    return framebuffer;
}

void beginPass(VkCommandBuffer commands, VkRenderPass pass, VkFramebuffer framebuffer, std::uint32_t width, std::uint32_t height,
               VkClearColorValue ground) {
    const VkClearValue clear{.color = ground};
    const VkRenderPassBeginInfo info{
        VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO, nullptr, pass, framebuffer, {{0, 0}, {width, height}}, 1, &clear};
    vkCmdBeginRenderPass(commands, &info, VK_SUBPASS_CONTENTS_INLINE);
    setViewport(commands, width, height);
}

} // namespace orrery::ui
