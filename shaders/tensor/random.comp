#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Elements 4i … 4i + 3 come from the four words of Philox draw i, so that an element depends on its place and the key only.
#extension GL_GOOGLE_include_directive : require
#include "common/math.glsl"
#include "common/philox.glsl"
#include "common/tensor.glsl"
layout(constant_id = 4) const uint kind = 0u; // 0: uniform, 1: normal, 2: x with some elements dropped
IN4(0, x)
OUT4(1, y)
layout(push_constant) uniform Push {
    uvec2 seed;
    uint step, stream;
    uint count;     // groups of four
    uint threshold; // an element is dropped when its word is less
    float scale, shift;
};

void main() {
    for (uint i = lineIndex(); i < count; i += lineCount()) {
        const uvec4 words = philox(seed, i, step, stream);
        vec4 v;
        if (kind == 0u) // rounding must not reach 1
            v = shift + scale * min((vec4(words) + 0.5) * 2.3283064365386963e-10, uintBitsToFloat(0x3F7FFFFFu));
        else if (kind == 1u)
            v = shift + scale * vec4(normalPair(words.x, words.y), normalPair(words.z, words.w));
        else
            v = mix(x(i) * scale, vec4(0), lessThan(words, uvec4(threshold)));
        y(i, v);
    }
}
