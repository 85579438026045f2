// SPDX-License-Identifier: GPL-3.0-or-later
// What the norms' kernels share. A row is normalised as one; its weights are one for each of its elements, the same in all
// rows, or one per channel: then a row holds size / inner channels of inner elements, and `sets` rows make all channels.
layout(push_constant) uniform Push {
    uint rows, size;
    uint sets, inner;
    uint length; // norm_weights: rows in a chunk
    float epsilon;
};
#include "tensor/rows.glsl"
layout(constant_id = 6) const bool centred = true; // false: RMS norm, no mean is taken away
layout(constant_id = 7) const bool channels = false;
layout(constant_id = 8) const bool hasWeight = false;
layout(constant_id = 9) const bool hasBias = false;

#define WEIGHT_IN(slot, name)                                                              \
    ROW_IN(slot, name)                                                                     \
    vec4 name##Of(uint row, uint k) {                                                      \
        if (!channels) return name(0u, k);                                                 \
        const uint first = row % sets * (size / inner);                                    \
        if (fours) return vec4(name##1(first + 4u * k / inner)); /* inner is one of 4 too */ \
        vec4 v = vec4(0);                                                                  \
        for (uint j = 0u; j < 4u; ++j)                                                     \
            if (4u * k + j < size) v[j] = name##1(first + (4u * k + j) / inner);           \
        return v;                                                                          \
    }
