// result[i] = scale * values[i] + offset; for tests of engine/gpu.
#version 450
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"

layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
READ4(0, values);
layout(set = 0, binding = 1, std430) writeonly buffer Result { vec4 result[]; };
layout(push_constant) uniform Push { uint count; float scale; float offset; };

void main() {
    const uint i = gl_GlobalInvocationID.x;
    if (i < count) result[i] = scale * LOAD4(values, i) + offset;
}
