// What a cloud's shaders share: ui/render/cloud_painter.h has the meaning.
layout(push_constant) uniform Push {
    vec4 toX, toY, toW;
    ivec2 size;
    uint points;
    float radius, centre, perUnit, farDepth, reach;
};
