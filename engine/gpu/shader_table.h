// SPDX-License-Identifier: GPL-3.0-or-later
// The table that the build fills with SPIR-V (cmake/embed.cmake).
#pragma once

#include <cstddef>
#include <cstdint>

namespace orrery::gpu {

struct EmbeddedShader {
    const char* name; ///< "diffusion/step.comp.texel"
    const std::uint32_t* words;
    std::size_t bytes;
};
extern const EmbeddedShader embeddedShaders[]; ///< ends with a null name

} // namespace orrery::gpu
