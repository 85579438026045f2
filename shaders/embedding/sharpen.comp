#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The real part of the kernel's spectrum, with what the splines blur divided out along each axis.
#extension GL_GOOGLE_include_directive : require
#include "common/read.glsl"
#include "common/tensor.glsl"
READ2(0, x); // [half, outer, length_]; the imaginary part is rounding
IN1(1, sharp) // [length_]: of a wave along one axis
OUT1(2, spectrum)
layout(push_constant) uniform Push { uint count, length_, outer; };

void main() {
    const uint i = lineIndex();
    if (i >= count) return;
    float s = sharp(i % length_) * sharp(i / length_ / outer);
    if (outer > 1u) s *= sharp(i / length_ % outer);
    spectrum(i, s * LOAD2(x, i).x);
}
