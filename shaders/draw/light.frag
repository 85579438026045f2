// SPDX-License-Identifier: GPL-3.0-or-later
// Tone mapping of the gathered light L: brightness L / (L + 0.6), so that one point is clearly seen and hundreds above
// one another do not burn out; whiteness L / (L + 8), so that where brightness ends the colour still tells more from less.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "draw/light.glsl"

layout(constant_id = 0) const bool INK = false;
READU(0, sums);
layout(push_constant) uniform Push {
    vec3 colour;
    float perUnit;
    ivec2 size;
};
layout(location = 0) out vec4 result;

void main() {
    const float L = float(LOADU(sums, lightAt(ivec2(gl_FragCoord.xy), size))) * perUnit;
    const float brightness = L / (L + 0.6), whiteness = L / (L + 8);
    if (INK) // multiplied with the paper
        result = vec4(mix(vec3(1), mix(colour, colour * 0.25, whiteness), brightness), 1);
    else // screened onto the ground
        result = vec4(mix(colour, vec3(1), whiteness) * brightness, 1);
}
