// SPDX-License-Identifier: GPL-3.0-or-later
// What lies above the threshold, and the line where it is met. The field is bilinear between the centres of its texels, so its
// slope is known and the line is equally wide wherever it runs.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "draw/picture.glsl"

layout(set = 0, binding = 0) uniform sampler2D field;
layout(push_constant) uniform Push {
    Place place;
    vec4 fill, edge, bandFill;
    float halfEdge; // pixels
    float threshold, band;
};
layout(location = 0) in vec2 at;
layout(location = 0) out vec4 colour;

vec4 over(vec4 top, vec4 below) { // not premultiplied
    const float alpha = top.a + below.a * (1 - top.a);
    return vec4((top.rgb * top.a + below.rgb * below.a * (1 - top.a)) / max(alpha, 1e-6), alpha);
}

void main() {
    const ivec2 last = ivec2(place.size) - 1;
    const vec2 from = clamp(at - 0.5, vec2(0), vec2(last));
    const ivec2 low = min(ivec2(from), max(last - 1, ivec2(0))), high = min(low + 1, last);
    const vec2 share = from - vec2(low);
    const float v00 = texelFetch(field, low, 0).x, v10 = texelFetch(field, ivec2(high.x, low.y), 0).x;
    const float v01 = texelFetch(field, ivec2(low.x, high.y), 0).x, v11 = texelFetch(field, high, 0).x;
    const float value = mix(mix(v00, v10, share.x), mix(v01, v11, share.x), share.y) - threshold;
    const vec2 slope = vec2(mix(v10 - v00, v11 - v01, share.y), mix(v01 - v00, v11 - v10, share.x)) * place.texelsPerPx;
    const float steep = max(length(slope), 1e-12); // of the value per pixel
    const float inside = clamp(value / steep + 0.5, 0, 1);
    const float onEdge = clamp(halfEdge + 0.5 - abs(value) / steep, 0, 1);
    const float inBand = band > 0 ? clamp((band - abs(value)) / steep + 0.5, 0, 1) : 0;
    vec4 result = vec4(fill.rgb, fill.a * inside);
    result = over(vec4(bandFill.rgb, bandFill.a * inBand), result);
    colour = abs(value) < 1e30 ? over(vec4(edge.rgb, edge.a * onEdge), result) : vec4(0); // NaN is nothing
}
