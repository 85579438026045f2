// Where an image lies: ui/render/picture.cpp. `at` counts texels from the upper left corner.
struct Place {
    vec4 texelsToClip; // clip = texel * xy + zw
    vec2 size, texelsPerPx;
    vec2 from, to; // the part that is drawn, in texels
};
