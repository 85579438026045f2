// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/renderer.h"

#include "ui/render/imgui_renderer.h"
#include "ui/render/pass.h"

#include <map>

namespace orrery::ui {
namespace {

struct Framebuffer {
    VkFramebuffer handle = VK_NULL_HANDLE;
    std::uint32_t width = 0, height = 0;
};

} // namespace

struct Renderer::Impl {
    Impl(gpu::Device& d, VkFormat format, VkImageLayout finalLayout)
        : device(d), pass(makePass(d, format, finalLayout)), layers(d, pass), imgui(d, pass) {}

    ~Impl() {
        for (auto& [view, framebuffer] : targets) drop(framebuffer);
        device.afterSubmitted([handle = device.handle(), old = pass] { vkDestroyRenderPass(handle, old, nullptr); });
    }

    void drop(Framebuffer& framebuffer) {
        if (framebuffer.handle)
            device.afterSubmitted(
                [handle = device.handle(), old = framebuffer.handle] { vkDestroyFramebuffer(handle, old, nullptr); });
        framebuffer = {};
    }

    VkFramebuffer framebufferOf(const Target& target) {
        Framebuffer& known = targets[target.view];
        if (known.width != target.width || known.height != target.height) {
            drop(known);
            known = {makeFramebuffer(device, pass, target.view, target.width, target.height), target.width, target.height};
        }
        return known.handle;
    }

    gpu::Device& device;
    VkRenderPass pass;
    Layers layers;
    ImguiRenderer imgui;
    std::map<VkImageView, Framebuffer> targets;
};

Renderer::Renderer(gpu::Device& device, VkFormat format, VkImageLayout finalLayout)
    : m_impl(std::make_unique<Impl>(device, format, finalLayout)) {}
Renderer::~Renderer() = default;

void Renderer::draw(const Frame& frame, const Target& target, const Passes& passes) {
    if (target.width == 0 || target.height == 0 || !target.view) return; // a window without an area
    if (target.width != frame.width || target.height != frame.height)
        throw Error("a frame of another size than the image that it is drawn into");
    Impl& r = *m_impl;
    gpu::Recorder& recorder = frame.recorder;

    // All that is to be drawn is gathered first: barriers for the buffers it reads have to lie outside the pass.
    if (passes.prepare) passes.prepare();
    r.layers.begin(frame);
    if (passes.light) passes.light(r.layers);
    if (passes.main) passes.main(r.layers);
    r.imgui.prepare(recorder, passes.overlay ? passes.overlay() : nullptr);

    const VkCommandBuffer commands = recorder.commands();
    const glm::vec4& ground = frame.theme.ground;
    beginPass(commands, r.pass, r.framebufferOf(target), target.width, target.height, {{ground.r, ground.g, ground.b, 1}});
    r.layers.play(commands);
    r.imgui.play(commands);
    vkCmdEndRenderPass(commands);
}

void* Renderer::addTexture(std::uint32_t width, std::uint32_t height, const void* rgba) {
    return m_impl->imgui.addTexture(width, height, rgba);
}
void Renderer::removeTexture(void* id) { m_impl->imgui.removeTexture(id); }

void Renderer::forgetTarget(VkImageView view) {
    const auto known = m_impl->targets.find(view);
    if (known == m_impl->targets.end()) return;
    m_impl->drop(known->second);
    m_impl->targets.erase(known);
}

} // namespace orrery::ui
