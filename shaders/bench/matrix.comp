#version 450
// SPDX-License-Identifier: GPL-3.0-or-later
// The ceiling of matrix units: 8 fragments per subgroup that do not wait for each other, f16 summed in f32.
#extension GL_NV_cooperative_matrix : require
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_control_flow_attributes : require
layout(local_size_x_id = 0) in;
layout(set = 0, binding = 0, std430) buffer Sums { float sums[]; };
layout(push_constant) uniform Push { uint rounds; float factor; };

void main() {
    fcoopmatNV<16, gl_ScopeSubgroup, 16, 16> a[2], b[2];
    [[unroll]] for (int i = 0; i < 2; ++i) {
        a[i] = fcoopmatNV<16, gl_ScopeSubgroup, 16, 16>(float16_t(factor + 0.25 * i));
        b[i] = fcoopmatNV<16, gl_ScopeSubgroup, 16, 16>(float16_t(factor - 0.125 * i));
    }
    fcoopmatNV<32, gl_ScopeSubgroup, 16, 16> sum[8];
    [[unroll]] for (int i = 0; i < 8; ++i) sum[i] = fcoopmatNV<32, gl_ScopeSubgroup, 16, 16>(float(i));
    for (uint round = 0; round < rounds; ++round)
        [[unroll]] for (int n = 0; n < 4; ++n)
            [[unroll]] for (int i = 0; i < 8; ++i) sum[i] = coopMatMulAddNV(a[i & 1], b[n & 1], sum[i]);
    [[unroll]] for (int i = 0; i < 8; ++i) coopMatStoreNV(sum[i], sums, 256 * (8 * (gl_GlobalInvocationID.x / 32) + i), 16, false);
}
