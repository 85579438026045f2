// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/embedding/quick_number.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/replace_file.h"
#include "engine/tensor/host_threads.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <map>
#include <mutex>
#include <optional>
#include <ostream>
#include <span>

namespace orrery::embedding {

namespace {

// Only these part fields: words may hold any other blank of Unicode (U+00A0, U+0085).
bool parting(char c) { return c == ' ' || c == '\t'; }

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && parting(line.back())) line.remove_suffix(1);
    return line;
}

std::vector<std::string_view> fieldsOf(std::string_view line) {
    std::vector<std::string_view> fields;
    for (std::size_t at = 0; at < line.size();) {
        while (at < line.size() && parting(line[at])) ++at;
        std::size_t end = at;
        while (end < line.size() && !parting(line[end])) ++end;
        if (end > at) fields.push_back(line.substr(at, end - at));
        at = end;
    }
    return fields;
}

struct Header {
    std::uint64_t rows = 0, dims = 0;
};

std::optional<Header> headerOf(std::string_view line) {
    if (line.size() > 256) return {};
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

/// Numbers at the end of a line, not counting its first field; finite or not: what is none is told when the line is read.
std::size_t numbersAtEnd(std::string_view line) {
    const auto fields = fieldsOf(line);
    std::size_t count = 0;
    float value = 0;
    while (count + 1 < fields.size() && parseNumber(fields[fields.size() - 1 - count], value) != Number::notANumber) ++count;
    return count;
}

/// Of the first lines, how many numbers most of them end with: a word may hold blanks and numbers of its own, a line may be cut.
std::size_t usualNumbers(std::string_view text) {
    std::map<std::size_t, int> lines;
    std::size_t at = 0;
    for (int seen = 0; seen < 64 && at < text.size();)
        if (const std::string_view line = trimmed(nextLine(text, at)); !line.empty() && line.size() <= longestLine)
            ++lines[numbersAtEnd(line)], ++seen;
    std::size_t usual = 0;
    for (const auto& [count, times] : lines) // of two that are as frequent the larger: what is too short is noticed
        if (usual == 0 || times >= lines[usual]) usual = count;
    return usual;
}

/// A piece of the text that ends with a line, and which rows of the table stand in it.
struct Part {
    std::string_view text;
    std::size_t first = 0, rows = 0;
};

std::vector<Part> partsOf(std::string_view text) {
    constexpr std::size_t size = 1U << 20;
    std::vector<Part> parts;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = std::min(text.size(), at + size);
        if (end < text.size()) {
            const std::size_t line = text.find('\n', end);
            end = line == std::string_view::npos ? text.size() : line + 1;
        }
        parts.push_back({text.substr(at, end - at)});
        at = end;
    }
    return parts;
}

std::size_t rowsIn(std::string_view text) {
    std::size_t rows = 0;
    for (std::size_t at = 0; at < text.size();) rows += !trimmed(nextLine(text, at)).empty();
    return rows;
}

class Reader {
 public:
    Reader(const std::string& path, std::string_view whole, std::size_t dims) : m_path(path), m_whole(whole), m_dims(dims) {}

    /// The rows of a part into values [rows, dims] and words [rows], no more than so many.
    void parse(const Part& part, std::size_t most, float* values, std::string* words) {
        std::size_t row = part.first;
        for (std::size_t at = 0; at < part.text.size() && row < most;) {
            const std::string_view line = trimmed(nextLine(part.text, at));
            if (line.empty()) continue;
            float* const out = values + row * m_dims;
            bool foreign = false;
            const std::string_view plain = quick(line, out);
            words[row++] = wordOf(plain.empty() ? careful(line, out) : plain, foreign);
            if (foreign) m_foreign = true;
        }
    }

    /// Throws for a line that is too short to hold d numbers.
    void refuseShort(std::string_view text) const {
        std::vector<float> row(m_dims);
        for (std::size_t at = 0; at < text.size();)
            if (const std::string_view line = trimmed(nextLine(text, at)); !line.empty() && line.size() < 2 * m_dims)
                careful(line, row.data());
    }

    bool foreign() const { return m_foreign; }

 private:
    /// A word without blanks and d numbers; the word, or nothing.
    std::string_view quick(std::string_view line, float* out) const {
        const char* at = line.data();
        const char* const end = at + line.size();
        while (at < end && !parting(*at)) ++at;
        const std::string_view word(line.data(), std::size_t(at - line.data()));
        for (std::size_t i = 0; i < m_dims; ++i) {
            if (at == end || !parting(*at)) return {};
            do ++at;
            while (at < end && parting(*at));
            if (!quickNumber(at, end, out[i]) && parseNumber(at, end, out[i]) != Number::good) return {};
        }
        return at == end ? word : std::string_view();
    }

    /// The last d fields are numbers, all before them is the word.
    std::string_view careful(std::string_view line, float* out) const {
        if (line.size() > longestLine) fail(line, tooLong(line));
        const auto fields = fieldsOf(line);
        if (fields.size() < m_dims + 1) {
            const std::size_t found = fields.empty() ? 0 : fields.size() - 1;
            fail(line, std::to_string(found) + (found == 1 ? " number" : " numbers") + " after the word, where other rows have " +
                           std::to_string(m_dims) + "; complete the line, or leave it out");
        }
        const std::size_t first = fields.size() - m_dims;
        for (std::size_t i = 0; i < m_dims; ++i)
            if (const Number found = parseNumber(fields[first + i], out[i]); found != Number::good)
                fail(line, "number " + std::to_string(i + 1) + ": " + complaint(found, fields[first + i]));
        const std::string_view last = fields[first - 1];
        return line.substr(std::size_t(fields[0].data() - line.data()), std::size_t(last.end() - fields[0].begin()));
    }

    [[noreturn]] void fail(std::string_view line, const std::string& what) const {
        const auto number = 1 + std::count(m_whole.data(), line.data(), '\n');
        throw Error(m_path + ": line " + std::to_string(number) + ": " + what);
    }

    std::string m_path;
    std::string_view m_whole;
    std::size_t m_dims;
    std::atomic<bool> m_foreign{false};
};

/// On all cores; the error of the earliest part comes out, whichever was found first.
void overParts(std::size_t count, const std::function<void(std::size_t part)>& work, Progress& progress, double from, double to) {
    std::atomic<std::size_t> done{0}, failed{count};
    std::exception_ptr error;
    std::mutex mutex;
    tensor::host::parallel(std::int64_t(count), [&](std::int64_t i, int) {
        if (std::size_t(i) > failed) return;
        try {
            work(std::size_t(i));
        } catch (const Error&) {
            const std::lock_guard lock(mutex);
            if (std::size_t(i) < failed) failed = std::size_t(i), error = std::current_exception();
        }
        progress.at(from + (to - from) * double(++done) / double(count));
    });
    if (error) std::rethrow_exception(error);
}

} // namespace

Table readVectorsText(const model::MappedFile& file, const ReadOptions& options, Progress& progress) {
    const std::string& path = file.path();
    const std::string_view text = textOf(path, file.all());
    std::size_t at = 0;
    const std::string_view first = nextLine(text, at);
    const std::optional<Header> header = headerOf(first);
    const std::string_view rest = text.substr(header ? at : 0);
    const std::size_t usual = usualNumbers(rest), dims = header ? std::size_t(header->dims) : usual;
    if (dims < 1 || dims > std::size_t(mostColumns))
        throw Error(path + ": line 1: " +
                    (header ? "the header asks for " + std::to_string(dims) + " numbers a word; 1 to " +
                                  std::to_string(mostColumns) + " can be read"
                            : std::to_string(dims) + " numbers after the first word; 1 to " + std::to_string(mostColumns) +
                                  " can be read"));
    if (usual > dims)
        throw Error(path + ": line 1 announces " + std::to_string(dims) + " numbers a word, most lines have " +
                    std::to_string(usual) + "; correct the line, or leave it out");
    std::vector<Part> parts = partsOf(rest);
    constexpr std::size_t together = 64; // parts, after which one looks whether there are rows enough
    const std::size_t most = options.mostRows > 0 ? std::size_t(options.mostRows) : SIZE_MAX;
    std::size_t there = 0, counted = 0;
    while (counted < parts.size() && there < most) {
        const std::span<Part> some = std::span(parts).subspan(counted, std::min(together, parts.size() - counted));
        const auto share = [&](std::size_t part) { return 0.1 * double(part) / double(parts.size()); };
        overParts(
            some.size(), [&](std::size_t i) { some[i].rows = rowsIn(some[i].text); }, progress, share(counted),
            share(counted + some.size()));
        for (Part& part : some) part.first = there, there += part.rows;
        counted += some.size();
    }
    parts.resize(counted);
    const bool enough = there >= most;
    const std::size_t rows = std::min(there, most);
    if (rows == 0) throw Error(path + ": no word follows its first line; download it again");
    Reader reader(path, text, dims);
    if (rows > rest.size() / (2 * dims)) reader.refuseShort(rest); // before memory is asked for
    const std::shared_ptr<float[]> values = std::make_shared_for_overwrite<float[]>(rows * dims);
    Table table;
    table.tokens.resize(rows);
    overParts(
        parts.size(), [&](std::size_t i) { reader.parse(parts[i], rows, values.get(), table.tokens.data()); }, progress, 0.1, 1);
    if (header && there < header->rows && !enough)
        throw Error(path + ": line 1 announces " + std::to_string(header->rows) + " words, " + std::to_string(there) +
                    " are there: the file has been cut off; download it again, or correct its first line");
    if (header && there > header->rows && !enough)
        table.remarks.push_back("The first line announces " + std::to_string(header->rows) + " words; all " +
                                std::to_string(rows) + " were read.");
    if (reader.foreign()) table.remarks.push_back("Some words are no UTF-8 and were read as Windows-1252.");
    table.values = Matrix(std::int64_t(rows), std::int64_t(dims), values.get(), values);
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
