// SPDX-License-Identifier: GPL-3.0-or-later
// orrery devices: what Vulkan offers, which one would be used, and why.
#include "app/cli/subcommands.h"
#include "engine/gpu/device.h"
#include "engine/lab/names.h"

#include <iostream>
#include <memory>

namespace orrery::cli {

namespace {

std::string amount(std::uint64_t bytes) {
    static constexpr const char* units[] = {"B", "KiB", "MiB", "GiB"};
    double value = double(bytes);
    int unit = 0;
    while (value >= 1024 && unit < 3) value /= 1024, ++unit;
    return lab::rounded(value) + " " + units[unit];
}

std::string optionalFeatures(const gpu::DeviceInfo& info) {
    std::vector<std::string> names;
    if (info.storage16) names.emplace_back("16-bit storage");
    if (info.float16) names.emplace_back("float16 arithmetic");
    if (info.subgroupSizeControl) names.emplace_back("subgroup size control");
    if (info.atomicFloat) names.emplace_back("atomic float");
    if (info.cooperativeMatrix) names.emplace_back("cooperative matrix");
    return names.empty() ? "none" : lab::join(names);
}

void print(std::size_t index, const gpu::DeviceInfo& info) {
    const std::string indent(6, ' ');
    std::cout << index << "  " << info.name << "\n"
              << indent << gpu::toString(info.kind) << ", " << (info.usable ? "usable" : "not usable: " + info.whyNot) << "\n"
              << indent << "driver " << info.driver << ", Vulkan " << info.version() << "\n";
    const VkPhysicalDeviceLimits& limits = info.limits;
    std::cout << indent << "memory " << amount(info.deviceMemory) << "; storage buffers to "
              << amount(limits.maxStorageBufferRange) << ", texel buffers to " << lab::rounded(limits.maxTexelBufferElements)
              << " elements, pictures to " << limits.maxImageDimension2D << " px\n"
              << indent << "workgroups of " << limits.maxComputeWorkGroupInvocations << ", shared memory "
              << amount(limits.maxComputeSharedMemorySize) << ", subgroups of " << info.subgroupSize << ", push constants "
              << limits.maxPushConstantsSize << " B\n"
              << indent << "optional: " << optionalFeatures(info) << "\n";
}

} // namespace

void addDeviceOption(CLI::App& command, std::string& wanted) {
    command.add_option("--device", wanted, "An index or part of a name from `devices`, or cpu or gpu");
}

void addDevices(CLI::App& app) {
    CLI::App* command = app.add_subcommand("devices", "What Vulkan offers, which device would be used, and why");
    auto wanted = std::make_shared<std::string>();
    addDeviceOption(*command, *wanted);
    command->callback([wanted] {
        gpu::Instance instance;
        for (std::size_t i = 0; i < instance.devices().size(); ++i) print(i, instance.devices()[i]);
        gpu::Device device(instance, {.wanted = *wanted, .pipelineCacheFile = "-"});
        const bool texel = device.readPath() == gpu::ReadPath::texel;
        std::cout << "\nused: " << device.info().name << " (" << device.whyChosen() << ")\n"
                  << "reads: " << (texel ? "texel buffers, the fast way on a CPU device" : "storage buffers") << "\n";
    });
}

} // namespace orrery::cli
