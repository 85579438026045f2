// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/save.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/replace_file.h"

#include <nlohmann/json.hpp>

#include <numeric>
#include <ostream>

namespace orrery::embedding {

namespace {

std::string quoted(const std::string& field) {
    if (field.find_first_of(",\"\n\r") == std::string::npos) return field;
    std::string out = "\"";
    for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

std::string textOf(const Column& column, std::int64_t row) {
    const float value = column.values[std::size_t(row)];
    return column.categorical() ? column.categories[std::size_t(value)] : lab::shortest(value);
}

std::vector<std::int64_t> allRows(std::int64_t n) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(n));
    std::iota(rows.begin(), rows.end(), 0);
    return rows;
}

void writeJson(const std::string& path, const Projecting& cloud) {
    const Problem& p = *cloud.problem();
    static const char* const methods[] = {"pca", "tsne", "umap", "random", "axes"};
    nlohmann::json out = {{"table", p.table->name},        {"rows", p.table->rows()},
                          {"dimensions", p.table->dims()}, {"method", methods[int(p.request.graph.method)]},
                          {"step", cloud.position()},      {"seed", p.request.start.seed}};
    if (p.request.graph.method == Method::tsne) out["perplexity"] = p.request.graph.perplexity;
    if (p.request.graph.method == Method::umap) out["neighbours"] = p.request.graph.neighbours;
    if (const auto loss = cloud.series("loss"); !loss.empty()) out["loss"] = loss.back().value;
    for (const Column& column : p.table->columns) {
        nlohmann::json values = nlohmann::json::array();
        for (std::int64_t i = 0; i < p.table->rows(); ++i)
            if (column.categorical())
                values.push_back(textOf(column, i));
            else
                values.push_back(column.values[std::size_t(i)]);
        out["columns"][column.name] = std::move(values);
    }
    if (!p.table->tokens.empty()) out["names"] = p.table->tokens;
    nlohmann::json points = nlohmann::json::array();
    const PicturePoints& y = cloud.picture();
    for (std::int64_t i = 0; i < y.n; ++i) {
        nlohmann::json point = nlohmann::json::array();
        for (int d = 0; d < y.dims; ++d) point.push_back(y[d][i]);
        points.push_back(std::move(point));
    }
    out["points"] = std::move(points);
    replaceFile(path, [&](std::ostream& stream) { stream << out.dump() << '\n'; });
}

} // namespace

void writePictureCsv(const std::string& path, const Table& table, const PicturePoints& picture,
                     std::span<const std::int64_t> rows) {
    replaceFile(path, [&](std::ostream& out) {
        out << "row" << (table.tokens.empty() ? "" : ",name");
        for (int d = 0; d < picture.dims; ++d) out << ',' << "xyz"[d];
        for (const Column& column : table.columns) out << ',' << quoted(column.name);
        out << '\n';
        const std::vector<std::int64_t> all =
            rows.empty() ? allRows(table.rows()) : std::vector<std::int64_t>(rows.begin(), rows.end());
        for (const std::int64_t i : all) {
            out << i;
            if (!table.tokens.empty()) out << ',' << quoted(table.tokens[std::size_t(i)]);
            for (int d = 0; d < picture.dims; ++d) out << ',' << lab::shortest(picture[d][i]);
            for (const Column& column : table.columns) out << ',' << quoted(textOf(column, i));
            out << '\n';
        }
    });
}

void save(const std::string& output, const std::string& path, const Projecting& cloud, std::span<const std::int64_t> selection) {
    if (!cloud.problem()) throw Error(path + ": there is no picture yet; wait until it is prepared");
    const Table& table = *cloud.problem()->table;
    if (output == "picture-json") return writeJson(path, cloud);
    if (output == "picture") return writePictureCsv(path, table, cloud.picture(), {});
    if (output == "selected") {
        if (selection.empty()) throw Error(path + ": no row is selected; draw a lasso around some");
        return writePictureCsv(path, table, cloud.picture(), selection);
    }
    if (output != "vectors" && output != "words") throw Error("there is no output '" + output + "'");
    for (const std::string& token : table.tokens)
        if (token.find('\n') != std::string::npos) throw Error(path + ": a name holds a line end, which word2vec's text cannot");
    if (selection.empty() || output == "words") return writeVectorsText(path, table.values, table.tokens);
    std::vector<float> values;
    std::vector<std::string> tokens;
    for (const std::int64_t i : selection) {
        values.insert(values.end(), table.values.row(i).begin(), table.values.row(i).end());
        tokens.push_back(table.tokens.empty() ? std::to_string(i) : table.tokens[std::size_t(i)]);
    }
    writeVectorsText(path, Matrix(std::int64_t(selection.size()), table.dims(), std::move(values)), tokens);
}

} // namespace orrery::embedding
