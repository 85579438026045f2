// SPDX-License-Identifier: GPL-3.0-or-later
// The way that most viewers draw a cloud: a quad for each point, rasterised and blended. Here to be measured against, and as a
// second opinion on the picture; the program itself does not draw so.
#pragma once

#include "ui/render/cloud_painter.h"
#include "ui/render/pipeline.h"

namespace orrery::ui::emb {

class CloudRival {
 public:
    CloudRival(gpu::Device& device, std::uint32_t width, std::uint32_t height);
    ~CloudRival();
    CloudRival(const CloudRival&) = delete;

    void setPoints(const PointCloud& cloud);
    void draw(gpu::Recorder& recorder, const CloudPush& push);
    /// What was drawn last: of every pixel, the upper row first, the sums of depth times colour (0 … 255) and of depth.
    std::vector<glm::vec4> sums() const;

 private:
    gpu::Device& m_device;
    std::uint32_t m_width, m_height, m_points = 0;
    gpu::Image m_image;
    VkRenderPass m_pass = VK_NULL_HANDLE;
    VkFramebuffer m_framebuffer = VK_NULL_HANDLE;
    std::unique_ptr<Pipeline> m_pipeline;
    gpu::Buffer m_places, m_marks;
};

} // namespace orrery::ui::emb
