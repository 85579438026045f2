// SPDX-License-Identifier: GPL-3.0-or-later
// Score and log density of a mixture of Gaussians at four places at once, in one pass over its components.
// A component is vec4(alpha mu_x, alpha mu_y, log2 weight - log2 c, log2(e) / (2c)); tables are padded to a multiple of eight
// by components of weight 0. All exponentials are taken relative to the largest exponent so far (without that the score is
// 0/0 beyond 13 deviations from every centre). The largest is renewed once per eight components, and four places share each
// read: on a CPU device a read costs as much as the arithmetic of two pairs.
// Needs math.glsl, read.glsl and READ4(_, components) before it.

struct Marginal {
    vec4 sum;          // of w = 2^(exponent - top)
    vec4 pullX, pullY; // of w (alpha mu - x) log2(e) / (2c)
    vec4 top;
};

#define MIXTURE_EXPONENT(n)                                  \
    vec4 c##n = LOAD4(components, i + n);                    \
    vec4 dx##n = c##n.x - x, dy##n = c##n.y - y;             \
    vec4 e##n = c##n.z - c##n.w * (dx##n * dx##n + dy##n * dy##n);

#define MIXTURE_ADD(n)        \
    w = exp2(e##n - top);     \
    m.sum += w;               \
    w *= c##n.w;              \
    m.pullX += w * dx##n;     \
    m.pullY += w * dy##n;

/// Components first … first + count - 1 (multiples of eight) at the places (x, y).
Marginal marginalAt(vec4 x, vec4 y, uint first, uint count) {
    Marginal m = Marginal(vec4(0), vec4(0), vec4(0), vec4(-3e38));
    for (uint i = first; i < first + count; i += 8u) {
        MIXTURE_EXPONENT(0)
        MIXTURE_EXPONENT(1)
        MIXTURE_EXPONENT(2)
        MIXTURE_EXPONENT(3)
        MIXTURE_EXPONENT(4)
        MIXTURE_EXPONENT(5)
        MIXTURE_EXPONENT(6)
        MIXTURE_EXPONENT(7)
        const vec4 top = max(m.top, max(max(max(e0, e1), max(e2, e3)), max(max(e4, e5), max(e6, e7))));
        vec4 w = exp2(m.top - top);
        m.top = top;
        m.sum *= w;
        m.pullX *= w;
        m.pullY *= w;
        MIXTURE_ADD(0)
        MIXTURE_ADD(1)
        MIXTURE_ADD(2)
        MIXTURE_ADD(3)
        MIXTURE_ADD(4)
        MIXTURE_ADD(5)
        MIXTURE_ADD(6)
        MIXTURE_ADD(7)
    }
    return m;
}

/// From pulls to scores: 1/c = 2 ln 2 (log2(e) / (2c)). The sum is at least 1 unless a place is beyond all exponents.
vec4 scoreFactor(Marginal m) { return 1.3862943611 / max(m.sum, vec4(1e-30)); }

vec4 lnDensity(Marginal m) {
    const float lnTwoPi = 1.83787706641;
    vec4 l;
    for (int lane = 0; lane < 4; ++lane) l[lane] = ln2 * (m.top[lane] + log2Of(max(m.sum[lane], 1e-30))) - lnTwoPi;
    return l;
}
