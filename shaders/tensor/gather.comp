#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// Row i of the result is row index[i] of the table; NaN where there is no such row.
#extension GL_GOOGLE_include_directive : require
layout(push_constant) uniform Push { uint rows, size, tableRows; };
#include "tensor/rows.glsl"
ROW_IN(0, table)
INI(1, index)
ROW_OUT(2, y)

void main() {
    const uint row = rowIndex();
    if (row >= rows) return;
    const int from = index(row);
    const bool found = from >= 0 && uint(from) < tableRows;
    for (uint k = firstGroup(); k < groupCount(); k += groupStep()) {
        vec4 v = vec4(uintBitsToFloat(0x7FC00000u));
        if (found) v = table(uint(from), k);
        y(row, k, v);
    }
}
