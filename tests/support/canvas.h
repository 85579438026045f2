// SPDX-License-Identifier: GPL-3.0-or-later
// A small picture to draw into: renderer, offscreen image and camera, one data unit per pixel with the origin at the lower
// left corner unless a test looks elsewhere.
#pragma once

#include "tests/support/test_main.h"
#include "ui/render/renderer.h"

#include <functional>
#include <vector>

namespace orrery::test {

/// Where canvases draw: the test's own device, or one that a test puts in its place (another read path).
inline gpu::Device*& chosenDevice() {
    static gpu::Device* chosen = &device();
    return chosen;
}

struct Canvas {
    Canvas(std::uint32_t width, std::uint32_t height)
        : w(width),
          h(height),
          image(*chosenDevice(), width, height),
          renderer(*chosenDevice(), ui::Offscreen::format, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL) {
        camera.resize(width, height);
        camera.look({width / 2.0, height / 2.0}, height);
        theme.ground = {0, 0, 0, 1};
    }

    using Call = std::function<void(const ui::Frame&, ui::Layers&)>;
    ui::Picture draw(const Call& light, const Call& main, const std::function<ImDrawData*()>& overlay = {}) {
        gpu::Recorder recorder = chosenDevice()->record("draw");
        const ui::Frame frame{recorder, camera, w, h, scale, theme};
        renderer.draw(frame, image.target(),
                      {.prepare = {},
                       .light =
                           [&](ui::Layers& layers) {
                               if (light) light(frame, layers);
                           },
                       .main =
                           [&](ui::Layers& layers) {
                               if (main) main(frame, layers);
                           },
                       .overlay = overlay});
        const gpu::Download download = image.read(recorder);
        chosenDevice()->wait(chosenDevice()->submit(std::move(recorder)));
        return image.picture(download);
    }

    std::uint32_t w, h;
    ui::Offscreen image;
    ui::Renderer renderer;
    ui::Camera camera;
    ui::Theme theme = ui::darkTheme();
    float scale = 1;
};

/// Channels 0…1; column x from the left, row y from the top.
inline glm::vec3 pixel(const ui::Picture& picture, std::uint32_t x, std::uint32_t y) {
    const std::uint8_t* p = &picture.rgba[(std::size_t(y) * picture.width + x) * 4];
    return glm::vec3(p[0], p[1], p[2]) / 255.f;
}

template <class T>
gpu::Buffer bufferOf(const std::vector<T>& values) {
    const gpu::Buffer buffer =
        chosenDevice()->buffer({.name = "test", .size = values.size() * sizeof(T), .residence = gpu::Residence::upload});
    if (!values.empty()) std::memcpy(buffer.mapped(), values.data(), values.size() * sizeof(T));
    return buffer;
}

/// A grid over [0, width] x [0, height] of the canvas, a cell each `cellPx`, filled by a function of the cell's centre.
inline ui::GridBuffer gridOf(const Canvas& canvas, std::uint32_t cellPx, const std::function<glm::vec4(double, double)>& value) {
    ui::GridBuffer grid{{}, canvas.w / cellPx, canvas.h / cellPx, {{0, 0}, {canvas.w, canvas.h}}, {}};
    std::vector<glm::vec4> cells;
    for (std::uint32_t y = 0; y < grid.height; ++y)
        for (std::uint32_t x = 0; x < grid.width; ++x) cells.push_back(value((x + 0.5) * cellPx, (y + 0.5) * cellPx));
    grid.cells = bufferOf(cells);
    return grid;
}

} // namespace orrery::test
