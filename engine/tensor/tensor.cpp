// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/tensor/tensor.h"

#include "engine/error.h"

#include <atomic>

namespace orrery::tensor {

namespace {

std::uint64_t nextId() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

} // namespace

const char* toString(DType type) {
    switch (type) {
        case DType::f32:
            return "f32";
        case DType::f16:
            return "f16";
        case DType::i32:
            return "i32";
        case DType::u8:
            break;
    }
    return "u8";
}

std::uint64_t bytesOf(DType type) { return type == DType::u8 ? 1 : type == DType::f16 ? 2 : 4; }

DType widest(DType a, DType b, const char* what) {
    for (const DType type : {a, b})
        if (type != DType::f32 && type != DType::f16)
            throw Error(std::string(what) + " takes f32 and f16, not " + toString(type) + "; cast it first");
    return a == DType::f32 || b == DType::f32 ? DType::f32 : DType::f16;
}

Tensor::Tensor(Shape shape, DType type, gpu::Buffer buffer, std::shared_ptr<void> keep)
    : m_shape(std::move(shape)), m_type(type), m_buffer(std::move(buffer)), m_keep(std::move(keep)), m_id(nextId()) {}

std::uint64_t Tensor::paddedBytes() const { return std::max<std::uint64_t>((bytes() + 15) / 16 * 16, 16); }

Tensor Tensor::reshaped(const Shape& shape) const {
    if (shape.count() != count())
        throw Error("the shape " + m_shape.text() + " cannot be seen as " + shape.text() + ": " + std::to_string(count()) +
                    " elements, not " + std::to_string(shape.count()));
    Tensor same = *this;
    same.m_shape = shape;
    same.m_id = nextId();
    return same;
}

} // namespace orrery::tensor
