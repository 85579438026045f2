// What the sprites' shaders share: ui/render/sprites.cpp.
layout(push_constant) uniform Push {
    vec2 viewportPx;
    ivec2 slot; // texels of one picture
    int across, channels;
    float opacity, unused;
    vec4 ground; // under ink
};
