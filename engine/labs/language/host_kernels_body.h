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
    Lanes sums[R * C];
    for (Lanes& sum : sums) sum = zero();
    for (int k = 0; k < length; k += lanes) {
        Lanes columns[C];
        for (int c = 0; c < C; ++c) columns[c] = load(x[c] + k);
        for (int r = 0; r < R; ++r) {
            const Lanes w = weightsAt<type>(rows[r], k);
            for (int c = 0; c < C; ++c) sums[c * R + r] = madd(w, columns[c], sums[c * R + r]);
        }
    }
    float made[R * C];
    int i = 0;
    for (; i + 4 <= R * C; i += 4) fourSums(sums + i, made + i);
    for (; i < R * C; ++i) made[i] = sumOf(sums[i]);
    for (int c = 0; c < C; ++c)
        for (int r = 0; r < R; ++r) y[c * yStride + r] = made[c * R + r];
}

/// All columns for R rows, at most `widest` (3 or 5) at a time.
template <WeightType type, int R, int widest>
ORRERY_TARGET inline void band(const std::byte* const* rows, const Columns& x, int length, float* y, std::int64_t yStride) {
    const float* at[widest];
    for (int c = 0; c < x.count;) {
        const int left = x.count - c, part = left > widest && left < 2 * widest ? (left + 1) / 2 : left < widest ? left : widest;
        for (int i = 0; i < part; ++i) at[i] = x.data + (c + i) * x.stride;
        float* to = y + c * yStride;
        if (part == 1) tile<type, R, 1>(rows, at, length, to, yStride);
        if (part == 2) tile<type, R, 2>(rows, at, length, to, yStride);
        if (part == 3) tile<type, R, 3>(rows, at, length, to, yStride);
        if constexpr (widest == 5) {
            if (part == 4) tile<type, R, 4>(rows, at, length, to, yStride);
            if (part == 5) tile<type, R, 5>(rows, at, length, to, yStride);
        }
        c += part;
    }
}

/// Weights that come from memory are read strictly one row after the other as long as the columns are few: two rows at once
/// halve the rate at which memory gives them. Weights in a cache, and many columns, are better taken two or four rows at once.
template <WeightType type>
ORRERY_TARGET void productOf(const Matrix& weights, int first, int count, const Columns& x, float* y, std::int64_t yStride) {
    const int length = weights.stride(), last = first + count;
    const bool cached = weights.bytes() < (1U << 20);
    int r = first;
    const std::byte* rows[4];
    if (x.count == 1 && cached) {
        const float* column[1] = {x.data};
        for (; r + 4 <= last; r += 4) {
            for (int i = 0; i < 4; ++i) rows[i] = weights.row(r + i);
            tile<type, 4, 1>(rows, column, length, y + r, yStride);
        }
    } else if (x.count > (cached ? 1 : 10)) {
        for (; r + 2 <= last; r += 2) {
            rows[0] = weights.row(r), rows[1] = weights.row(r + 1);
            band<type, 2, 3>(rows, x, length, y + r, yStride);
        }
    }
    for (; r < last; ++r) {
        rows[0] = weights.row(r);
        band<type, 1, 5>(rows, x, length, y + r, yStride);
    }
}

ORRERY_TARGET void product(const Matrix& weights, int first, int count, const Columns& x, float* y, std::int64_t yStride) {
    if (weights.type() == WeightType::f32) return productOf<WeightType::f32>(weights, first, count, x, y, yStride);
    if (weights.type() == WeightType::f16) return productOf<WeightType::f16>(weights, first, count, x, y, yStride);
    productOf<WeightType::bf16>(weights, first, count, x, y, yStride);
}

// NOLINTEND
