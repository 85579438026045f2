// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/language/model_files.h"
#include "engine/model/bytes.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <cstring>

namespace orrery::language {

namespace {

constexpr int rowsAtOnce = 64; // of a task, and the side of a tile that is transposed

bool keeps(model::Stored type) { return type == model::Stored::f32 || type == model::Stored::f16 || type == model::Stored::bf16; }

WeightType typeOf(model::Stored type) {
    if (type == model::Stored::f16) return WeightType::f16;
    return type == model::Stored::bf16 ? WeightType::bf16 : WeightType::f32;
}

/// Which of the file's rows becomes row r: the converter to GGUF makes (half, i) of a head into (i, half)
/// (gguf-py, LlamaModel.permute), so that rotation partners are neighbours.
int sourceRow(int r, const MatrixForm& form) {
    if (form.pairedHeads == 0) return r;
    const int size = form.rows / form.pairedHeads, head = r / size, in = r % size, half = in / (size / 2);
    return head * size + 2 * (in % (size / 2)) + half;
}

template <class T>
void transpose(std::span<const std::byte> from, Matrix& to, int firstRow, const MatrixForm& form) {
    const std::int64_t tiles = (form.rows + rowsAtOnce - 1) / rowsAtOnce;
    tensor::host::parallel(tiles, [&](std::int64_t tile, int) {
        const int r0 = int(tile) * rowsAtOnce, r1 = std::min(r0 + rowsAtOnce, form.rows);
        for (int c0 = 0; c0 < form.columns; c0 += rowsAtOnce)
            for (int c = c0; c < std::min(c0 + rowsAtOnce, form.columns); ++c)
                for (int r = r0; r < r1; ++r)
                    std::memcpy(to.row(firstRow + r) + std::size_t(c) * sizeof(T),
                                from.data() + (std::size_t(c) * std::size_t(form.rows) + std::size_t(r)) * sizeof(T), sizeof(T));
    });
}

} // namespace

void TensorReader::fail(const std::string& what) const { throw Error(m_file->path() + ": " + what); }

const model::StoredTensor& TensorReader::checked(const std::string& name, std::span<const std::uint64_t> shape) const {
    const model::StoredTensor& stored = m_file->find(name);
    if (!std::ranges::equal(stored.shape, shape)) {
        model::StoredTensor wanted;
        wanted.shape.assign(shape.begin(), shape.end());
        fail("tensor '" + model::shown(name) + "' has shape " + stored.shapeText() + "; the configuration asks for " +
             wanted.shapeText());
    }
    return stored;
}

void TensorReader::fill(Matrix& to, int firstRow, const std::string& name, const MatrixForm& form) const {
    const std::uint64_t rows = std::uint64_t(form.rows), columns = std::uint64_t(form.columns);
    const std::array<std::uint64_t, 2> shape = form.transposed ? std::array{columns, rows} : std::array{rows, columns};
    const model::StoredTensor& stored = checked(name, shape);
    const bool asStored = keeps(stored.dtype) && typeOf(stored.dtype) == to.type() && stored.strides.empty() && !stored.bigEndian;
    if (form.transposed) {
        if (!asStored) { // rare: through floats
            const std::vector<float> values = m_file->readAll(stored);
            transpose<float>(std::as_bytes(std::span(values)), to, firstRow, form);
        } else if (to.type() == WeightType::f32) {
            transpose<float>(m_file->bytes(stored), to, firstRow, form);
        } else {
            transpose<std::uint16_t>(m_file->bytes(stored), to, firstRow, form);
        }
        return;
    }
    const std::size_t size = std::size_t(columns) * bytesOf(to.type());
    const std::span<const std::byte> bytes = asStored ? m_file->bytes(stored) : std::span<const std::byte>();
    tensor::host::parallel((form.rows + rowsAtOnce - 1) / rowsAtOnce, [&](std::int64_t task, int) {
        const int last = std::min(int(task + 1) * rowsAtOnce, form.rows);
        for (int r = int(task) * rowsAtOnce; r < last; ++r) {
            const std::uint64_t from = std::uint64_t(sourceRow(r, form));
            if (asStored) {
                std::memcpy(to.row(firstRow + r), bytes.data() + from * size, size);
            } else {
                m_file->readFloats(stored, from * columns,
                                   {reinterpret_cast<float*>(to.row(firstRow + r)), std::size_t(columns)});
            }
        }
    });
}

Matrix TensorReader::matrix(const std::string& name, const MatrixForm& form) const {
    const std::pair<std::string, MatrixForm> one{name, form};
    return stacked({&one, 1});
}

Matrix TensorReader::stacked(std::span<const std::pair<std::string, MatrixForm>> parts) const {
    int rows = 0;
    WeightType type = typeOf(m_file->find(parts.front().first).dtype);
    for (const auto& [name, form] : parts) { // shapes before memory is taken: the file vouches for its size
        const std::uint64_t r = std::uint64_t(form.rows), c = std::uint64_t(form.columns);
        if (typeOf(checked(name, form.transposed ? std::array{c, r} : std::array{r, c}).dtype) != type) type = WeightType::f32;
        rows += form.rows;
    }
    Matrix whole(rows, parts.front().second.columns, type);
    int at = 0;
    for (const auto& [name, form] : parts) {
        fill(whole, at, name, form);
        at += form.rows;
    }
    return whole;
}

std::vector<float> TensorReader::vector(const std::string& name, int size) const {
    const std::array<std::uint64_t, 1> shape{std::uint64_t(size)};
    return paddedVector(m_file->readAll(checked(name, shape)));
}

std::vector<float> TensorReader::joined(std::span<const std::pair<std::string, int>> parts) const {
    std::vector<float> all;
    for (const auto& [name, size] : parts) {
        const std::array<std::uint64_t, 1> shape{std::uint64_t(size)};
        const std::vector<float> values = m_file->readAll(checked(name, shape));
        all.insert(all.end(), values.begin(), values.end());
    }
    return paddedVector(std::move(all));
}

} // namespace orrery::language
