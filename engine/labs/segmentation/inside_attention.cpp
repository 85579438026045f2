// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/inside_attention.h"

#include <algorithm>
#include <cmath>

namespace orrery::segmentation {

namespace {

double dot(const float* a, const float* b, std::int64_t n) {
    double sum = 0;
    for (std::int64_t i = 0; i < n; ++i) sum += double(a[i]) * double(b[i]);
    return sum;
}

} // namespace

AttentionRow attentionRow(const HeadView& head, std::int64_t y, std::int64_t x) {
    const std::int64_t G = head.grid, n = head.side(), D = head.size;
    AttentionRow row;
    row.left = x / n * n, row.top = y / n * n, row.right = std::min(row.left + n, G), row.bottom = std::min(row.top + n, G);
    const std::int64_t qy = y - row.top, qx = x - row.left;
    const float* q = head.queries.data() + (y * G + x) * D;
    std::vector<double> byRow(std::size_t(n), 0.0), byColumn(std::size_t(n), 0.0);
    for (std::int64_t i = 0; i < n && !head.tableH.empty(); ++i) {
        byRow[std::size_t(i)] = dot(q, head.tableH.data() + (qy * n + i) * D, D);
        byColumn[std::size_t(i)] = dot(q, head.tableW.data() + (qx * n + i) * D, D);
    }
    std::vector<double> scores(std::size_t(n * n));
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            const std::int64_t ky = row.top + i, kx = row.left + j;
            const bool inside = ky < G && kx < G;
            const float* k = inside ? head.keys.data() + (ky * G + kx) * D : head.outside.data();
            double& score = scores[std::size_t(i * n + j)];
            score = dot(q, k, D) / std::sqrt(double(D)) + byRow[std::size_t(i)] + byColumn[std::size_t(j)];
            if (!head.biases.empty()) score += double(head.biases[std::size_t((qy * n + qx) * n * n + i * n + j)]);
        }
    const double most = *std::ranges::max_element(scores);
    double sum = 0;
    for (double& score : scores) sum += score = std::exp(score - most);
    row.weights.assign(std::size_t(G * G), 0.0F);
    for (std::int64_t i = 0; i < n; ++i)
        for (std::int64_t j = 0; j < n; ++j) {
            const double weight = scores[std::size_t(i * n + j)] / sum;
            if (row.top + i < G && row.left + j < G)
                row.weights[std::size_t((row.top + i) * G + row.left + j)] = float(weight);
            else
                row.outside += weight;
        }
    return row;
}

std::vector<float> affinityRow(const TokenGrid& tokens, std::int64_t y, std::int64_t x) {
    const std::int64_t C = tokens.channels;
    const float* own = tokens.token(y, x);
    const double length = std::sqrt(dot(own, own, C));
    std::vector<float> row;
    row.reserve(std::size_t(tokens.grid * tokens.grid));
    for (std::int64_t i = 0; i < tokens.grid * tokens.grid; ++i) {
        const float* other = tokens.values.data() + i * C;
        const double both = length * std::sqrt(dot(other, other, C));
        row.push_back(both > 0 ? float(dot(own, other, C) / both) : 0.0F);
    }
    return row;
}

} // namespace orrery::segmentation
