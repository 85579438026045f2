// SPDX-License-Identifier: GPL-3.0-or-later
// Distance to a shaft and to a filled triangle; both fade over one pixel.
#version 450

layout(push_constant) uniform Push {
    vec4 cellsToClip, colour;
    vec2 viewportPx;
    uint columns;
    float longestPx, half_, widthPx;
};
layout(location = 0) in vec2 local;
layout(location = 1) in flat vec2 arrow;
layout(location = 0) out vec4 result;

void main() {
    const float size = arrow.x, head = arrow.y, neck = size - head;
    const float shaft = length(local - vec2(clamp(local.x, 0, neck), 0)) - 0.5 * widthPx;
    const vec2 slant = normalize(vec2(0.42, 1)); // normal of the head's edges
    const float tip = max(dot(vec2(local.x - size, abs(local.y)), slant), neck - local.x);
    const float cover = max(clamp(0.5 - shaft, 0, 1) * min(widthPx, 1), clamp(0.5 - tip, 0, 1));
    result = vec4(colour.rgb, colour.a * cover * min(size / 2, 1)); // what is too short to have a direction fades
}
