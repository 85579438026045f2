// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/replace_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <ostream>

namespace orrery::embedding {

namespace {

// Only these part fields: words may hold any other blank of Unicode (U+00A0, U+0085).
bool parts(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && parts(line.back())) line.remove_suffix(1);
    return line;
}

std::vector<std::string_view> fieldsOf(std::string_view line) {
    std::vector<std::string_view> fields;
    for (std::size_t at = 0; at < line.size();) {
        while (at < line.size() && parts(line[at])) ++at;
        std::size_t end = at;
        while (end < line.size() && !parts(line[end])) ++end;
        if (end > at) fields.push_back(line.substr(at, end - at));
        at = end;
    }
    return fields;
}

struct Header {
    std::uint64_t rows = 0, dims = 0;
};

std::optional<Header> headerOf(std::string_view line) {
    const auto fields = fieldsOf(line);
    Header header;
    if (fields.size() != 2) return {};
    const auto whole = [](std::string_view field, std::uint64_t& value) {
        const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value);
        return error == std::errc() && end == field.data() + field.size();
    };
    if (!whole(fields[0], header.rows) || !whole(fields[1], header.dims)) return {};
    return header;
}

/// Numbers at the end of a line, not counting its first field.
std::size_t numbersAtEnd(std::string_view line) {
    const auto fields = fieldsOf(line);
    std::size_t count = 0;
    float value = 0;
    while (count + 1 < fields.size() && parseNumber(fields[fields.size() - 1 - count], value) == Number::good) ++count;
    return count;
}

struct Piece {
    std::vector<float> values;
    std::vector<std::string> words;
    bool foreign = false;
};

class Reader {
 public:
    Reader(const std::string& path, std::string_view whole, std::size_t dims) : m_path(path), m_whole(whole), m_dims(dims) {}

    void parse(std::string_view text, Piece& piece) const {
        piece.values.clear(), piece.words.clear(), piece.foreign = false;
        piece.values.reserve(text.size() / 8);
        for (std::size_t at = 0; at < text.size();) {
            const std::string_view line = trimmed(nextLine(text, at));
            if (line.empty()) continue;
            if (!quick(line, piece)) careful(line, piece);
        }
    }

 private:
    /// A word without blanks and d numbers.
    bool quick(std::string_view line, Piece& piece) const {
        const char* at = line.data();
        const char* const end = at + line.size();
        while (at < end && !parts(*at)) ++at;
        const std::string_view word(line.data(), std::size_t(at - line.data()));
        const std::size_t before = piece.values.size();
        piece.values.resize(before + m_dims);
        float* const out = piece.values.data() + before;
        bool good = !word.empty();
        for (std::size_t i = 0; good && i < m_dims; ++i) {
            good = at < end && parts(*at);
            while (at < end && parts(*at)) ++at;
            good = good && parseNumber(at, end, out[i]) == Number::good;
        }
        if (good && at == end) {
            piece.words.push_back(wordOf(word, piece.foreign));
            return true;
        }
        piece.values.resize(before);
        return false;
    }

    /// The last d fields are numbers, all before them is the word.
    void careful(std::string_view line, Piece& piece) const {
        const auto fields = fieldsOf(line);
        if (fields.size() < m_dims + 1)
            fail(line, std::to_string(fields.empty() ? 0 : fields.size() - 1) +
                           " numbers after the word, where other rows have " + std::to_string(m_dims));
        for (std::size_t i = fields.size() - m_dims; i < fields.size(); ++i) {
            float value = 0;
            const Number found = parseNumber(fields[i], value);
            if (found != Number::good)
                fail(line, "number " + std::to_string(i + m_dims - fields.size() + 1) + ": " + complaint(found, fields[i]));
            piece.values.push_back(value);
        }
        const std::string_view last = fields[fields.size() - m_dims - 1];
        const std::string_view word(line.data(), std::size_t(last.data() + last.size() - line.data()));
        const std::size_t begin = word.find_first_not_of(" \t");
        piece.words.push_back(wordOf(word.substr(begin), piece.foreign));
    }

    [[noreturn]] void fail(std::string_view line, const std::string& what) const {
        const auto number = 1 + std::count(m_whole.data(), line.data(), '\n');
        throw Error(m_path + ": line " + std::to_string(number) + ": " + what);
    }

    std::string m_path;
    std::string_view m_whole;
    std::size_t m_dims;
};

} // namespace

Table readVectorsText(const model::MappedFile& file, const ReadOptions& options, Progress& progress) {
    const std::string& path = file.path();
    const std::string_view text = textOf(path, file.all());
    std::size_t at = 0;
    const std::string_view first = nextLine(text, at);
    const std::optional<Header> header = headerOf(first);
    std::size_t body = header ? at : 0, dims = header ? std::size_t(header->dims) : 0;
    if (!header) { // words with blanks may make a line look longer, never shorter
        std::size_t scan = 0;
        for (int line = 0; line < 64 && scan < text.size(); ++line)
            if (const std::string_view each = trimmed(nextLine(text, scan)); !each.empty()) {
                const std::size_t found = numbersAtEnd(each);
                dims = dims == 0 ? found : std::min(dims, std::max<std::size_t>(found, 1));
            }
    }
    if (dims < 1 || dims > std::size_t(mostColumns))
        throw Error(path + ": line 1: " +
                    (header ? "the header asks for " + std::to_string(dims) + " numbers a word; 1 to " +
                                  std::to_string(mostColumns) + " can be read"
                            : std::string("no numbers after the first word")));
    const Reader reader(path, text, dims);
    const std::size_t most = options.mostRows > 0 ? std::size_t(options.mostRows) : SIZE_MAX;
    std::vector<Piece> pieces(8);
    std::vector<float> values;
    Table table;
    bool foreign = false, enough = false;
    const std::string_view rest = text.substr(body);
    try {
        inPieces(
            rest, [&](std::string_view piece, std::size_t slot) { reader.parse(piece, pieces[slot]); },
            [&](std::size_t slot, std::size_t) {
                Piece& piece = pieces[slot];
                if (table.tokens.empty() && !piece.words.empty()) { // the others are much like the first
                    const double share = double(rest.size()) / double(std::min<std::size_t>(rest.size(), 2U << 20));
                    values.reserve(std::size_t(1.03 * share * double(piece.values.size())));
                    table.tokens.reserve(std::size_t(1.03 * share * double(piece.words.size())));
                }
                const std::size_t take = std::min(piece.words.size(), most - table.tokens.size());
                values.insert(values.end(), piece.values.begin(), piece.values.begin() + std::ptrdiff_t(take * dims));
                std::move(piece.words.begin(), piece.words.begin() + std::ptrdiff_t(take), std::back_inserter(table.tokens));
                foreign |= piece.foreign;
                if (table.tokens.size() == most) {
                    enough = true;
                    throw Stopped();
                }
            },
            pieces.size(), progress);
    } catch (const Stopped&) {
        if (!enough) throw;
    }
    const std::size_t rows = table.tokens.size();
    if (rows == 0) throw Error(path + ": there is no word in it");
    if (header && rows < header->rows && !enough)
        throw Error(path + ": line 1 announces " + std::to_string(header->rows) + " words, " + std::to_string(rows) +
                    " are there: the file has been cut off; download it again, or correct its first line");
    if (header && rows > header->rows)
        table.remarks.push_back("The first line announces " + std::to_string(header->rows) + " words; all " +
                                std::to_string(rows) + " were read.");
    if (foreign) table.remarks.push_back("Some words are no UTF-8 and were read as Windows-1252.");
    table.values = Matrix(std::int64_t(rows), std::int64_t(dims), std::move(values));
    return table;
}

void writeVectorsText(const std::string& path, const Matrix& values, std::span<const std::string> tokens) {
    replaceFile(path, [&](std::ostream& out) {
        out << values.rows() << ' ' << values.columns() << '\n';
        std::array<char, 32> number;
        for (std::int64_t i = 0; i < values.rows(); ++i) {
            out << (tokens.empty() ? std::to_string(i) : tokens[std::size_t(i)]);
            for (const float x : values.row(i)) {
                const auto end = std::to_chars(number.data(), number.data() + number.size(), x).ptr; // shortest that reads back
                out << ' ';
                out.write(number.data(), end - number.data());
            }
            out << '\n';
        }
    });
}

} // namespace orrery::embedding
