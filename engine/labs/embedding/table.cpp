// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/table.h"

#include "engine/error.h"
#include "engine/labs/embedding/spelling.h"

#include <charconv>
#include <cmath>
#include <unordered_map>

namespace orrery::embedding {

Matrix::Matrix(std::int64_t rows, std::int64_t columns)
    : Matrix(rows, columns, std::vector<float>(std::size_t(rows * columns))) {}

Matrix::Matrix(std::int64_t rows, std::int64_t columns, std::vector<float> values) : m_rows(rows), m_columns(columns) {
    if (std::int64_t(values.size()) != rows * columns) throw Error("a matrix of another number of values than its shape has");
    const auto own = std::make_shared<std::vector<float>>(std::move(values));
    m_data = own->data(), m_owner = own;
}

Matrix::Matrix(std::int64_t rows, std::int64_t columns, const float* values, std::shared_ptr<const void> owner)
    : m_rows(rows), m_columns(columns), m_data(values), m_owner(std::move(owner)) {}

const Column* Table::find(const std::string& column) const {
    std::vector<std::string> names;
    for (const Column& each : columns) names.push_back(each.name);
    const std::int64_t at = column.empty() ? -1 : spelled(names, column).at;
    return at < 0 ? nullptr : &columns[std::size_t(at)];
}

const Column* Table::classes() const {
    for (const Column& each : columns)
        if (each.categories.size() > 1 && std::int64_t(each.categories.size()) < rows()) return &each;
    return nullptr;
}

const Column* Table::spoken() const {
    const Column* best = nullptr;
    for (const Column& each : columns) {
        const std::size_t count = each.categories.size();
        if (count > 1 && count <= mostSpoken && (!best || count > best->categories.size())) best = &each;
    }
    if (!best) best = classes();
    return best || columns.empty() ? best : &columns.front();
}

Column columnOf(std::string name, std::span<const std::string> texts) {
    Column column{std::move(name), {}, {}};
    column.values.reserve(texts.size());
    for (const std::string& text : texts) {
        float value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) break;
        column.values.push_back(value);
    }
    if (column.values.size() == texts.size() && !texts.empty()) return column;
    column.values.clear();
    std::unordered_map<std::string, std::size_t> known;
    for (const std::string& text : texts) {
        const auto [found, fresh] = known.emplace(text, known.size());
        if (fresh) column.categories.push_back(text);
        column.values.push_back(float(found->second));
    }
    return column;
}

} // namespace orrery::embedding
