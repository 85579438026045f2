// SPDX-License-Identifier: GPL-3.0-or-later
// A compute kernel: a named shader with typed bindings and push constants.
#pragma once

#include "engine/gpu/device.h"

#include <array>
#include <string>
#include <vector>

namespace orrery::gpu {

enum class Access { read, write, readWrite };

/// How the shader sees one element; decides the format of the texel view on CPU devices. `half` and `half4`: one and four
/// 16-bit floats, which the view converts.
enum class Element { f32, vec2, vec4, u32, uvec2, uvec4, half, half4 };

struct Binding {
    std::string name{};
    Access access = Access::read;
    Element element = Element::f32;
};

/// The shader `shaders/<name>.comp`. Bindings with Access::read must be declared there by the READ macros of
/// common/read.glsl, in this order from binding 0; the others are plain storage buffers.
struct KernelOptions {
    std::string name{};
    std::vector<Binding> bindings{};
    std::uint32_t pushBytes = 0;                  ///< at most 128
    std::array<std::uint32_t, 3> local{64, 1, 1}; ///< specialisation constants 0, 1, 2 (local_size_*_id)
    std::vector<std::uint32_t> constants{};       ///< specialisation constants 3, 4, …
};

/// Cheap to make: the pipeline is created at the first dispatch and kept by the device.
class Kernel {
 public:
    Kernel() = default;
    Kernel(Device& device, KernelOptions options); ///< throws when limits of the device are exceeded

    const KernelOptions& options() const { return m_options; }
    std::uint32_t groups(std::uint64_t items) const; ///< workgroups along x for that many items

    struct Built; ///< pipeline, layouts
    const Built& built(Device& device) const;

 private:
    KernelOptions m_options;
    mutable std::shared_ptr<const Built> m_built;
};

/// Compiled SPIR-V embedded in the program; throws when there is none of that name.
struct Spirv {
    const std::uint32_t* words = nullptr;
    std::size_t bytes = 0;
};
Spirv embeddedShader(const std::string& name);

} // namespace orrery::gpu
