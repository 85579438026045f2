// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/text_scan.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace orrery::embedding {

namespace {

/// Into `fields`, without quotes around them; a doubled quote inside quotes is one. False: a quote without its partner.
bool split(std::string_view line, char separator, std::vector<std::string_view>& fields, std::vector<std::string>& unquoted) {
    fields.clear(), unquoted.clear();
    const auto skip = [&](std::size_t& at) {
        while (separator == ' ' && at < line.size() && (line[at] == ' ' || line[at] == '\t')) ++at;
    };
    std::size_t at = 0;
    skip(at);
    if (separator == ' ' && at == line.size()) return true;
    while (true) {
        if (at < line.size() && line[at] == '"') {
            std::string text;
            std::size_t end = at + 1;
            for (;; ++end) {
                if (end >= line.size()) return false;
                if (line[end] != '"') {
                    text += line[end];
                } else if (end + 1 < line.size() && line[end + 1] == '"') {
                    text += '"', ++end;
                } else {
                    break;
                }
            }
            if (unquoted.capacity() == 0) unquoted.reserve(64);
            if (unquoted.size() == unquoted.capacity()) return false; // views must not move; nobody has 64 quoted columns
            fields.push_back(unquoted.emplace_back(std::move(text)));
            at = end + 1;
        } else {
            std::size_t end = at;
            while (end < line.size() && line[end] != separator && !(separator == ' ' && line[end] == '\t')) ++end;
            fields.push_back(line.substr(at, end - at));
            at = end;
        }
        while (separator != ' ' && at < line.size() && line[at] == ' ') ++at;
        if (at >= line.size()) return true;
        ++at;
        skip(at);
        if (separator == ' ' && at >= line.size()) return true;
    }
}

std::string_view bare(std::string_view field) {
    while (!field.empty() && field.front() == ' ') field.remove_prefix(1);
    while (!field.empty() && field.back() == ' ') field.remove_suffix(1);
    return field;
}

bool numeric(std::string_view field) {
    float value = 0;
    const Number found = parseNumber(bare(field), value);
    return found != Number::notANumber;
}

char separatorOf(std::string_view line) {
    for (const char c : {'\t', ',', ';'})
        if (line.find(c) != std::string_view::npos) return c;
    return ' ';
}

/// "0,5;1,25": numbers as they are written in much of Europe, between other separators than commas.
bool decimalCommas(std::string_view line) {
    for (const char separator : {';', '\t'}) {
        if (line.find(separator) == std::string_view::npos) continue;
        bool commas = false, numbers = true;
        for (std::size_t at = 0; at <= line.size() && numbers;) {
            const std::size_t end = std::min(line.find(separator, at), line.size());
            std::string field(bare(line.substr(at, end - at)));
            const std::size_t comma = field.find(',');
            if (comma != std::string::npos) commas = true, field[comma] = '.';
            numbers = numeric(field) && field.back() != '.';
            at = end + 1;
        }
        if (commas && numbers) return true;
    }
    return false;
}

/// Numbers that say what a row is, not where it lies.
bool namesMetadata(std::string_view heading) {
    std::string name(bare(heading));
    for (char& c : name) c = char(std::tolower(static_cast<unsigned char>(c)));
    static constexpr std::array<std::string_view, 14> known = {"label",    "labels",  "class", "target", "species",
                                                               "category", "cluster", "digit", "name",   "word",
                                                               "token",    "id",      "index", "text"};
    return std::find(known.begin(), known.end(), name) != known.end();
}

struct Layout {
    char separator = ',';
    std::vector<std::string> names;
    std::vector<bool> dimension;
    std::size_t body = 0; ///< where the rows begin
};

struct Piece {
    std::vector<float> values;
    std::vector<std::vector<std::string>> texts;
    std::size_t rows = 0;
    bool foreign = false;
};

[[noreturn]] void fail(const std::string& path, std::string_view whole, std::string_view line, const std::string& what) {
    const auto number = 1 + std::count(whole.data(), line.data(), '\n');
    throw Error(path + ": line " + std::to_string(number) + ": " + what);
}

constexpr const char* openQuote =
    "a quote is opened and not closed in this line; close it there, since line ends within quotes cannot be read";

bool skipped(std::string_view line) { return bare(line).empty() || line.front() == '#'; }

Layout layoutOf(const std::string& path, std::string_view text) {
    Layout layout;
    std::size_t at = 0;
    std::string_view first;
    while (at < text.size() && skipped(first)) layout.body = at, first = nextLine(text, at);
    if (first.size() > longestLine) fail(path, text, first, tooLong(first));
    for (std::size_t next = at; const std::string_view line : {first, nextLine(text, next)})
        if (line.size() <= longestLine && decimalCommas(line))
            fail(path, text, line, "numbers with a comma for their point; save it with points");
    layout.separator = separatorOf(first);
    std::vector<std::string_view> fields;
    std::vector<std::string> unquoted;
    if (!split(first, layout.separator, fields, unquoted)) fail(path, text, first, openQuote);
    if (fields.size() > std::size_t(mostColumns))
        fail(path, text, first, std::to_string(fields.size()) + " columns; at most " + std::to_string(mostColumns));
    std::vector<bool> firstNumeric;
    std::vector<int> numbers(fields.size(), 0); ///< of the first rows
    for (const std::string_view field : fields) layout.names.emplace_back(bare(field)), firstNumeric.push_back(numeric(field));
    const std::size_t columns = fields.size();
    std::size_t scan = at, rows = 0;
    bool secondNumeric = false, header = true;
    while (scan < text.size() && rows < 100) {
        const std::string_view line = nextLine(text, scan);
        if (skipped(line)) continue;
        if (line.size() > longestLine) break; // told when it is read, too
        if (!split(line, layout.separator, fields, unquoted)) fail(path, text, line, openQuote);
        if (fields.size() != columns) break; // told when it is read
        for (std::size_t c = 0; c < columns; ++c) {
            const bool number = numeric(fields[c]) || bare(fields[c]).empty();
            numbers[c] += number;
            if (rows == 0) secondNumeric |= number && !firstNumeric[c];
        }
        ++rows;
    }
    header = secondNumeric && std::find(firstNumeric.begin(), firstNumeric.end(), true) == firstNumeric.end();
    if (!header && secondNumeric) // words above numbers, beside numbers above numbers: pandas' index, years as headings
        header = true;
    layout.dimension.resize(columns);
    for (std::size_t c = 0; c < columns; ++c) { // a word where most rows have numbers is a mistake, and told when it is read
        const bool mostly = 2 * numbers[c] > int(rows);
        layout.dimension[c] = header ? mostly && !namesMetadata(layout.names[c]) : (mostly || rows == 0) && firstNumeric[c];
    }
    if (header)
        layout.body = at;
    else
        for (std::size_t c = 0; c < columns; ++c) layout.names[c] = "column " + std::to_string(c + 1);
    return layout;
}

void parse(const std::string& path, std::string_view whole, std::string_view text, const Layout& layout, Piece& piece) {
    const std::size_t columns = layout.names.size();
    piece.values.clear(), piece.rows = 0, piece.foreign = false;
    piece.texts.assign(columns, {});
    std::vector<std::string_view> fields;
    std::vector<std::string> unquoted;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view line = nextLine(text, at);
        if (skipped(line)) continue;
        if (line.size() > longestLine) fail(path, whole, line, tooLong(line));
        if (!split(line, layout.separator, fields, unquoted)) fail(path, whole, line, openQuote);
        if (fields.size() != columns)
            fail(path, whole, line,
                 std::to_string(fields.size()) + (fields.size() == 1 ? " field" : " fields") + " where the first row has " +
                     std::to_string(columns) + "; complete the line, or leave it out");
        for (std::size_t c = 0; c < columns; ++c) {
            if (!layout.dimension[c]) {
                piece.texts[c].push_back(wordOf(bare(fields[c]), piece.foreign));
                continue;
            }
            float value = 0;
            const std::string_view field = bare(fields[c]);
            const Number found = parseNumber(field, value);
            if (found != Number::good) fail(path, whole, line, layout.names[c] + ": " + complaint(found, field));
            piece.values.push_back(value);
        }
        ++piece.rows;
    }
}

} // namespace

Table readDelimited(const model::MappedFile& file, const ReadOptions& options, Progress& progress) {
    const std::string& path = file.path();
    const std::string_view text = textOf(path, file.all());
    const Layout layout = layoutOf(path, text);
    const std::size_t columns = layout.names.size(),
                      dims = std::size_t(std::count(layout.dimension.begin(), layout.dimension.end(), true));
    if (dims == 0)
        throw Error(path + ": none of its " + std::to_string(columns) + " columns holds numbers; a row needs at least one");
    std::vector<Piece> pieces(8);
    std::vector<float> values;
    std::vector<std::vector<std::string>> texts(columns);
    bool foreign = false;
    inPieces(
        text.substr(layout.body),
        [&](std::string_view piece, std::size_t slot) { parse(path, text, piece, layout, pieces[slot]); },
        [&](std::size_t slot, std::size_t) {
            Piece& piece = pieces[slot];
            values.insert(values.end(), piece.values.begin(), piece.values.end());
            for (std::size_t c = 0; c < columns; ++c)
                std::move(piece.texts[c].begin(), piece.texts[c].end(), std::back_inserter(texts[c]));
            foreign |= piece.foreign;
        },
        pieces.size(), progress);
    std::size_t rows = values.size() / dims;
    if (rows == 0) throw Error(path + ": a heading, and no row below it");
    if (options.mostRows > 0) rows = std::min(rows, std::size_t(options.mostRows));
    values.resize(rows * dims);
    Table table;
    for (std::size_t c = 0; c < columns; ++c) {
        if (layout.dimension[c]) continue;
        texts[c].resize(rows);
        Column column = columnOf(layout.names[c], texts[c]);
        if (table.tokens.empty() && column.categories.size() == rows && rows > 1)
            table.tokens = std::move(texts[c]);
        else
            table.columns.push_back(std::move(column));
    }
    if (foreign) table.remarks.push_back("Some words are no UTF-8 and were read as Windows-1252.");
    table.values = Matrix(std::int64_t(rows), std::int64_t(dims), std::move(values));
    return table;
}

std::vector<Column> readMetadata(const std::string& path, std::int64_t rows, std::vector<std::string>& tokens) {
    const model::MappedFile file(path);
    std::string_view text = textOf(path, file.all());
    std::vector<std::vector<std::string>> texts;
    std::vector<std::string> names;
    std::size_t at = 0;
    std::int64_t line = 0;
    bool foreign = false;
    while (at < text.size()) {
        const std::string_view each = nextLine(text, at);
        if (at >= text.size() && each.empty()) break;
        ++line;
        if (each.size() > longestLine) throw Error(path + ": line " + std::to_string(line) + ": " + tooLong(each));
        std::vector<std::string> fields;
        for (std::size_t begin = 0;;) {
            const std::size_t tab = each.find('\t', begin);
            fields.push_back(wordOf(each.substr(begin, tab == std::string_view::npos ? tab : tab - begin), foreign));
            if (tab == std::string_view::npos) break;
            begin = tab + 1;
        }
        if (line == 1) {
            texts.resize(fields.size());
            if (fields.size() > 1) {
                names = fields;
                continue;
            }
            names = {"label"};
        }
        if (fields.size() != names.size())
            throw Error(path + ": line " + std::to_string(line) + ": " + std::to_string(fields.size()) +
                        " fields where the first line has " + std::to_string(names.size()));
        for (std::size_t c = 0; c < fields.size(); ++c) texts[c].push_back(std::move(fields[c]));
    }
    if (!texts.empty() && texts.size() == 1 && std::int64_t(texts[0].size()) == rows + 1 && texts[0][0] == "label")
        texts[0].erase(texts[0].begin());
    const std::int64_t found = texts.empty() ? 0 : std::int64_t(texts[0].size());
    if (found != rows)
        throw Error(path + ": metadata for " + std::to_string(found) + " rows, and the table has " + std::to_string(rows) +
                    " (one column has no heading, several have one)");
    std::vector<Column> columns;
    for (std::size_t c = 0; c < texts.size(); ++c) {
        const bool heading = names[c] == "name" && names.size() > 1; // numbers as well, if each is another one (lab/bundle.h)
        if (heading && tokens.empty() && std::set<std::string>(texts[c].begin(), texts[c].end()).size() == texts[c].size()) {
            tokens = std::move(texts[c]);
            continue;
        }
        Column column = columnOf(names[c], texts[c]);
        if (tokens.empty() && std::int64_t(column.categories.size()) == rows && rows > 1)
            tokens = std::move(texts[c]);
        else
            columns.push_back(std::move(column));
    }
    return columns;
}

} // namespace orrery::embedding
