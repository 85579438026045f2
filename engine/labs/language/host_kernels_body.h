// SPDX-License-Identifier: GPL-3.0-or-later
// The body of host_kernels.h, once for each instruction set: the file that includes it has defined Lanes (16 floats with the
// functions used below) in its own unnamed namespace, and ORRERY_TARGET, the attribute of that set.

// NOLINTBEGIN: included inside a namespace
template <WeightType type>
ORRERY_TARGET inline Lanes weightsAt(const std::byte* row, int k) {
    if constexpr (type == WeightType::f32) return load(reinterpret_cast<const float*>(row) + k);
    if constexpr (type == WeightType::f16) return loadHalf(reinterpret_cast<const std::uint16_t*>(row) + k);
    return loadBf16(reinterpret_cast<const std::uint16_t*>(row) + k);
}

/// R rows times C columns; one running Lanes for each of the R C sums, whatever R and C are.
template <WeightType type, int R, int C>
ORRERY_TARGET inline void tile(const std::byte* const* rows, const float* const* x, int length, float* y, std::int64_t yStride) {
    Lanes sums[R][C];
    for (int r = 0; r < R; ++r)
        for (int c = 0; c < C; ++c) sums[r][c] = zero();
    for (int k = 0; k < length; k += lanes) {
        Lanes columns[C];
        for (int c = 0; c < C; ++c) columns[c] = load(x[c] + k);
        for (int r = 0; r < R; ++r) {
            const Lanes w = weightsAt<type>(rows[r], k);
            for (int c = 0; c < C; ++c) sums[r][c] = madd(w, columns[c], sums[r][c]);
        }
    }
    for (int r = 0; r < R; ++r)
        for (int c = 0; c < C; ++c) y[c * yStride + r] = sumOf(sums[r][c]);
}

/// All columns for R rows, three at a time.
template <WeightType type, int R>
ORRERY_TARGET inline void band(const std::byte* const* rows, const Columns& x, int length, float* y, std::int64_t yStride) {
    int c = 0;
    const float* at[3];
    for (; c + 3 <= x.count && x.count - c != 4; c += 3) {
        for (int i = 0; i < 3; ++i) at[i] = x.data + (c + i) * x.stride;
        tile<type, R, 3>(rows, at, length, y + c * yStride, yStride);
    }
    for (; c + 2 <= x.count; c += 2) {
        for (int i = 0; i < 2; ++i) at[i] = x.data + (c + i) * x.stride;
        tile<type, R, 2>(rows, at, length, y + c * yStride, yStride);
    }
    if (c < x.count) {
        at[0] = x.data + c * x.stride;
        tile<type, R, 1>(rows, at, length, y + c * yStride, yStride);
    }
}

template <WeightType type>
ORRERY_TARGET void productOf(const Matrix& weights, int first, int count, const Columns& x, float* y, std::int64_t yStride,
                             float* scratch) {
    const int length = weights.stride(), last = first + count;
    int r = first;
    const std::byte* rows[4];
    if (x.count == 1) { // four streams of weights at once
        const float* column[1] = {x.data};
        for (; r + 4 <= last; r += 4) {
            for (int i = 0; i < 4; ++i) rows[i] = weights.row(r + i);
            tile<type, 4, 1>(rows, column, length, y + r, yStride);
        }
    } else if (type != WeightType::f32 && x.count > 3) { // converted once for all columns
        for (; r + 2 <= last; r += 2) {
            for (int i = 0; i < 2; ++i) {
                float* to = scratch + i * length;
                const std::byte* from = weights.row(r + i);
                for (int k = 0; k < length; k += lanes) store(to + k, weightsAt<type>(from, k));
                rows[i] = reinterpret_cast<const std::byte*>(to);
            }
            band<WeightType::f32, 2>(rows, x, length, y + r, yStride);
        }
    } else {
        for (; r + 2 <= last; r += 2) {
            rows[0] = weights.row(r), rows[1] = weights.row(r + 1);
            band<type, 2>(rows, x, length, y + r, yStride);
        }
    }
    for (; r < last; ++r) {
        rows[0] = weights.row(r);
        band<type, 1>(rows, x, length, y + r, yStride);
    }
}

ORRERY_TARGET void product(const Matrix& weights, int first, int count, const Columns& x, float* y, std::int64_t yStride,
                           float* scratch) {
    if (weights.type() == WeightType::f32) return productOf<WeightType::f32>(weights, first, count, x, y, yStride, scratch);
    if (weights.type() == WeightType::f16) return productOf<WeightType::f16>(weights, first, count, x, y, yStride, scratch);
    productOf<WeightType::bf16>(weights, first, count, x, y, yStride, scratch);
}

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

ORRERY_TARGET float dot(const float* a, const float* b, int length) {
    Lanes sum = zero();
    for (int k = 0; k < length; k += lanes) sum = madd(load(a + k), load(b + k), sum);
    return sumOf(sum);
}

ORRERY_TARGET void attend(const Attended& a, float* scores, float* out) {
    const int count = a.committed + a.chained, length = padded(count);
    float top = -INFINITY;
    for (int j = 0; j < count; ++j) {
        const std::int64_t row = j < a.committed ? j : a.chain[j - a.committed];
        scores[j] = a.scale * dot(a.query, a.keys + row * a.stride, a.size);
        top = scores[j] > top ? scores[j] : top;
    }
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
            const float* value = a.values + (j < a.committed ? j : a.chain[j - a.committed]) * a.stride + k;
            const Lanes weight = all(scores[j]);
            first = madd(weight, load(value), first);
            if (two) second = madd(weight, load(value + lanes), second);
        }
        store(out + k, times(first, whole));
        if (two) store(out + k + lanes, times(second, whole));
    }
}

ORRERY_TARGET float readAllOf(const float* values, std::int64_t count) {
    Lanes sums[4] = {zero(), zero(), zero(), zero()};
    for (std::int64_t i = 0; i + 4 * lanes <= count; i += 4 * lanes)
        for (int s = 0; s < 4; ++s) sums[s] = plus(sums[s], load(values + i + s * lanes));
    return sumOf(plus(plus(sums[0], sums[1]), plus(sums[2], sums[3])));
}
// NOLINTEND
