#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Turns pairs of a row's first `turned` elements by position times the pair's frequency; the rest is copied. Frequencies are
// turns per position as fractions of 64 bits, so that the angle is exact modulo a turn however far the position.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push {
    uint rows, size, turned;
    uint inner, length; // the position's index is row / inner % length …
    uint outer;         // … plus `length` for each `outer` rows, where every sequence has positions of its own
    int offset;
    float direction; // -1: back
};
#include "common/math.glsl"
#include "tensor/rows.glsl"
layout(constant_id = 6) const bool split = false; // pairs (i, i + turned / 2), else (2i, 2i + 1)
layout(constant_id = 7) const bool listed = false; // positions come from the tensor, else they are 0, 1, 2, …
ROW_IN(0, x)
INI(1, frequency) // upper and lower 32 bits
INI(2, position)
ROW_OUT(3, y)

int positionOf(uint row) {
    const uint place = row / inner % length;
    if (!listed) return int(place) + offset;
    return position(outer > 0u ? row / outer * length + place : place) + offset;
}

/// cos and sin for a pair
vec2 angleOf(int at, uint pair) {
    const uint far = uint(abs(at));
    uint high, low;
    umulExtended(far, uint(frequency(2u * pair + 1u)), high, low);
    const vec2 p = turn(far * uint(frequency(2u * pair)) + high);
    return vec2(p.x, at < 0 ? -direction * p.y : direction * p.y);
}

/// Whole groups of pairs (i, i + turned / 2).
void turnHalves(uint row, int at) {
    const uint halfway = turned / 8u;
    for (uint k = firstGroup(); k < halfway; k += groupStep()) {
        const vec4 a = x(row, k), b = x(row, k + halfway);
        vec4 c, s;
        for (uint j = 0u; j < 4u; ++j) {
            const vec2 p = angleOf(at, 4u * k + j);
            c[j] = p.x, s[j] = p.y;
        }
        y(row, k, a * c - b * s);
        y(row, k + halfway, b * c + a * s);
    }
    for (uint k = turned / 4u + firstGroup(); k < groupCount(); k += groupStep()) y(row, k, x(row, k));
}

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    const int at = positionOf(row);
    if (split && fours) {
        turnHalves(row, at);
        return;
    }
    const uint halfway = turned / 2u;
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        vec4 v = x(row, k);
        if (split) {
            const vec4 own = v;
            for (uint j = 0u, e = 4u * k; j < 4u && e < turned; ++j, ++e) {
                const bool second = e >= halfway;
                const vec2 p = angleOf(at, second ? e - halfway : e);
                v[j] = second ? own[j] * p.x + x1(row * size + e - halfway) * p.y : own[j] * p.x - x1(row * size + e + halfway) * p.y;
            }
        } else {
            for (uint j = 0u; j < 4u && 4u * k + j < turned; j += 2u) {
                const vec2 p = angleOf(at, 2u * k + j / 2u);
                const float a = v[j], b = v[j + 1u];
                v[j] = a * p.x - b * p.y;
                v[j + 1u] = b * p.x + a * p.y;
            }
        }
        y(row, k, v);
    }
}
