// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/model/tensor_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <unordered_set>

namespace orrery::embedding {

namespace {

using model::StoredTensor;

/// The tensor that is asked for; else the only one with rows, else the largest.
const StoredTensor& choose(const model::TensorFile& file, const std::string& wanted, std::vector<std::string>& remarks) {
    if (!wanted.empty()) return file.find(wanted);
    const StoredTensor* best = nullptr;
    std::size_t there = 0;
    for (const StoredTensor& each : file.tensors()) {
        if (each.shape.size() < 2 || each.count == 0) continue;
        ++there;
        if (!best || each.count > best->count) best = &each;
    }
    if (!best) {
        std::string shapes;
        for (const StoredTensor& each : file.tensors())
            if (shapes.size() < 80) shapes += (shapes.empty() ? "" : ", ") + each.name + " " + each.shapeText();
        throw Error(file.path() + ": no tensor in it has rows and columns (" + shapes + ")");
    }
    if (there > 1)
        remarks.push_back("The file has " + std::to_string(there) + " tensors with rows; this is " + best->name +
                          ", the largest.");
    return *best;
}

/// One number for each row, beside the tensor: classes in an .npz.
void addColumns(const model::TensorFile& file, Table& table) {
    for (const StoredTensor& each : file.tensors()) {
        if (each.shape.size() != 1 || std::int64_t(each.count) != table.rows() || table.columns.size() >= 32) continue;
        std::vector<float> values = file.readAll(each);
        if (std::any_of(values.begin(), values.end(), [](float v) { return !std::isfinite(v); })) continue;
        std::unordered_set<float> distinct;
        const bool whole =
            std::all_of(values.begin(), values.end(), [](float v) { return v == std::floor(v) && std::abs(v) < 1e6F; });
        for (std::size_t i = 0; whole && i < values.size() && distinct.size() <= 1000; ++i) distinct.insert(values[i]);
        Column column{each.name, {}, std::move(values)};
        if (whole && distinct.size() <= 1000 && distinct.size() < column.values.size()) { // class numbers, in their order
            std::vector<float> classes(distinct.begin(), distinct.end());
            std::sort(classes.begin(), classes.end());
            for (const float c : classes) column.categories.push_back(std::to_string(std::int64_t(c)));
            for (float& v : column.values) v = float(std::lower_bound(classes.begin(), classes.end(), v) - classes.begin());
        }
        table.columns.push_back(std::move(column));
    }
}

} // namespace

Table readTensor(const std::string& path, const ReadOptions& options, Progress& progress) {
    const std::shared_ptr<model::TensorFile> file = model::openTensorFile(path);
    Table table;
    const StoredTensor& tensor = choose(*file, options.tensor, table.remarks);
    if (tensor.shape.size() < 2 || tensor.count == 0)
        throw Error(path + ": " + tensor.name + " " + tensor.shapeText() + " has no rows and columns");
    std::uint64_t rows = tensor.shape[0];
    const std::uint64_t dims = tensor.count / rows;
    if (dims > std::uint64_t(mostColumns))
        throw Error(path + ": " + tensor.name + " " + tensor.shapeText() + " has " + std::to_string(dims) +
                    " numbers a row; at most " + std::to_string(mostColumns));
    const bool all = options.mostRows <= 0 || std::uint64_t(options.mostRows) >= rows;
    if (!all) rows = std::uint64_t(options.mostRows);
    const auto stored = file->bytes(tensor);
    const bool asItLies = tensor.dtype == model::Stored::f32 && tensor.strides.empty() && !tensor.bigEndian &&
                          std::endian::native == std::endian::little &&
                          reinterpret_cast<std::uintptr_t>(stored.data()) % alignof(float) == 0;
    if (asItLies) {
        table.values = Matrix(std::int64_t(rows), std::int64_t(dims), reinterpret_cast<const float*>(stored.data()), file);
    } else {
        std::vector<float> values(rows * dims);
        const std::uint64_t atOnce = std::max<std::uint64_t>(1, (1U << 20) / dims);
        for (std::uint64_t i = 0; i < rows; i += atOnce) {
            const std::uint64_t count = std::min(atOnce, rows - i);
            file->readFloats(tensor, i * dims, std::span(values).subspan(i * dims, count * dims));
            progress.at(double(i) / double(rows));
        }
        table.values = Matrix(std::int64_t(rows), std::int64_t(dims), std::move(values));
    }
    for (std::int64_t i = 0; i < table.rows(); ++i) {
        for (const float v : table.values.row(i))
            if (!std::isfinite(v)) {
                const auto row = table.values.row(i);
                const auto column = std::find_if(row.begin(), row.end(), [](float x) { return !std::isfinite(x); }) - row.begin();
                throw Error(path + ": " + tensor.name + ", row " + std::to_string(i) + ", column " + std::to_string(column) +
                            " (counted from 0) is no finite number; drop the row or put a number there");
            }
        if ((i & 4095) == 0) progress.at(double(i) / double(table.rows()));
    }
    if (all) addColumns(*file, table);
    return table;
}

} // namespace orrery::embedding
