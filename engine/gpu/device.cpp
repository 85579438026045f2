// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/gpu/device.h"

#include "engine/gpu/device_impl.h"
#include "engine/gpu/device_info.h"
#include "engine/gpu/recorder.h"
#include "engine/gpu/recorder_impl.h"

#include <spdlog/spdlog.h>

#include <cstdlib>

namespace orrery::gpu {
namespace {

VkDevice makeDevice(const DeviceInfo& info, std::uint32_t family, bool present) {
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue{VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, nullptr, 0, family, 1, &priority};
    VkPhysicalDeviceFeatures offered;
    vkGetPhysicalDeviceFeatures(info.handle, &offered);

    VkPhysicalDeviceVulkan12Features v12{};
    v12.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES;
    v12.timelineSemaphore = VK_TRUE;
    v12.shaderFloat16 = info.float16;
    VkPhysicalDeviceVulkan11Features v11{};
    v11.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES;
    v11.pNext = &v12;
    v11.storageBuffer16BitAccess = info.storage16;
    VkPhysicalDeviceFeatures2 features{};
    features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features.pNext = &v11;
    VkPhysicalDeviceCooperativeMatrixFeaturesNV matrix{};
    matrix.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_FEATURES_NV;
    matrix.cooperativeMatrix = VK_TRUE;
    if (info.cooperativeMatrix) v12.pNext = &matrix, v12.vulkanMemoryModel = v12.vulkanMemoryModelDeviceScope = VK_TRUE;
    features.features.largePoints = offered.largePoints;

    std::vector<const char*> extensions;
    if (present && hasExtension(info.handle, VK_KHR_SWAPCHAIN_EXTENSION_NAME))
        extensions.push_back(VK_KHR_SWAPCHAIN_EXTENSION_NAME);
    if (hasExtension(info.handle, "VK_KHR_portability_subset")) extensions.push_back("VK_KHR_portability_subset");
    if (info.cooperativeMatrix) extensions.push_back(VK_NV_COOPERATIVE_MATRIX_EXTENSION_NAME);
    const VkDeviceCreateInfo create{VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, &features,         0,      1, &queue, 0, nullptr,
                                    std::uint32_t(extensions.size()),     extensions.data(), nullptr};
    VkDevice device = VK_NULL_HANDLE;
    check(vkCreateDevice(info.handle, &create, nullptr, &device), ("open the device " + info.name).c_str());
    return device;
}

} // namespace

Device::Device(Instance& instance, const DeviceOptions& options) : m_impl(std::make_shared<Impl>()) {
    Impl& d = *m_impl;
    std::string wanted = options.wanted;
    if (const char* variable = std::getenv("ORRERY_DEVICE"); wanted.empty() && variable) wanted = variable;
    const DeviceChoice choice = chooseDevice(instance.devices(), wanted);
    d.instance = &instance;
    d.info = instance.devices()[choice.index];
    d.whyChosen = choice.reason;
    // A CPU device whose texel buffers are as small as the specification allows (SwiftShader: 65,536) reads storage.
    const bool largeTexelBuffers = d.info.limits.maxTexelBufferElements >= 1u << 24;
    d.readPath = d.info.kind == DeviceKind::cpu && largeTexelBuffers ? ReadPath::texel : ReadPath::storage;
    if (options.forceRead) d.readPath = options.forceReadPath;
    if (d.readPath != ReadPath::storage) d.info.cooperativeMatrix = false; // its kernels read storage
    findQueueFamily(d.info.handle, d.family, d.timestampBits);
    d.handle = makeDevice(d.info, d.family, instance.canPresent());
    vkGetDeviceQueue(d.handle, d.family, 0, &d.queue);
    d.memory = std::make_unique<Memory>(d.info.handle, d.handle);
    std::string cache = options.pipelineCacheFile.empty() ? defaultPipelineCacheFile(d.info) : options.pipelineCacheFile;
    d.pipelines = std::make_unique<Pipelines>(d.handle, d.info, d.readPath, cache == "-" ? std::string{} : cache);

    VkSemaphoreTypeCreateInfo type{};
    type.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO;
    type.semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE;
    const VkSemaphoreCreateInfo semaphore{VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, &type, 0};
    check(vkCreateSemaphore(d.handle, &semaphore, nullptr, &d.timeline), "create the timeline");
    spdlog::debug("device: {} ({}), {}, Vulkan {}, chosen as {}", d.info.name, toString(d.info.kind), d.info.driver,
                  d.info.version(), d.whyChosen);
}

Device::~Device() {
    Impl& d = *m_impl;
    vkDeviceWaitIdle(d.handle); // a lost device returns at once
    d.lost = true;              // from here on, releases run at once
    d.idle.clear();
    d.inFlight.clear();
    while (!d.releases.empty()) {
        const auto run = std::move(d.releases.front().run);
        d.releases.pop_front();
        run();
    }
    d.pipelines.reset();
}

Device::Impl::~Impl() {
    memory.reset();
    if (timeline) vkDestroySemaphore(handle, timeline, nullptr);
    if (handle) vkDestroyDevice(handle, nullptr);
}

void Device::Impl::requireAlive(const char* what) const {
    if (lost) check(VK_ERROR_DEVICE_LOST, what);
}

Ticket Device::Impl::finished() const {
    std::uint64_t value = 0;
    check(vkGetSemaphoreCounterValue(handle, timeline, &value), "ask the device how far it is");
    return value;
}

void Device::Impl::collect() {
    if (lost) return;
    const Ticket done = finished();
    while (!inFlight.empty() && inFlight.front()->ticket <= done) {
        auto list = std::move(inFlight.front());
        inFlight.pop_front();
        if (auto times = list->readTimings(info.limits.timestampPeriod, timestampBits); !times.empty()) {
            for (const Timing& timing : times) addToProfile(timing);
            timings[list->name] = std::move(times);
        }
        list->recycle();
        idle.push_back(std::move(list));
    }
    while (!releases.empty() && releases.front().after <= done) {
        const auto run = std::move(releases.front().run);
        releases.pop_front();
        run();
    }
}

void Device::Impl::addToProfile(const Timing& timing) {
    Timing& sum = profile.try_emplace(timing.name, Timing{timing.name, 0, 0}).first->second;
    sum.milliseconds += timing.milliseconds, sum.calls += timing.calls;
    sum.bytes += timing.bytes, sum.flops += timing.flops;
}

void Device::Impl::release(std::function<void()> run) {
    if (lost || (releases.empty() && inFlight.empty()))
        run();
    else
        releases.push_back({submitted, std::move(run)});
}

Instance& Device::instance() const { return *m_impl->instance; }
const DeviceInfo& Device::info() const { return m_impl->info; }
const std::string& Device::whyChosen() const { return m_impl->whyChosen; }
ReadPath Device::readPath() const { return m_impl->readPath; }
VkDevice Device::handle() const { return m_impl->handle; }
VkQueue Device::queue() const { return m_impl->queue; }
std::uint32_t Device::queueFamily() const { return m_impl->family; }
Pipelines& Device::pipelines() { return *m_impl->pipelines; }
MemoryReport Device::memory() const { return {m_impl->memory->used(), m_impl->memory->reserved()}; }
Ticket Device::submitted() const { return m_impl->submitted; }
void Device::afterSubmitted(std::function<void()> release) { m_impl->release(std::move(release)); }
Ticket Device::run(const std::string& name, const std::function<void(Recorder&)>& work) {
    Recorder recorder = record(name);
    try {
        work(recorder);
    } catch (...) {
        submit(std::move(recorder));
        throw;
    }
    return submit(std::move(recorder));
}

void Device::pretendLost() { m_impl->lost = true; }
void Device::pretendFull(int allocations) { m_impl->memory->failAfter(allocations); }

Recorder Device::record(const std::string& name, bool timed) {
    Impl& d = *m_impl;
    d.requireAlive("record work");
    d.collect();
    std::unique_ptr<CommandList> list;
    if (d.idle.empty()) {
        list = std::make_unique<CommandList>(d.handle, d.family, d.timestampBits > 0, d.info.kind == DeviceKind::cpu);
    } else {
        list = std::move(d.idle.back());
        d.idle.pop_back();
    }
    list->begin(name, timed);
    auto impl = std::make_unique<Recorder::Impl>(*this, std::move(list));
    impl->barrier(); // behind whatever was submitted before
    return Recorder(std::move(impl));
}

Ticket Device::submit(Recorder&& recorder, const SubmitOptions& options) {
    Impl& d = *m_impl;
    d.requireAlive("submit work");
    std::unique_ptr<CommandList> list = recorder.impl().finish();
    const Ticket ticket = d.submitted + 1;
    const VkSemaphore signals[] = {d.timeline, options.signal};
    const std::uint64_t signalValues[] = {ticket, 0}, waitValue = 0;
    const std::uint32_t waits = options.wait ? 1 : 0, signalCount = options.signal ? 2 : 1;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_COLOR_ATTACHMENT_OUTPUT_BIT;
    const VkTimelineSemaphoreSubmitInfo values{
        VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO, nullptr, waits, &waitValue, signalCount, signalValues};
    const VkSubmitInfo info{
        VK_STRUCTURE_TYPE_SUBMIT_INFO, &values, waits, &options.wait, &stage, 1, &list->commands, signalCount, signals};
    const VkResult result = vkQueueSubmit(d.queue, 1, &info, VK_NULL_HANDLE);
    if (result == VK_ERROR_DEVICE_LOST) d.lost = true;
    check(result, "submit work");
    d.submitted = ticket;
    list->ticket = ticket;
    *list->promise = ticket;
    d.inFlight.push_back(std::move(list));
    return ticket;
}

bool Device::done(Ticket ticket) const {
    m_impl->requireAlive("ask the device how far it is");
    return m_impl->finished() >= ticket;
}

void Device::wait(Ticket ticket) {
    Impl& d = *m_impl;
    d.requireAlive("wait for the device");
    const VkSemaphoreWaitInfo info{VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, nullptr, 0, 1, &d.timeline, &ticket};
    const VkResult result = vkWaitSemaphores(d.handle, &info, ~std::uint64_t{0});
    if (result == VK_ERROR_DEVICE_LOST) d.lost = true;
    check(result, "wait for the device");
    d.collect();
}

void Device::waitIdle() { wait(m_impl->submitted); }

std::vector<Timing> Device::timings(const std::string& recorderName) const {
    m_impl->collect();
    const auto found = m_impl->timings.find(recorderName);
    return found == m_impl->timings.end() ? std::vector<Timing>{} : found->second;
}

std::vector<Timing> Device::profile() const {
    m_impl->collect();
    std::vector<Timing> all;
    for (const auto& [name, timing] : m_impl->profile) all.push_back(timing);
    return all;
}
void Device::resetProfile() { m_impl->profile.clear(); }
void Device::addToProfile(const Timing& timing) { m_impl->addToProfile(timing); }

} // namespace orrery::gpu
