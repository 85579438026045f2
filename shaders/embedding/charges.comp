#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The grid's whole numbers as numbers to transform: rows of `nodes`, each with zeros behind it.
#extension GL_GOOGLE_include_directive : require
#include "common/tensor.glsl"
INI(0, charges)
OUT1(1, rows)
layout(push_constant) uniform Push {
    uint count, nodes, length_; // count: of all rows, zeros too
    float part;                 // what one of the whole numbers stands for
};

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    const uint column = i % length_;
    float charge = 0.0;
    if (column < nodes) charge = float(uint(charges(i / length_ * nodes + column))) * part;
    rows(i, charge);
}
