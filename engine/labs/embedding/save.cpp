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

nlohmann::json cellOf(const Column& column, std::int64_t row) {
    if (column.categorical()) return textOf(column, row);
    return column.values[std::size_t(row)];
}

nlohmann::json settingsOf(const Projecting& cloud) {
    const Problem& p = *cloud.problem();
    static const char* const methods[] = {"pca", "tsne", "umap", "random", "axes"};
    nlohmann::json out = {
        {"method", methods[int(p.request.graph.method)]}, {"step", cloud.position()}, {"seed", p.request.start.seed}};
    if (p.request.graph.method == Method::tsne) out["perplexity"] = p.request.graph.perplexity;
    if (p.request.graph.method == Method::umap) out["neighbours"] = p.request.graph.neighbours;
    if (const auto loss = cloud.series("loss"); !loss.empty()) out["loss"] = loss.back().value;
    return out;
}

void writeJson(const std::string& path, const Projecting& cloud) {
    const Problem& p = *cloud.problem();
    nlohmann::json out = settingsOf(cloud);
    out["table"] = p.table->name, out["rows"] = p.table->rows(), out["dimensions"] = p.table->dims();
    for (const Column& column : p.table->columns) {
        nlohmann::json values = nlohmann::json::array();
        for (std::int64_t i = 0; i < p.table->rows(); ++i) values.push_back(cellOf(column, i));
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
    replaceFile(path, [&](std::ostream& stream) {
        stream << out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    });
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

std::string selectionJson(const Projecting& cloud, std::span<const std::int64_t> rows) {
    const Table& table = *cloud.problem()->table;
    const PicturePoints& y = cloud.picture();
    nlohmann::ordered_json out = {{"table", table.name}, {"rows_of_table", table.rows()}};
    out["settings"] = settingsOf(cloud);
    out["rows"] = nlohmann::json::array();
    for (const std::int64_t row : rows) {
        nlohmann::ordered_json one = {{"row", row}};
        if (!table.tokens.empty()) one["name"] = table.tokens[std::size_t(row)];
        for (int d = 0; d < y.dims; ++d) one["at"].push_back(y[d][row]);
        for (const Column& column : table.columns) one["columns"][column.name] = cellOf(column, row);
        out["rows"].push_back(std::move(one));
    }
    return out.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + '\n';
}

namespace {

/// The upper half of a symmetric graph, as the array of that name: row, row, weight.
void writeEdges(const std::string& path, const Problem& p) {
    const Graph* graph = p.affinities ? &p.affinities->joint : p.fuzzy ? &p.fuzzy->graph : nullptr;
    if (!graph) throw Error(path + ": there is no graph; t-SNE and UMAP make one");
    const std::vector<std::string>& names = p.table->tokens;
    replaceFile(path, [&](std::ostream& out) {
        out << (names.empty() ? "from,to,weight\n" : "from,to,weight,from_name,to_name\n");
        for (std::int64_t i = 0; i < graph->n; ++i)
            for (std::int64_t e = graph->start[std::size_t(i)]; e < graph->start[std::size_t(i) + 1]; ++e) {
                const std::int64_t j = graph->index[std::size_t(e)];
                if (j <= i) continue;
                out << i << ',' << j << ',' << lab::shortest(graph->weight[std::size_t(e)]);
                if (!names.empty()) out << ',' << quoted(names[std::size_t(i)]) << ',' << quoted(names[std::size_t(j)]);
                out << '\n';
            }
    });
}

void writeVectors(const std::string& path, const Table& table, std::span<const std::int64_t> rows) {
    for (const std::string& token : table.tokens)
        if (token.empty() || token.find('\n') != std::string::npos)
            throw Error(path + ": a name is empty or holds a line end, which word2vec's text cannot");
    if (rows.empty()) return writeVectorsText(path, table.values, table.tokens);
    std::vector<float> values;
    std::vector<std::string> tokens;
    for (const std::int64_t i : rows) {
        values.insert(values.end(), table.values.row(i).begin(), table.values.row(i).end());
        tokens.push_back(table.tokens.empty() ? std::to_string(i) : table.tokens[std::size_t(i)]);
    }
    writeVectorsText(path, Matrix(std::int64_t(rows.size()), table.dims(), std::move(values)), tokens);
}

} // namespace

void save(const std::string& output, const std::string& path, const Kept& kept) {
    const Projecting& cloud = kept.cloud;
    if (!cloud.problem()) throw Error(path + ": there is no picture yet; wait until it is prepared");
    const Table& table = *cloud.problem()->table;
    const std::vector<std::int64_t>& rows = kept.picked.rows();
    const auto text = [&](const std::string& all) { replaceFile(path, [&](std::ostream& stream) { stream << all; }); };
    if (output == "picture-json") return writeJson(path, cloud);
    if (output == "picture") return writePictureCsv(path, table, cloud.picture(), {});
    if (output == "figure") return text(figure(cloud, rows, kept.look));
    if (output == "edges") return writeEdges(path, *cloud.problem());
    if (output == "vectors" || output == "words")
        return writeVectors(path, table, output == "words" ? std::span<const std::int64_t>() : rows);
    if (output != "selected" && output != "selected-json") throw Error("there is no output '" + output + "'");
    if (!kept.picked.problem().empty()) throw Error(path + ": " + kept.picked.problem());
    if (rows.empty()) throw Error(path + ": no row is selected; draw a lasso around some");
    output == "selected" ? writePictureCsv(path, table, cloud.picture(), rows) : text(selectionJson(cloud, rows));
}

} // namespace orrery::embedding
