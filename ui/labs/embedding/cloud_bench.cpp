// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/cloud_bench.h"

#include "engine/bench/ceilings.h"
#include "engine/lab/names.h"
#include "engine/philox.h"
#include "ui/labs/embedding/cloud_rival.h"
#include "ui/render/renderer.h"

#include <chrono>
#include <cmath>

namespace orrery::ui::emb {

namespace {

using Way = CloudStyle::Way;

/// A picture to draw into, over and over.
class Screen {
 public:
    Screen(gpu::Device& device, std::uint32_t width, std::uint32_t height)
        : m_device(device),
          m_image(device, width, height),
          m_renderer(device, Offscreen::format, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL) {
        m_camera.resize(width, height);
    }
    /// Best seconds of a frame of another sight each.
    double seconds(PointCloud& cloud, Way way, int frames) {
        double best = HUGE_VAL;
        for (int i = 0; i <= frames; ++i) { // the first is not counted: it makes pipelines and uploads the points
            const auto start = std::chrono::steady_clock::now();
            gpu::Recorder recorder = m_device.record("cloud");
            const Target target = m_image.target();
            const Frame frame{recorder, m_camera, target.width, target.height, 1, darkTheme()};
            Passes passes;
            passes.main = [&](Layers& layers) {
                layers.cloud(frame, cloud, benchedSight(cloud, i, target.width, target.height), benchedStyle(cloud.count(), way));
            };
            m_renderer.draw(frame, target, passes);
            m_device.wait(m_device.submit(std::move(recorder)));
            const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
            if (i > 0) best = std::min(best, taken);
        }
        return best;
    }

 private:
    gpu::Device& m_device;
    Offscreen m_image;
    Renderer m_renderer;
    Camera m_camera;
};

/// Pixels that the points' discs cover, all together: of each the kernel makes four additions.
double covered(const PointCloud& cloud, const CloudPush& push) {
    double sum = 0;
    const ToPixels toPixels{push.rows};
    for (std::size_t i = 0; i < cloud.count(); ++i) {
        const glm::vec3 at = toPixels(cloud.axis(0)[i], cloud.axis(1)[i], cloud.axis(2)[i]);
        float r = 0, c = 0;
        if (!push.shape(at.x, at.y, at.z, cloud.marks()[i] >> 24, r, c)) continue;
        const int side = int(std::ceil(2 * r)), x0 = int(std::floor(at.x - r + 0.5F)), y0 = int(std::floor(at.y - r + 0.5F));
        for (int y = std::max(y0, 0); y < std::min(y0 + side, push.size.y); ++y)
            for (int x = std::max(x0, 0); x < std::min(x0 + side, push.size.x); ++x) {
                const glm::vec2 away = (glm::vec2(x, y) + 0.5F - glm::vec2(at)) / r;
                sum += glm::dot(away, away) < 1;
            }
    }
    return sum;
}

std::string named(std::size_t points, const char* by) {
    return "cloud of " + std::string(points == 1000000 ? "1000000" : "100000") + " points turning, " + by;
}

} // namespace

PointCloud benchedCloud(std::size_t count) {
    std::array<std::vector<float>, 3> axes;
    std::vector<Mark> marks;
    for (std::size_t i = 0; i < count; ++i) {
        const auto row = std::uint32_t(i), group = row % 20;
        for (std::uint32_t d = 0; d < 3; ++d)
            axes[d].push_back(float(3 * normalPair(philox(1, group, d, 1))[0] + normalPair(philox(1, row, d, 2))[0]));
        marks.push_back(makeMark(categories[group % categories.size()]));
    }
    PointCloud cloud;
    cloud.setPlaces(axes[0], axes[1], axes[2]);
    cloud.setMarks(std::move(marks));
    return cloud;
}

ToPixels benchedSight(const PointCloud& cloud, double degrees, std::uint32_t width, std::uint32_t height) {
    const Sight sight(extentOf(cloud.axis(0), cloud.axis(1), cloud.axis(2)), true, {35 + degrees, 22});
    Camera camera;
    camera.resize(width, height);
    camera.fit(sight.home());
    return sight.toPixels(camera, {width, height});
}

CloudStyle benchedStyle(std::size_t count, Way way) {
    CloudStyle style{.diameterPx = 3 * diameterFactor(count), .depth = depthPerPoint(count)};
    style.reach = float(1 / Sight::eyeRadii), style.farDepth = 0.35F, style.way = way;
    return style;
}

std::vector<bench::Figure> benchCloud(gpu::Device& device) {
    std::vector<bench::Figure> figures;
    constexpr std::uint32_t width = 1280, height = 720;
    Screen screen(device, width, height);
    for (const std::size_t count : {std::size_t(100000), std::size_t(1000000)}) {
        PointCloud cloud = benchedCloud(count);
        const double host = screen.seconds(cloud, Way::host, 20);
        figures.push_back({named(count, "host"), 1 / host, "frames/s", "", 0});
        const double kernel = screen.seconds(cloud, Way::device, device.isCpu() ? 2 : 20);
        const CloudPush push =
            cloudPush(count, benchedSight(cloud, 0, width, height), benchedStyle(count, Way::device), {width, height}, 1);
        const double atomics = 4 * covered(cloud, push);
        const double bytes = 20.0 * double(count) + 32.0 * width * height; // points; sums set to zero, and read
        const double model = 1e-9 * (atomics / bench::atomicRate(device) + bytes / bench::copyBandwidth(device));
        figures.push_back({named(count, "kernel"), 1 / kernel, "frames/s",
                           lab::rounded(1 / model) + " frames/s, modelled: " + lab::rounded(atomics) + " atomic additions and " +
                               lab::rounded(bytes) + " bytes at the rates measured here",
                           model / kernel});
    }
    PointCloud cloud = benchedCloud(1000000);
    Screen large(device, 1920, 1080);
    const Way own = device.isCpu() ? Way::host : Way::device;
    const double splat = large.seconds(cloud, own, 10);
    CloudRival rival(device, 1920, 1080);
    rival.setPoints(cloud);
    double quads = HUGE_VAL;
    for (int i = 0; i <= 3; ++i) {
        const CloudPush push =
            cloudPush(cloud.count(), benchedSight(cloud, i, 1920, 1080), benchedStyle(cloud.count(), own), {1920, 1080}, 1);
        const auto start = std::chrono::steady_clock::now();
        device.wait(device.run("quads", [&](gpu::Recorder& recorder) { rival.draw(recorder, push); }));
        if (i > 0) quads = std::min(quads, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    figures.push_back({"cloud of 1000000 points, 1920 x 1080", 1 / splat, "frames/s",
                       lab::rounded(1 / quads) + " frames/s of a quad for each point", quads / splat});
    return figures;
}

} // namespace orrery::ui::emb
