// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/cloud_rival.h"

#include "ui/render/pass.h"

#include <cstring>

namespace orrery::ui::emb {

namespace {
constexpr VkFormat format = VK_FORMAT_R32G32B32A32_SFLOAT; // half floats lose the small sums beside large ones
} // namespace

CloudRival::CloudRival(gpu::Device& device, std::uint32_t width, std::uint32_t height)
    : m_device(device), m_width(width), m_height(height) {
    VkFormatProperties properties{};
    vkGetPhysicalDeviceFormatProperties(device.info().handle, format, &properties);
    if (!(properties.optimalTilingFeatures & VK_FORMAT_FEATURE_COLOR_ATTACHMENT_BLEND_BIT))
        throw Error(device.info().name + " does not blend 32-bit floats; the cloud of quads cannot be drawn here");
    m_image = device.image({.name = "quads",
                            .width = width,
                            .height = height,
                            .format = format,
                            .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT});
    m_pass = makePass(device, format, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL);
    m_framebuffer = makeFramebuffer(device, m_pass, m_image.view(), width, height);
    m_pipeline = std::make_unique<Pipeline>(device, PipelineOptions{.vertex = "bench/quads.vert",
                                                                    .fragment = "bench/quads.frag",
                                                                    .pass = m_pass,
                                                                    .sources = {Source::vec4s, Source::uints},
                                                                    .pushBytes = sizeof(CloudPush),
                                                                    .blend = Blend::add});
}

CloudRival::~CloudRival() {
    m_device.afterSubmitted([device = m_device.handle(), pass = m_pass, framebuffer = m_framebuffer] {
        vkDestroyFramebuffer(device, framebuffer, nullptr);
        vkDestroyRenderPass(device, pass, nullptr);
    });
}

void CloudRival::setPoints(const PointCloud& cloud) {
    m_points = std::uint32_t(cloud.count());
    std::vector<glm::vec4> places(m_points);
    for (std::size_t i = 0; i < m_points; ++i) places[i] = {cloud.axis(0)[i], cloud.axis(1)[i], cloud.axis(2)[i], 0};
    m_places = m_device.buffer({.name = "places", .size = places.size() * sizeof(glm::vec4)});
    m_marks = m_device.buffer({.name = "marks", .size = places.size() * sizeof(Mark)});
    m_device.wait(m_device.run("points", [&](gpu::Recorder& recorder) {
        recorder.upload(m_places, places);
        recorder.upload(m_marks, std::as_bytes(cloud.marks()));
    }));
}

void CloudRival::draw(gpu::Recorder& recorder, const CloudPush& push) {
    const Draw draw = m_pipeline->draw(recorder, {m_places, m_marks}, push, 6);
    const VkCommandBuffer commands = recorder.commands();
    recorder.keep(m_image);
    beginPass(commands, m_pass, m_framebuffer, m_width, m_height, {{0, 0, 0, 0}});
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, draw.pipeline);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, draw.layout, 0, 1, &draw.set, 0, nullptr);
    vkCmdPushConstants(commands, draw.layout, Pipeline::stages, 0, draw.pushBytes, draw.push.data());
    vkCmdDraw(commands, 6, m_points, 0, 0);
    vkCmdEndRenderPass(commands);
}

std::vector<glm::vec4> CloudRival::sums() const {
    std::vector<glm::vec4> sums(std::size_t(m_width) * m_height);
    const gpu::Buffer read =
        m_device.buffer({.name = "sums", .size = sums.size() * sizeof(glm::vec4), .residence = gpu::Residence::readback});
    m_device.wait(m_device.run("sums", [&](gpu::Recorder& recorder) {
        VkBufferImageCopy region{};
        region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
        region.imageExtent = {m_width, m_height, 1};
        vkCmdCopyImageToBuffer(recorder.commands(), m_image.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, read.handle(), 1,
                               &region);
        const VkMemoryBarrier toHost{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT,
                                     VK_ACCESS_HOST_READ_BIT};
        vkCmdPipelineBarrier(recorder.commands(), VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0,
                             nullptr, 0, nullptr);
        recorder.keep(read), recorder.keep(m_image);
    }));
    std::memcpy(sums.data(), read.mapped(), sums.size() * sizeof(glm::vec4));
    return sums;
}

} // namespace orrery::ui::emb
