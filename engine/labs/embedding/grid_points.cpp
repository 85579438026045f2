// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/grid_points.h"

#include "engine/labs/embedding/lanes.h"

#include <algorithm>

namespace orrery::embedding {

namespace {

constexpr int order = 8; ///< of degree 7: a point reaches 8 nodes of an axis, as many as there are lanes

/// The spline over the eight nodes about a point that lies t (0 to 1) behind a node, as polynomials of t: [power][node]. By the
/// recursion of Cox and de Boor, w_i of degree d = ((t + d - i) w_(i-1) + (i + 1 - t) w_i) / d of the degree before.
struct Pieces {
    alignas(32) float power[order][order];
};
constexpr Pieces piecesOf() {
    double w[order][order] = {}; // [node][power]
    w[0][0] = 1, w[0][1] = -1, w[1][1] = 1;
    for (int degree = 2; degree < order; ++degree)
        for (int i = degree; i >= 0; --i) {
            double next[order] = {};
            for (int k = 0; k < degree; ++k) {
                const double below = i > 0 ? w[i - 1][k] : 0, own = w[i][k];
                next[k] += ((degree - i) * below + (i + 1) * own) / degree;
                next[k + 1] += (below - own) / degree;
            }
            for (int k = 0; k < order; ++k) w[i][k] = next[k];
        }
    Pieces pieces{};
    for (int k = 0; k < order; ++k)
        for (int i = 0; i < order; ++i) pieces.power[k][i] = float(w[i][k]);
    return pieces;
}
constexpr Pieces pieces = piecesOf();

struct Along {
    std::int64_t node;
    F8 weight, slope;
};

/// Horner's rule for a polynomial and its derivative at once.
ORRERY_INLINE void along(float y, double origin, double spacing, std::int64_t nodes, Along& out) {
    const float at = float((double(y) - origin) / spacing);
    const int node = std::clamp(int(at), 0, int(nodes) - order);
    const F8 t = all(at - float(node));
    F8 value = load8(pieces.power[order - 1]), slope = all(0);
    for (int k = order - 2; k >= 0; --k) {
        slope = slope * t + value;
        value = value * t + load8(pieces.power[k]);
    }
    out.node = node, out.weight = value, out.slope = slope;
}

#define SPREAD_PARAMETERS (const float* const* y, std::int64_t first, std::int64_t last, const GridPlace& place, float* grid)
#define SPREAD_ARGUMENTS (y, first, last, place, grid)
ORRERY_INLINE void spread2Body SPREAD_PARAMETERS {
    for (std::int64_t i = first; i < last; ++i) {
        Along a, b;
        along(y[0][i], place.origin[0], place.spacing, place.nodes, a);
        along(y[1][i], place.origin[1], place.spacing, place.nodes, b);
        float* row = grid + a.node * place.width + b.node;
        for (int r = 0; r < order; ++r, row += place.width) store8(row, load8(row) + all(a.weight[r]) * b.weight);
    }
}
ORRERY_INLINE void spread3Body SPREAD_PARAMETERS {
    for (std::int64_t i = first; i < last; ++i) {
        Along a, b, c;
        along(y[0][i], place.origin[0], place.spacing, place.nodes, a);
        along(y[1][i], place.origin[1], place.spacing, place.nodes, b);
        along(y[2][i], place.origin[2], place.spacing, place.nodes, c);
        for (int s = 0; s < order; ++s) {
            float* row = grid + (a.node + s) * place.plane + b.node * place.width + c.node;
            for (int r = 0; r < order; ++r, row += place.width)
                store8(row, load8(row) + all(a.weight[s] * b.weight[r]) * c.weight);
        }
    }
}
ORRERY_VECTOR_LOOP(spread2, SPREAD_PARAMETERS, SPREAD_ARGUMENTS)
ORRERY_VECTOR_LOOP(spread3, SPREAD_PARAMETERS, SPREAD_ARGUMENTS)

#define READ_PARAMETERS                                                                                                     \
    (const float* const* y, std::int64_t first, std::int64_t last, const GridPlace& place, const float* field, double less, \
     float scale, float* const* slope, double* sum)
#define READ_ARGUMENTS (y, first, last, place, field, less, scale, slope, sum)
ORRERY_INLINE void read2Body READ_PARAMETERS {
    double z = 0;
    for (std::int64_t i = first; i < last; ++i) {
        Along a, b;
        along(y[0][i], place.origin[0], place.spacing, place.nodes, a);
        along(y[1][i], place.origin[1], place.spacing, place.nodes, b);
        const float* row = field + a.node * place.width + b.node;
        F8 value = all(0), steep = all(0);
        for (int r = 0; r < order; ++r, row += place.width) {
            const F8 there = load8(row);
            value += all(a.weight[r]) * there, steep += all(a.slope[r]) * there;
        }
        z += double(sum8(value * b.weight)) - less;
        slope[0][i] = scale * sum8(steep * b.weight);
        slope[1][i] = scale * sum8(value * b.slope);
    }
    *sum = z;
}
ORRERY_INLINE void read3Body READ_PARAMETERS {
    double z = 0;
    for (std::int64_t i = first; i < last; ++i) {
        Along a, b, c;
        along(y[0][i], place.origin[0], place.spacing, place.nodes, a);
        along(y[1][i], place.origin[1], place.spacing, place.nodes, b);
        along(y[2][i], place.origin[2], place.spacing, place.nodes, c);
        F8 value = all(0), steep0 = all(0), steep1 = all(0);
        for (int s = 0; s < order; ++s) {
            const float* row = field + (a.node + s) * place.plane + b.node * place.width + c.node;
            F8 line = all(0), tilt = all(0);
            for (int r = 0; r < order; ++r, row += place.width) {
                const F8 there = load8(row);
                line += all(b.weight[r]) * there, tilt += all(b.slope[r]) * there;
            }
            value += all(a.weight[s]) * line, steep0 += all(a.slope[s]) * line, steep1 += all(a.weight[s]) * tilt;
        }
        z += double(sum8(value * c.weight)) - less;
        slope[0][i] = scale * sum8(steep0 * c.weight);
        slope[1][i] = scale * sum8(steep1 * c.weight);
        slope[2][i] = scale * sum8(value * c.slope);
    }
    *sum = z;
}
ORRERY_VECTOR_LOOP(read2, READ_PARAMETERS, READ_ARGUMENTS)
ORRERY_VECTOR_LOOP(read3, READ_PARAMETERS, READ_ARGUMENTS)

} // namespace

void spreadPoints(const PicturePoints& y, std::int64_t first, std::int64_t last, const GridPlace& place, float* grid) {
    const float* const from[3] = {y[0], y[1], y.dims > 2 ? y[2] : nullptr};
    (y.dims > 2 ? spread3 : spread2)(from, first, last, place, grid);
}

double readPoints(const PicturePoints& y, std::int64_t first, std::int64_t last, const GridPlace& place, const float* field,
                  double less, float scale, PicturePoints& slope) {
    const float* const from[3] = {y[0], y[1], y.dims > 2 ? y[2] : nullptr};
    float* const to[3] = {slope[0], slope[1], y.dims > 2 ? slope[2] : nullptr};
    double sum = 0;
    (y.dims > 2 ? read3 : read2)(from, first, last, place, field, less, scale, to, &sum);
    return sum;
}

} // namespace orrery::embedding
