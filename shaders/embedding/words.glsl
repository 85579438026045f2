// SPDX-License-Identifier: GPL-3.0-or-later
// Whole numbers in twos and fours beside common/tensor.glsl: IN2U(2, edges) gives edges(i) as a uvec2 (gpu::Element::uvec2).
#ifdef READ_TEXEL
#define IN2U(slot, name)                                                 \
    layout(set = 0, binding = slot) uniform usamplerBuffer name##T;      \
    uvec2 name(uint i) { return texelFetch(name##T, int(i)).xy; }
#define IN4U(slot, name)                                                 \
    layout(set = 0, binding = slot) uniform usamplerBuffer name##T;      \
    uvec4 name(uint i) { return texelFetch(name##T, int(i)); }
#else
#define IN2U(slot, name)                                                                      \
    layout(set = 0, binding = slot, std430) readonly buffer name##U_ { uvec2 v[]; } name##U;  \
    uvec2 name(uint i) { return name##U.v[i]; }
#define IN4U(slot, name)                                                                      \
    layout(set = 0, binding = slot, std430) readonly buffer name##U_ { uvec4 v[]; } name##U;  \
    uvec4 name(uint i) { return name##U.v[i]; }
#endif
