// SPDX-License-Identifier: GPL-3.0-or-later
// Forward Fourier transforms of 2, 3, 4, 5, 7 and 8 complex numbers, in place: v[m] becomes sum of v[k] e^(-2 pi i m k / R).

vec2 complexTimes(vec2 a, vec2 b) { return vec2(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x); }
vec2 byMinusI(vec2 a) { return vec2(a.y, -a.x); }

void transform2(inout vec2 a, inout vec2 b) {
    const vec2 d = a - b;
    a += b;
    b = d;
}

void transform4(inout vec2 a, inout vec2 b, inout vec2 c, inout vec2 d) {
    transform2(a, c);
    transform2(b, d);
    const vec2 turned = byMinusI(d), third = a - b;
    a += b;
    b = c + turned;
    d = c - turned;
    c = third;
}

void transform8(inout vec2 v[8]) {
    const float r = 0.70710678118654752;
    transform4(v[0], v[2], v[4], v[6]);
    transform4(v[1], v[3], v[5], v[7]);
    const vec2 o[4] = vec2[4](v[1], complexTimes(v[3], vec2(r, -r)), byMinusI(v[5]), complexTimes(v[7], vec2(-r, -r)));
    const vec2 e[4] = vec2[4](v[0], v[2], v[4], v[6]);
    [[unroll]] for (int k = 0; k < 4; ++k) {
        v[k] = e[k] + o[k];
        v[k + 4] = e[k] - o[k];
    }
}

const float cosines3[2] = float[2](1.0, -0.5), sines3[2] = float[2](0.0, 0.86602540378443865);
const float cosines5[3] = float[3](1.0, 0.30901699437494742, -0.80901699437494742);
const float sines5[3] = float[3](0.0, 0.95105651629515357, 0.58778525229247313);
const float cosines7[4] = float[4](1.0, 0.62348980185873353, -0.22252093395631440, -0.90096886790241913);
const float sines7[4] = float[4](0.0, 0.78183148246802981, 0.97492791218182361, 0.43388373911755812);

/// cos and sin of 2 pi i / R, i up to R / 2
vec2 turnOf(uint R, uint i) {
    if (R == 3u) return vec2(cosines3[i], sines3[i]);
    if (R == 5u) return vec2(cosines5[i], sines5[i]);
    return vec2(cosines7[i], sines7[i]);
}

/// Odd R: sums and differences of the pairs k and R - k serve the results m and R - m at once.
void transformOdd(uint R, inout vec2 v[8]) {
    vec2 plus[4], minus[4], even[4], odd[4];
    const uint half_ = R / 2u;
    [[unroll]] for (uint k = 1; k <= half_; ++k) plus[k] = v[k] + v[R - k], minus[k] = v[k] - v[R - k];
    vec2 sum = v[0];
    [[unroll]] for (uint k = 1; k <= half_; ++k) sum += plus[k];
    [[unroll]] for (uint m = 1; m <= half_; ++m) {
        even[m] = v[0], odd[m] = vec2(0);
        [[unroll]] for (uint k = 1; k <= half_; ++k) {
            const uint i = m * k % R;
            const vec2 t = turnOf(R, i <= half_ ? i : R - i);
            even[m] += t.x * plus[k];
            odd[m] += (i <= half_ ? t.y : -t.y) * minus[k];
        }
    }
    v[0] = sum;
    [[unroll]] for (uint m = 1; m <= half_; ++m) v[m] = even[m] + byMinusI(odd[m]), v[R - m] = even[m] - byMinusI(odd[m]);
}

void transform(uint R, inout vec2 v[8]) {
    switch (R) {
        case 2u: transform2(v[0], v[1]); break;
        case 3u: transformOdd(3u, v); break;
        case 4u: transform4(v[0], v[1], v[2], v[3]); break;
        case 5u: transformOdd(5u, v); break;
        case 7u: transformOdd(7u, v); break;
        case 8u: transform8(v); break;
    }
}
