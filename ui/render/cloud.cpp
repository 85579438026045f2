// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/cloud.h"

#include "ui/render/cloud_painter.h"
#include "ui/render/layers_impl.h"

namespace orrery::ui {

namespace {
constexpr float finestUnit = 4096, mostUnits = 4e9F; // all points on one pixel must not overflow 32 bits
} // namespace

Mark makeMark(glm::vec3 colour, std::uint32_t size) {
    const auto byte = [](float share) { return std::uint32_t(std::lround(std::clamp(share, 0.F, 1.F) * 255)); };
    return byte(colour.r) | byte(colour.g) << 8 | byte(colour.b) << 16 | std::min(size, 255u) << 24;
}

glm::vec3 colourOf(Mark mark) { return glm::vec3(mark & 255, mark >> 8 & 255, mark >> 16 & 255) / 255.F; }

float depthPerPoint(std::uint64_t count) {
    return 2.4F * float(std::min(1.0, std::pow(12000.0 / double(std::max<std::uint64_t>(count, 1)), 0.42)));
}

float diameterFactor(std::uint64_t count) {
    return float(std::clamp(std::pow(30000.0 / double(std::max<std::uint64_t>(count, 1)), 0.2), 0.4, 2.0));
}

void PointCloud::setPlaces(std::span<const float> x, std::span<const float> y, std::span<const float> z) {
    if (x.size() != y.size() || (!z.empty() && z.size() != x.size())) throw Error("a cloud's axes differ in length");
    m_axis[0].assign(x.begin(), x.end()), m_axis[1].assign(y.begin(), y.end());
    m_spatial = !z.empty();
    m_spatial ? m_axis[2].assign(z.begin(), z.end()) : m_axis[2].assign(x.size(), 0);
    m_marks.resize(x.size(), makeMark({1, 1, 1}));
    ++m_revision;
}

void PointCloud::setMarks(std::vector<Mark> marks) {
    if (marks.size() != count()) throw Error("a cloud's marks are not as many as its places");
    m_marks = std::move(marks);
    ++m_revision;
}

CloudPush cloudPush(std::size_t count, const ToPixels& toPixels, const CloudStyle& style, glm::ivec2 size, float scale) {
    const float unit = std::min(finestUnit, mostUnits / (float(count) * style.depth));
    return {toPixels.rows,      size,     std::uint32_t(count), style.diameterPx * cloudRadiusPerDiameter * scale,
            style.depth * unit, 1 / unit, style.farDepth,       style.reach};
}

gpu::KernelOptions cloudKernel() {
    return {.name = "draw/cloud",
            .bindings = {{"places", gpu::Access::read, gpu::Element::vec4},
                         {"marks", gpu::Access::read, gpu::Element::u32},
                         {"sums", gpu::Access::readWrite, gpu::Element::u32}},
            .pushBytes = sizeof(CloudPush),
            .local = {64, 1, 1},
            .constants = {}};
}

PipelineOptions cloudPipeline(VkRenderPass pass, bool packed) {
    return {.vertex = "draw/cloud.vert",
            .fragment = "draw/cloud.frag",
            .pass = pass,
            .sources = {Source::uints},
            .pushBytes = sizeof(CloudPush),
            .constants = {packed ? 1u : 0u}};
}

void Layers::cloud(const Frame& frame, PointCloud& cloud, const ToPixels& toPixels, const CloudStyle& style) {
    if (cloud.count() == 0 || !(style.depth > 0) || !(style.diameterPx > 0)) return;
    gpu::Device& device = m_impl->device;
    const bool host = style.way == CloudStyle::Way::host || (style.way == CloudStyle::Way::automatic && device.isCpu());
    const CloudPush push = cloudPush(cloud.count(), toPixels, style, {frame.width, frame.height}, frame.scale);
    const PointCloud::Made made{toPixels, style, frame.width, frame.height, frame.scale, cloud.m_revision};
    if (cloud.m_made != made) { // otherwise the last sums are still good
        const std::uint64_t words = CloudPainter::words(frame.width, frame.height);
        if (host) {
            // Another one for each picture: the last may still be read by the frame before.
            cloud.m_sums = device.buffer({.name = "cloud", .size = 4 * words, .residence = gpu::Residence::upload});
            if (!cloud.m_painter) cloud.m_painter = std::make_shared<CloudPainter>();
            cloud.m_painter->paint({cloud.axis(0), cloud.axis(1), cloud.axis(2), cloud.m_marks}, push,
                                   {static_cast<std::uint32_t*>(cloud.m_sums.mapped()), words});
        } else {
            const std::uint64_t tiles = tileVertices(frame) / 6, bytes = (4 * (words - tiles) + tiles) * sizeof(std::uint32_t);
            if (cloud.m_sums.size() != bytes || cloud.m_sums.mapped())
                cloud.m_sums = device.buffer({.name = "cloud", .size = bytes});
            gatherOnDevice(frame, cloud, push);
        }
        cloud.m_made = made;
    }
    const Pipeline& pipeline = host ? m_impl->cloudPacked : m_impl->cloudSums;
    m_impl->draws.push_back(pipeline.draw(frame.recorder, {cloud.m_sums}, push, tileVertices(frame)));
}

void Layers::gatherOnDevice(const Frame& frame, PointCloud& cloud, const CloudPush& push) {
    gpu::Device& device = m_impl->device;
    if (cloud.m_uploaded != cloud.m_revision) {
        const std::uint64_t n = cloud.count();
        std::vector<glm::vec4> places(n);
        for (std::size_t i = 0; i < n; ++i) places[i] = {cloud.m_axis[0][i], cloud.m_axis[1][i], cloud.m_axis[2][i], 0};
        if (cloud.m_places.size() != n * sizeof(glm::vec4)) {
            cloud.m_places = device.buffer({.name = "places of a cloud", .size = n * sizeof(glm::vec4)});
            cloud.m_markBuffer = device.buffer({.name = "marks of a cloud", .size = n * sizeof(Mark)});
        }
        frame.recorder.upload(cloud.m_places, places);
        frame.recorder.upload(cloud.m_markBuffer, cloud.m_marks);
        cloud.m_uploaded = cloud.m_revision;
    }
    frame.recorder.fill(cloud.m_sums, 0);
    const std::uint32_t groups = m_impl->cloud.groups(cloud.count());
    const std::uint32_t across = std::min(groups, device.info().limits.maxComputeWorkGroupCount[0]);
    frame.recorder.dispatch(m_impl->cloud, {cloud.m_places, cloud.m_markBuffer, cloud.m_sums}, push,
                            {across, (groups + across - 1) / across, 1});
}

} // namespace orrery::ui
