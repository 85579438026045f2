// SPDX-License-Identifier: GPL-3.0-or-later
// Tensors in kernels: one source for f32 and f16, for storage reads and texel reads.
//   IN4(0, a)     a(i): elements 4i … 4i + 3 of binding 0 as a vec4        (gpu::Element::vec4)
//   IN1(0, a)     a(i): element i                                          (gpu::Element::f32)
//   INI(0, a)     a(i): element i of an i32 tensor                         (gpu::Element::u32)
//   OUT4(3, y)    y(i, v): writes elements 4i … 4i + 3, rounded to nearest even in f16
//   OUT1(3, y)    y(i, v): writes element i; f32 only, since a f16 would share its word with a neighbour
// Which bindings hold f16 is a specialisation constant, so that the choice costs nothing; Context::run sets it.
#include "common/formats.glsl"

layout(constant_id = 3) const uint halves = 0u; // bit i: binding i

#ifdef READ_TEXEL // the view converts f16
#define IN4(slot, name)                                                  \
    layout(set = 0, binding = slot) uniform samplerBuffer name##T;       \
    vec4 name(uint i) { return texelFetch(name##T, int(i)); }
#define IN1(slot, name)                                                  \
    layout(set = 0, binding = slot) uniform samplerBuffer name##T;       \
    float name(uint i) { return texelFetch(name##T, int(i)).x; }
#define INI(slot, name)                                                  \
    layout(set = 0, binding = slot) uniform usamplerBuffer name##T;      \
    int name(uint i) { return int(texelFetch(name##T, int(i)).x); }
#else
#define IN4(slot, name)                                                                                     \
    layout(set = 0, binding = slot, std430) readonly buffer name##F_ { vec4 v[]; } name##F;                 \
    layout(set = 0, binding = slot, std430) readonly buffer name##H_ { uvec2 v[]; } name##H;                \
    vec4 name(uint i) {                                                                                     \
        if ((halves >> slot & 1u) == 0u) return name##F.v[i];                                               \
        const uvec2 w = name##H.v[i];                                                                       \
        return vec4(halfValue(w.x & 0xFFFFu), halfValue(w.x >> 16), halfValue(w.y & 0xFFFFu), halfValue(w.y >> 16)); \
    }
#define IN1(slot, name)                                                                                     \
    layout(set = 0, binding = slot, std430) readonly buffer name##F_ { float v[]; } name##F;                \
    layout(set = 0, binding = slot, std430) readonly buffer name##H_ { uint v[]; } name##H;                 \
    float name(uint i) {                                                                                    \
        if ((halves >> slot & 1u) == 0u) return name##F.v[i];                                               \
        return halfValue(name##H.v[i >> 1] >> 16 * (i & 1u) & 0xFFFFu);                                     \
    }
#define INI(slot, name)                                                                                     \
    layout(set = 0, binding = slot, std430) readonly buffer name##I_ { int v[]; } name##I;                  \
    int name(uint i) { return name##I.v[i]; }
#endif

#define OUT4(slot, name)                                                                                    \
    layout(set = 0, binding = slot, std430) writeonly buffer name##F_ { vec4 v[]; } name##F;                \
    layout(set = 0, binding = slot, std430) writeonly buffer name##H_ { uvec2 v[]; } name##H;               \
    void name(uint i, vec4 x) {                                                                             \
        if ((halves >> slot & 1u) == 0u)                                                                    \
            name##F.v[i] = x;                                                                               \
        else                                                                                                \
            name##H.v[i] = uvec2(halfBits(x.x) | halfBits(x.y) << 16, halfBits(x.z) | halfBits(x.w) << 16); \
    }
#define OUT1(slot, name)                                                                                    \
    layout(set = 0, binding = slot, std430) writeonly buffer name##F_ { float v[]; } name##F;               \
    void name(uint i, float x) { name##F.v[i] = x; }

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;

/// The invocation's number in a line of work laid out as a grid (tensor::grid), and how many there are.
uint lineIndex() { return gl_GlobalInvocationID.x + gl_GlobalInvocationID.y * gl_NumWorkGroups.x * gl_WorkGroupSize.x; }
uint lineCount() { return gl_NumWorkGroups.x * gl_NumWorkGroups.y * gl_WorkGroupSize.x; }
