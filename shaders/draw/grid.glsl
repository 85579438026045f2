// Channel z of a grid between the centres of its cells. SMOOTH reads 16 cells with Catmull-Rom weights, so that contours
// have no corners; else it is bilinear from one record of draw/corners.comp. Binding 0 is taken.
#include "common/read.glsl"

layout(constant_id = 3) const bool SMOOTH = true;
READ4(0, cells);

float cellValue(int index) {
    const float value = LOAD4(cells, index).z;
    return value > -1e4 ? value : -1e4; // logarithm of nothing, or not a number
}

vec4 catmullRom(float t) {
    const vec4 powers = vec4(t * t * t, t * t, t, 1);
    return vec4(dot(powers, vec4(-0.5, 1, -0.5, 0)), dot(powers, vec4(1.5, -2.5, 0, 1)), dot(powers, vec4(-1.5, 2, 0.5, 0)),
                dot(powers, vec4(0.5, -0.5, 0, 0)));
}

vec4 catmullRomSlope(float t) {
    const vec3 powers = vec3(3 * t * t, 2 * t, 1);
    return vec4(dot(powers, vec3(-0.5, 1, -0.5)), dot(powers, vec3(1.5, -2.5, 0)), dot(powers, vec3(-1.5, 2, 0.5)),
                dot(powers, vec3(0.5, -0.5, 0)));
}

// The value and its slopes per cell.
vec3 gridValue(vec2 at, ivec2 size) {
    const vec2 place = clamp(at - 0.5, vec2(0), vec2(size - 1));
    const ivec2 cell = ivec2(place);
    const vec2 share = place - vec2(cell);
    if (!SMOOTH) {
        const vec4 corners = LOAD4(cells, cell.y * size.x + cell.x); // right, up, own, up and right
        const vec2 across = vec2(corners.x - corners.z, corners.w - corners.y);
        const vec2 ends = vec2(corners.z, corners.y) + across * share.x;
        return vec3(mix(ends.x, ends.y, share.y), mix(across.x, across.y, share.y), ends.y - ends.x);
    }
    const vec4 wx = catmullRom(share.x), wy = catmullRom(share.y);
    const vec4 dx = catmullRomSlope(share.x), dy = catmullRomSlope(share.y);
    vec3 sum = vec3(0);
    float least = 1e30, most = -1e30;
    for (int y = 0; y < 4; ++y) {
        const int row = clamp(cell.y + y - 1, 0, size.y - 1) * size.x;
        for (int x = 0; x < 4; ++x) {
            const float value = cellValue(row + clamp(cell.x + x - 1, 0, size.x - 1));
            sum += value * vec3(wy[y] * wx[x], wy[y] * dx[x], dy[y] * wx[x]);
            least = min(least, value), most = max(most, value);
        }
    }
    return vec3(clamp(sum.x, least, most), sum.yz); // a cell of nothing must not throw its neighbours up
}
