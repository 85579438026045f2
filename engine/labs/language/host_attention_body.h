// SPDX-License-Identifier: GPL-3.0-or-later
// Norms and attention of host_kernels.h, once for each instruction set, as host_kernels_body.h.

// NOLINTBEGIN: included inside a namespace
ORRERY_TARGET float squares(const float* x, int length) {
    Lanes sum = zero();
    for (int k = 0; k < length; k += lanes) sum = madd(load(x + k), load(x + k), sum);
    return sumOf(sum);
}

ORRERY_TARGET void rmsNorm(const float* x, const float* weight, int count, float epsilon, float* out) {
    const int length = padded(count);
    const Lanes scale = all(1 / std::sqrt(squares(x, length) / float(count) + epsilon));
    for (int k = 0; k < length; k += lanes) store(out + k, times(times(load(x + k), scale), load(weight + k)));
}

ORRERY_TARGET void layerNorm(const float* x, const float* weight, const float* bias, int count, float epsilon, float* out) {
    const int length = padded(count);
    Lanes sum = zero();
    for (int k = 0; k < length; k += lanes) sum = plus(sum, load(x + k));
    const Lanes mean = all(sumOf(sum) / float(count));
    for (int k = 0; k < length; k += lanes) store(out + k, minus(load(x + k), mean));
    for (int k = count; k < length; ++k) out[k] = 0;
    const Lanes scale = all(1 / std::sqrt(squares(out, length) / float(count) + epsilon));
    for (int k = 0; k < length; k += lanes) store(out + k, madd(times(load(out + k), scale), load(weight + k), load(bias + k)));
}

ORRERY_TARGET inline std::int64_t rowOf(const Attended& a, int j) {
    return (j < a.committed ? j : a.chain[j - a.committed]) * a.stride;
}

/// Scores of `keys` (at most 4) rows of K from j on.
ORRERY_TARGET inline void score(const Attended& a, int j, int keys, float* scores) {
    Lanes sums[4] = {zero(), zero(), zero(), zero()};
    const float* rows[4];
    for (int i = 0; i < 4; ++i) rows[i] = a.keys + rowOf(a, j + (i < keys ? i : 0));
    for (int k = 0; k < a.size; k += lanes) {
        const Lanes query = load(a.query + k);
        for (int i = 0; i < 4; ++i) sums[i] = madd(query, load(rows[i] + k), sums[i]);
    }
    float made[4];
    fourSums(sums, made);
    for (int i = 0; i < keys; ++i) scores[j + i] = a.scale * made[i];
}

ORRERY_TARGET void attend(const Attended& a, float* scores, float* out) {
    const int count = a.committed + a.chained, length = padded(count);
    for (int j = 0; j < count; j += 4) score(a, j, count - j < 4 ? count - j : 4, scores);
    float top = -INFINITY;
    for (int j = 0; j < count; ++j) top = scores[j] > top ? scores[j] : top;
    for (int j = count; j < length; ++j) scores[j] = -INFINITY;
    Lanes sum = zero();
    for (int j = 0; j < length; j += lanes) {
        const Lanes e = exponential(minus(load(scores + j), all(top)));
        store(scores + j, e);
        sum = plus(sum, e);
    }
    const Lanes whole = all(1 / sumOf(sum));
    for (int k = 0; k < a.size; k += 2 * lanes) {
        const bool two = k + lanes < a.size;
        Lanes first = zero(), second = zero();
        for (int j = 0; j < count; ++j) {
            const float* value = a.values + rowOf(a, j) + k;
            const Lanes weight = all(scores[j]);
            first = madd(weight, load(value), first);
            if (two) second = madd(weight, load(value + lanes), second);
        }
        store(out + k, times(first, whole));
        if (two) store(out + k + lanes, times(second, whole));
    }
}

ORRERY_TARGET float sum(const float* values, std::int64_t count) {
    Lanes first = zero(), second = zero();
    for (std::int64_t i = 0; i < count; i += 2 * lanes) {
        first = plus(first, load(values + i));
        second = plus(second, load(values + i + lanes));
    }
    return sumOf(plus(first, second));
}
// NOLINTEND
