// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a frame into a colour image of the caller's (swapchain or offscreen): the same picture in both.
//   1 outside the pass   what the view computes; the light of points is gathered, in whole numbers and any order
//   2 in the pass        UNORM: heat map, light, contours, lines, arrows; then ImGui
#pragma once

#include "ui/render/layers.h"

#include <functional>
#include <vector>

struct ImDrawData;

namespace orrery::ui {

/// Where a frame goes. The image view must have the renderer's format; the pass leaves it in `finalLayout`.
struct Target {
    VkImageView view = VK_NULL_HANDLE;
    std::uint32_t width = 0, height = 0;
};

struct Passes { ///< callbacks, in the order in which they are called
    std::function<void()> prepare;
    std::function<void(Layers&)> light;
    std::function<void(Layers&)> main;
    std::function<ImDrawData*()> overlay;
};

class Renderer {
 public:
    /// `format` is a UNORM format; `finalLayout` PRESENT_SRC for a swapchain, TRANSFER_SRC for an offscreen image.
    Renderer(gpu::Device& device, VkFormat format, VkImageLayout finalLayout);
    ~Renderer();

    void draw(const Frame& frame, const Target& target, const Passes& passes);

    /// The font atlas and other textures for ImGui: RGBA8, sampled linearly. The id goes into ImTextureID.
    void* addTexture(std::uint32_t width, std::uint32_t height, const void* rgba);
    void removeTexture(void* id);
    void forgetTarget(VkImageView view); ///< before the view is destroyed

 private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// 8-bit RGBA picture on the host, row 0 on top.
struct Picture {
    std::uint32_t width = 0, height = 0;
    std::vector<std::uint8_t> rgba;
};

/// An image to draw into without a window.
class Offscreen {
 public:
    static constexpr VkFormat format = VK_FORMAT_R8G8B8A8_UNORM;
    Offscreen(gpu::Device& device, std::uint32_t width, std::uint32_t height);
    Target target() const;
    gpu::Download read(gpu::Recorder& recorder) const;    ///< after the renderer has drawn
    Picture picture(const gpu::Download& download) const; ///< after the ticket is done

 private:
    gpu::Image m_image;
};

void savePng(const Picture& picture, const std::string& file); ///< throws Error naming the file

} // namespace orrery::ui
