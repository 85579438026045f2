// SPDX-License-Identifier: GPL-3.0-or-later
// Elements of a linear recurrence: a number of four floats abreast, of one, or a complex pair, always in a vec4. The
// tensors are [outer, size, inner] elements; a place counts elements, of four floats where columns are read abreast.
layout(constant_id = 4) const uint kind = 0u; // 0: running sum (a is 1 and not read), 1: real, 2: complex pairs
layout(constant_id = 5) const uint mode = 0u; // 0: element by element, 1: columns, four floats abreast, 2: along rows
const uint complexPairs = 2u, columns = 1u, rows = 2u;

/// Element `place` of a tensor whose groups of four are g = its group.
uint groupOf(uint place) { return mode == columns ? place : kind == complexPairs ? place >> 1 : place >> 2; }
vec4 elementOf(vec4 g, uint place) {
    if (mode == columns) return g;
    if (kind == complexPairs) return vec4((place & 1u) == 0u ? g.xy : g.zw, 0, 0);
    return vec4(g[place & 3u], 0, 0, 0);
}

vec4 times(vec4 p, vec4 q) {
    if (kind != complexPairs) return p * q;
    return vec4(p.x * q.x - p.y * q.y, p.x * q.y + p.y * q.x, p.z * q.z - p.w * q.w, p.z * q.w + p.w * q.z);
}
vec4 conjugate(vec4 p) { return kind == complexPairs ? vec4(p.x, -p.y, p.z, -p.w) : p; }
/// By components: Mesa 22.3 selects only the first one of a vector by a specialisation constant.
vec4 one() {
    const float imaginary = kind == complexPairs ? 0.0 : 1.0;
    return vec4(1, imaginary, 1, imaginary);
}
