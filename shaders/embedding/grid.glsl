// SPDX-License-Identifier: GPL-3.0-or-later
// Where a point stands on the grid, and the weights of the nodes about it: B-splines of degree 7 by the recursion of Cox and de
// Boor, as engine/labs/embedding/repulsion_grid.cpp has them.
const uint order = 8u; // nodes of an axis that a point reaches

/// The first of an axis' nodes, and how far the point lies behind the fourth of them (0 to 1). `centre`: the picture's middle,
/// in nodes from the first that a point can reach.
void placeOf(float fromMiddle, float perUnit, float centre, uint nodes, out uint node, out float t) {
    const float at = fromMiddle * perUnit + centre;
    node = uint(clamp(int(at), 0, int(nodes - order)));
    t = at - float(node);
}

void splineWeights(float t, out float w[8], out float slope[8]) {
    w[0] = 1.0 - t, w[1] = t;
    [[unroll]] for (int degree = 2; degree < 8; ++degree) {
        if (degree == 7) {
            slope[0] = -w[0], slope[7] = w[6];
            [[unroll]] for (int i = 1; i < 7; ++i) slope[i] = w[i - 1] - w[i];
        }
        const float scale = 1.0 / float(degree);
        w[degree] = scale * t * w[degree - 1];
        [[unroll]] for (int i = degree - 1; i > 0; --i)
            w[i] = scale * ((t + float(degree - i)) * w[i - 1] + (float(i + 1) - t) * w[i]);
        w[0] = scale * (1.0 - t) * w[0];
    }
}
