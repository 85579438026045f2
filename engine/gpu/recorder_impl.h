// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "engine/gpu/command_list.h"
#include "engine/gpu/hazards.h"
#include "engine/gpu/recorder.h"

namespace orrery::gpu {

struct Recorder::Impl {
    Impl(Device& owner, std::unique_ptr<CommandList> commandList) : device(&owner), list(std::move(commandList)) {}
    ~Impl();

    void barrier();
    void declare(const std::vector<Hazards::Use>& uses); ///< a barrier first, where one is due
    std::unique_ptr<CommandList> finish();               ///< ends the list for submission

    Device* device;
    std::unique_ptr<CommandList> list;
    Hazards hazards;
    int stretch = -2; ///< slot of the open stretch; -2: none is open
    bool downloads = false;
};

} // namespace orrery::gpu
