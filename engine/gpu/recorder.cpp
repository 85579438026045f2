// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/recorder.h"

#include "engine/gpu/device_impl.h"
#include "engine/gpu/recorder_impl.h"

namespace orrery::gpu {
namespace {

constexpr VkPipelineStageFlags shaderStages = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT | VK_PIPELINE_STAGE_VERTEX_SHADER_BIT |
                                              VK_PIPELINE_STAGE_FRAGMENT_SHADER_BIT | VK_PIPELINE_STAGE_TRANSFER_BIT;
constexpr int noStretch = -2;

/// A range that several bindings read counts once.
double bytesTouched(const std::vector<Hazards::Use>& uses) {
    double sum = 0;
    for (std::size_t i = 0; i < uses.size(); ++i) {
        bool again = false;
        for (std::size_t j = 0; j < i && !uses[i].write; ++j)
            again = again || (!uses[j].write && uses[j].id == uses[i].id && uses[j].offset == uses[i].offset);
        if (!again) sum += double(uses[i].size);
    }
    return sum;
}

Hazards::Use use(const BufferRange& range, bool write) { return {range.buffer.handle(), range.offset, range.size, write}; }

} // namespace

Recorder::Impl::~Impl() {
    if (!list) return; // submitted
    vkEndCommandBuffer(list->commands);
    list->recycle();
    device->impl().idle.push_back(std::move(list));
}

void Recorder::Impl::barrier() {
    const VkMemoryBarrier memory{
        VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_WRITE_BIT,
        VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT | VK_ACCESS_TRANSFER_READ_BIT | VK_ACCESS_TRANSFER_WRITE_BIT};
    vkCmdPipelineBarrier(list->commands, shaderStages, shaderStages, 0, 1, &memory, 0, nullptr, 0, nullptr);
}

void Recorder::Impl::declare(const std::vector<Hazards::Use>& uses) {
    if (hazards.needsBarrier(uses)) barrier();
}

std::unique_ptr<CommandList> Recorder::Impl::finish() {
    if (downloads) {
        const VkMemoryBarrier toHost{VK_STRUCTURE_TYPE_MEMORY_BARRIER, nullptr, VK_ACCESS_TRANSFER_WRITE_BIT,
                                     VK_ACCESS_HOST_READ_BIT};
        vkCmdPipelineBarrier(list->commands, VK_PIPELINE_STAGE_TRANSFER_BIT, VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &toHost, 0,
                             nullptr, 0, nullptr);
    }
    check(vkEndCommandBuffer(list->commands), "finish a command list");
    return std::move(list);
}

Recorder::Recorder(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder& Recorder::operator=(Recorder&&) noexcept = default;
Recorder::~Recorder() = default;

Device& Recorder::device() const { return *m_impl->device; }
VkCommandBuffer Recorder::commands() const { return m_impl->list->commands; }
void Recorder::keep(const Buffer& buffer) { m_impl->list->buffers.push_back(buffer); }
void Recorder::keep(const Image& image) { m_impl->list->images.push_back(image); }
VkDescriptorSet Recorder::descriptorSet(VkDescriptorSetLayout layout) { return m_impl->list->descriptorSet(layout); }

void Recorder::dispatch(const Kernel& kernel, std::span<const BufferRange> ranges, std::span<const std::byte> push,
                        std::array<std::uint32_t, 3> groups, double flops) {
    Device& device = *m_impl->device;
    const KernelOptions& options = kernel.options();
    if (ranges.size() != options.bindings.size() || push.size() != options.pushBytes)
        throw Error("kernel " + options.name + " takes " + std::to_string(options.bindings.size()) + " buffers and " +
                    std::to_string(options.pushBytes) + " bytes of constants, not " + std::to_string(ranges.size()) + " and " +
                    std::to_string(push.size()));
    if (groups[0] == 0 || groups[1] == 0 || groups[2] == 0) return;
    const VkPhysicalDeviceLimits& limits = device.info().limits;
    for (int axis = 0; axis < 3; ++axis)
        if (groups[std::size_t(axis)] > limits.maxComputeWorkGroupCount[axis])
            throw Error("kernel " + options.name + " needs " + std::to_string(groups[std::size_t(axis)]) +
                        " workgroups; this device offers " + std::to_string(limits.maxComputeWorkGroupCount[axis]));

    const Kernel::Built& built = kernel.built(device);
    const VkDescriptorSet set = descriptorSet(built.setLayout);
    std::vector<VkWriteDescriptorSet> writes(ranges.size());
    std::vector<VkDescriptorBufferInfo> infos(ranges.size());
    std::vector<VkBufferView> views(ranges.size());
    std::vector<Hazards::Use> uses;
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        const BufferRange& range = ranges[i];
        const Binding& binding = options.bindings[i];
        const bool texel = built.types[i] == VK_DESCRIPTOR_TYPE_UNIFORM_TEXEL_BUFFER;
        if (!texel && range.size > limits.maxStorageBufferRange)
            throw Error("kernel " + options.name + ": '" + binding.name + "' is larger than this device can address (" +
                        std::to_string(limits.maxStorageBufferRange >> 20) + " MiB)");
        if (texel && range.size / elementBytes(binding.element) > limits.maxTexelBufferElements)
            throw Error("kernel " + options.name + ": '" + binding.name + "' has more elements than this device can fetch (" +
                        std::to_string(limits.maxTexelBufferElements) + ")");
        uses.push_back(use(range, binding.access != Access::read));
        infos[i] = {range.buffer.handle(), texel ? 0 : range.offset,
                    texel ? VK_WHOLE_SIZE : std::max<std::uint64_t>(range.size, 4)};
        if (texel) views[i] = range.buffer.view(texelFormat(binding.element));
        writes[i] = {VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                     nullptr,
                     set,
                     std::uint32_t(i),
                     0,
                     1,
                     built.types[i],
                     nullptr,
                     texel ? nullptr : &infos[i],
                     texel ? &views[i] : nullptr};
        keep(range.buffer);
    }
    vkUpdateDescriptorSets(device.handle(), std::uint32_t(writes.size()), writes.data(), 0, nullptr);
    m_impl->declare(uses);

    const int slot = m_impl->stretch == noStretch ? m_impl->list->beginTiming(options.name, bytesTouched(uses), flops) : -1;
    vkCmdBindPipeline(commands(), VK_PIPELINE_BIND_POINT_COMPUTE, built.pipeline);
    vkCmdBindDescriptorSets(commands(), VK_PIPELINE_BIND_POINT_COMPUTE, built.layout, 0, 1, &set, 0, nullptr);
    if (!push.empty())
        vkCmdPushConstants(commands(), built.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, std::uint32_t(push.size()), push.data());
    vkCmdDispatch(commands(), groups[0], groups[1], groups[2]);
    m_impl->list->endTiming(slot);
}

void Recorder::copy(const BufferRange& from, const BufferRange& to) {
    if (from.size != to.size)
        throw Error("a copy of " + std::to_string(from.size) + " bytes into " + std::to_string(to.size) + " bytes");
    if (from.size == 0) return;
    m_impl->declare({use(from, false), use(to, true)});
    const VkBufferCopy region{from.offset, to.offset, from.size};
    vkCmdCopyBuffer(commands(), from.buffer.handle(), to.buffer.handle(), 1, &region);
    keep(from.buffer), keep(to.buffer);
}

void Recorder::fill(const BufferRange& range, std::uint32_t word) {
    if (range.size == 0) return;
    m_impl->declare({use(range, true)});
    vkCmdFillBuffer(commands(), range.buffer.handle(), range.offset, (range.size + 3) / 4 * 4, word);
    keep(range.buffer);
}

void Recorder::upload(const BufferRange& to, std::span<const std::byte> bytes) {
    if (bytes.size() > to.size)
        throw Error("an upload of " + std::to_string(bytes.size()) + " bytes into " + std::to_string(to.size) + " bytes");
    if (bytes.empty()) return;
    const Buffer staging = device().buffer({.name = "upload", .size = bytes.size(), .residence = Residence::upload});
    std::memcpy(staging.mapped(), bytes.data(), bytes.size());
    copy(staging, {to.buffer, to.offset, bytes.size()});
}

Download Recorder::download(const BufferRange& from) {
    const Buffer staging = device().buffer({.name = "download", .size = from.size, .residence = Residence::readback});
    copy(from, staging);
    m_impl->downloads = true;
    return {device(), staging, m_impl->list->promise};
}

Download Recorder::download(const Image& from) {
    const ImageOptions& image = from.options();
    const Buffer staging = device().buffer(
        {.name = "download", .size = std::uint64_t(image.width) * image.height * 4, .residence = Residence::readback});
    VkBufferImageCopy region{};
    region.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1};
    region.imageExtent = {image.width, image.height, 1};
    vkCmdCopyImageToBuffer(commands(), from.handle(), VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, staging.handle(), 1, &region);
    keep(from), keep(staging);
    m_impl->downloads = true;
    return {device(), staging, m_impl->list->promise};
}

void Recorder::reads(const BufferRange& range) {
    m_impl->declare({use(range, false)});
    keep(range.buffer);
}

void Recorder::beginStretch(const std::string& name) { m_impl->stretch = m_impl->list->beginTiming(name); }

void Recorder::endStretch() {
    m_impl->list->endTiming(m_impl->stretch);
    m_impl->stretch = noStretch;
}

bool Download::ready() const { return m_ticket && *m_ticket != 0 && m_device->done(*m_ticket); }

void Download::wait() const {
    if (!m_ticket || *m_ticket == 0) throw Error("waiting for a download whose work was never submitted");
    m_device->wait(*m_ticket);
}

} // namespace orrery::gpu
