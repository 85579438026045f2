// SPDX-License-Identifier: GPL-3.0-or-later
#version 450

layout(push_constant) uniform Push {
    vec4 toClip, colour;
    vec2 viewportPx;
    uint stride, columns;
    int first, last;
    float halfWidthPx, fade;
};
layout(location = 0) in flat vec4 ends;
layout(location = 1) in flat vec4 planes;
layout(location = 2) in flat vec2 opacity;
layout(location = 0) out vec4 result;

void main() {
    const vec2 fromA = gl_FragCoord.xy - ends.xy, fromB = gl_FragCoord.xy - ends.zw, along = ends.zw - ends.xy;
    if (dot(fromA, planes.xy) < 0 || (planes.zw != vec2(0) && dot(fromB, planes.zw) >= 0)) discard;
    const float share = clamp(dot(fromA, along) / max(dot(along, along), 1e-12), 0, 1);
    const float outside = length(fromA - along * share) - halfWidthPx;
    const float cover = clamp(0.5 - outside, 0, 1) * min(2 * halfWidthPx, 1); // thinner than a pixel: fainter instead
    result = vec4(colour.rgb, colour.a * mix(opacity.x, opacity.y, share) * cover);
}
