// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/swapchain.h"

#include <algorithm>
#include <string>
#include <utility>

namespace orrery::app {

VkSurfaceFormatKHR chooseSurfaceFormat(std::span<const VkSurfaceFormatKHR> offered) {
    for (const VkFormat wanted : {VK_FORMAT_B8G8R8A8_UNORM, VK_FORMAT_R8G8B8A8_UNORM, VK_FORMAT_A8B8G8R8_UNORM_PACK32})
        for (const VkSurfaceFormatKHR& format : offered)
            if (format.format == wanted && format.colorSpace == VK_COLOR_SPACE_SRGB_NONLINEAR_KHR) return format;
    std::string list;
    for (const VkSurfaceFormatKHR& format : offered) list += " " + std::to_string(int(format.format));
    throw Error("the window's surface offers no 8-bit UNORM format (it offers" + (list.empty() ? " none" : list) +
                "); use a screen with 24 bits per pixel");
}

VkPresentModeKHR choosePresentMode(std::span<const VkPresentModeKHR> offered, bool cpu) {
    if (cpu && std::ranges::find(offered, VK_PRESENT_MODE_MAILBOX_KHR) != offered.end()) return VK_PRESENT_MODE_MAILBOX_KHR;
    return VK_PRESENT_MODE_FIFO_KHR;
}

Swapchain::Swapchain(gpu::Device& device, VkSurfaceKHR surface) : m_device(&device), m_surface(surface) {
    const VkPhysicalDevice physical = device.info().handle;
    VkBool32 supported = VK_FALSE;
    gpu::check(vkGetPhysicalDeviceSurfaceSupportKHR(physical, device.queueFamily(), surface, &supported),
               "ask about the surface");
    if (!supported) throw Error(device.info().name + " cannot present to this window; choose another device with --device");
    std::uint32_t count = 0;
    gpu::check(vkGetPhysicalDeviceSurfaceFormatsKHR(physical, surface, &count, nullptr), "list the surface's formats");
    std::vector<VkSurfaceFormatKHR> formats(count);
    gpu::check(vkGetPhysicalDeviceSurfaceFormatsKHR(physical, surface, &count, formats.data()), "list the surface's formats");
    m_format = chooseSurfaceFormat(formats);
    gpu::check(vkGetPhysicalDeviceSurfacePresentModesKHR(physical, surface, &count, nullptr), "list present modes");
    std::vector<VkPresentModeKHR> modes(count);
    gpu::check(vkGetPhysicalDeviceSurfacePresentModesKHR(physical, surface, &count, modes.data()), "list present modes");
    m_mode = choosePresentMode(modes, device.isCpu());
    m_slots.resize(device.isCpu() ? 1 : 2);
    for (Slot& slot : m_slots) slot.acquired = semaphore();
}

Swapchain::~Swapchain() {
    vkQueueWaitIdle(m_device->queue()); // whatever it says: the objects of a lost device can be destroyed all the same
    destroyImages();
    if (m_handle) vkDestroySwapchainKHR(m_device->handle(), m_handle, nullptr);
    for (const Slot& slot : m_slots) vkDestroySemaphore(m_device->handle(), slot.acquired, nullptr);
}

VkSemaphore Swapchain::semaphore() const {
    VkSemaphoreCreateInfo info{};
    info.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO;
    VkSemaphore made = VK_NULL_HANDLE;
    gpu::check(vkCreateSemaphore(m_device->handle(), &info, nullptr, &made), "make a semaphore");
    return made;
}

void Swapchain::destroyImages() {
    for (const Image& image : m_images) {
        if (forget) forget(image.view);
        vkDestroyImageView(m_device->handle(), image.view, nullptr);
        vkDestroySemaphore(m_device->handle(), image.rendered, nullptr);
    }
    m_images.clear();
}

bool Swapchain::notice(VkResult result) {
    if (result == VK_ERROR_SURFACE_LOST_KHR) {
        m_state = State::surfaceLost;
        return false;
    }
    if (result == VK_SUBOPTIMAL_KHR || result == VK_ERROR_OUT_OF_DATE_KHR) {
        m_stale = true;
        return result == VK_SUBOPTIMAL_KHR;
    }
    if (result == VK_NOT_READY || result == VK_TIMEOUT) return false;
    gpu::check(result, "use the window's surface");
    return true;
}

bool Swapchain::make() {
    VkSurfaceCapabilitiesKHR caps{};
    if (!notice(vkGetPhysicalDeviceSurfaceCapabilitiesKHR(m_device->info().handle, m_surface, &caps))) return false;
    if (caps.currentExtent.width == 0 || caps.currentExtent.height == 0 || caps.maxImageExtent.width == 0) {
        m_state = State::zeroSize;
        return false;
    }
    gpu::check(vkQueueWaitIdle(m_device->queue()), "wait for the last frame"); // the timeline does not count presenting
    destroyImages();
    m_extent = caps.currentExtent;
    if (m_extent.width == UINT32_MAX) { // the surface takes the size of its images (Wayland)
        m_extent.width = std::clamp(m_wanted.width, caps.minImageExtent.width, caps.maxImageExtent.width);
        m_extent.height = std::clamp(m_wanted.height, caps.minImageExtent.height, caps.maxImageExtent.height);
    }
    std::uint32_t count = caps.minImageCount + (m_mode == VK_PRESENT_MODE_MAILBOX_KHR ? 1 : 0);
    if (caps.maxImageCount) count = std::min(count, caps.maxImageCount);
    const bool opaque = caps.supportedCompositeAlpha & VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR;
    VkSwapchainCreateInfoKHR info{};
    info.sType = VK_STRUCTURE_TYPE_SWAPCHAIN_CREATE_INFO_KHR;
    info.surface = m_surface;
    info.minImageCount = count;
    info.imageFormat = m_format.format;
    info.imageColorSpace = m_format.colorSpace;
    info.imageExtent = m_extent;
    info.imageArrayLayers = 1;
    info.imageUsage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT;
    info.preTransform = caps.currentTransform;
    info.compositeAlpha = opaque ? VK_COMPOSITE_ALPHA_OPAQUE_BIT_KHR : VK_COMPOSITE_ALPHA_INHERIT_BIT_KHR;
    info.presentMode = m_mode;
    info.clipped = VK_TRUE;
    info.oldSwapchain = m_handle;
    VkSwapchainKHR made = VK_NULL_HANDLE;
    const VkResult result = vkCreateSwapchainKHR(m_device->handle(), &info, nullptr, &made);
    if (m_handle) vkDestroySwapchainKHR(m_device->handle(), m_handle, nullptr);
    m_handle = made;
    if (!notice(result)) return false;

    std::vector<VkImage> images;
    gpu::check(vkGetSwapchainImagesKHR(m_device->handle(), m_handle, &count, nullptr), "list the swapchain's images");
    images.resize(count);
    gpu::check(vkGetSwapchainImagesKHR(m_device->handle(), m_handle, &count, images.data()), "list the swapchain's images");
    for (const VkImage image : images) {
        VkImageViewCreateInfo view{};
        view.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO;
        view.image = image;
        view.viewType = VK_IMAGE_VIEW_TYPE_2D;
        view.format = m_format.format;
        view.subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1};
        Image& own = m_images.emplace_back();
        gpu::check(vkCreateImageView(m_device->handle(), &view, nullptr, &own.view), "view a swapchain image");
        own.rendered = semaphore();
    }
    m_state = State::ready;
    m_stale = false;
    return true;
}

bool Swapchain::pending() {
    if (m_presentWaits && m_device->done(m_slots[m_slot].ticket)) present();
    return !m_device->done(m_slots[m_slot].ticket);
}

std::optional<ui::Target> Swapchain::begin() {
    if (m_state == State::surfaceLost || pending()) return std::nullopt;
    if (m_stale && !make()) return std::nullopt;
    const VkResult result =
        vkAcquireNextImageKHR(m_device->handle(), m_handle, 0, m_slots[m_slot].acquired, VK_NULL_HANDLE, &m_image);
    if (!notice(result)) return std::nullopt;
    return ui::Target{m_images[m_image].view, m_extent.width, m_extent.height};
}

void Swapchain::end(gpu::Recorder&& recorder) {
    Slot& slot = m_slots[m_slot];
    slot.ticket = m_device->submit(std::move(recorder), {.wait = slot.acquired, .signal = m_images[m_image].rendered});
    m_presentWaits = true;
    // Presenting to a CPU device's surface waits for the picture on this thread; there it is done once the ticket says so.
    if (!m_device->isCpu()) {
        present();
        m_slot = (m_slot + 1) % m_slots.size();
    }
}

void Swapchain::abandon() {
    // The image's semaphore will be signalled and never waited for; both are left behind with the old images.
    Slot& slot = m_slots[m_slot];
    vkQueueWaitIdle(m_device->queue());
    const VkSemaphore fresh = semaphore();
    destroyImages();
    vkDestroySwapchainKHR(m_device->handle(), std::exchange(m_handle, VK_NULL_HANDLE), nullptr);
    vkDestroySemaphore(m_device->handle(), std::exchange(slot.acquired, fresh), nullptr);
    m_stale = true;
}

void Swapchain::present() {
    m_presentWaits = false;
    VkPresentInfoKHR info{};
    info.sType = VK_STRUCTURE_TYPE_PRESENT_INFO_KHR;
    info.waitSemaphoreCount = 1;
    info.pWaitSemaphores = &m_images[m_image].rendered;
    info.swapchainCount = 1;
    info.pSwapchains = &m_handle;
    info.pImageIndices = &m_image;
    if (beforePresent) beforePresent();
    notice(vkQueuePresentKHR(m_device->queue(), &info));
    if (afterPresent) afterPresent();
}

} // namespace orrery::app
