// SPDX-License-Identifier: GPL-3.0-or-later
// A tensor: shape, number format and a buffer of the device, contiguous in row-major order. A shared handle, like Buffer:
// copies name the same values. Made by a Context and by the ops.
#pragma once

#include "engine/gpu/buffer.h"
#include "engine/tensor/shape.h"

namespace orrery::tensor {

enum class DType { f32, f16, i32, u8 };
const char* toString(DType type);
std::uint64_t bytesOf(DType type);
/// The wider of two floating-point types; throws Error naming `what` when one is an integer type.
DType widest(DType a, DType b, const char* what);

class Tensor {
 public:
    Tensor() = default;
    /// Over a buffer of at least paddedBytes(); `keep` is whatever must live as long (the pool's lease).
    Tensor(Shape shape, DType type, gpu::Buffer buffer, std::shared_ptr<void> keep);
    explicit operator bool() const { return m_id != 0; }

    const Shape& shape() const { return m_shape; }
    DType type() const { return m_type; }
    std::int64_t count() const { return m_shape.count(); }
    std::uint64_t bytes() const { return std::uint64_t(count()) * bytesOf(m_type); }
    /// Kernels may read and write whole groups of four elements: up to here the content is nobody's.
    std::uint64_t paddedBytes() const;
    const gpu::Buffer& buffer() const { return m_buffer; }
    /// Distinguishes tensors, also two that share their values by reshaped(): the tape goes by it. 0: none.
    std::uint64_t id() const { return m_id; }

    /// The same values under another shape of as many elements, unknown to any tape (see ops/layout.h for reshape).
    Tensor reshaped(const Shape& shape) const;

 private:
    Shape m_shape;
    DType m_type = DType::f32;
    gpu::Buffer m_buffer;
    std::shared_ptr<void> m_keep;
    std::uint64_t m_id = 0;
};

} // namespace orrery::tensor
