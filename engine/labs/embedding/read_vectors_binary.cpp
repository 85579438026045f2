// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/error.h"
#include "engine/labs/embedding/read_table.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/model/bytes.h"
#include "engine/replace_file.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <ostream>

namespace orrery::embedding {

namespace {

constexpr std::size_t longestWord = 4096;

bool plausible(float x) { return std::isfinite(x) && (x == 0 || (std::abs(x) > 1e-12F && std::abs(x) < 1e9F)); }

float swapped(float x) {
    const auto bits = std::bit_cast<std::uint32_t>(x);
    return std::bit_cast<float>(bits >> 24 | (bits >> 8 & 0xFF00) | (bits << 8 & 0xFF0000) | bits << 24);
}

} // namespace

Table readVectorsBinary(const model::MappedFile& file, const ReadOptions& options, Progress& progress) {
    const model::Source source{file.path(), "word2vec binary", "download it again"};
    const std::string_view bytes(reinterpret_cast<const char*>(file.all().data()), file.all().size());
    const std::size_t end = bytes.substr(0, 64).find('\n');
    std::uint64_t rows = 0, dims = 0;
    const char* const stop = bytes.data() + (end == std::string_view::npos ? 0 : end);
    const auto first = std::from_chars(bytes.data(), stop, rows);
    const char* next = first.ptr;
    while (next < stop && *next == ' ') ++next;
    const auto second = std::from_chars(next, stop, dims);
    if (end == std::string_view::npos || first.ec != std::errc() || second.ec != std::errc())
        source.fail(0, "no line with two whole numbers, words and dimensions");
    if (rows < 1 || dims < 1 || dims > std::uint64_t(mostColumns))
        source.fail(0, std::to_string(rows) + " words of " + std::to_string(dims) + " dimensions; there must be 1 to " +
                           std::to_string(mostColumns));
    const std::uint64_t width = dims * sizeof(float), left = bytes.size() - end - 1;
    if (rows > left / (width + 1))
        source.fail(0, "the first line announces " + std::to_string(rows) + " words of " + std::to_string(dims) +
                           " dimensions, which need " + std::to_string(rows) + " x " + std::to_string(width + 2) + " bytes; " +
                           std::to_string(left) + " follow");
    const std::uint64_t wanted = options.mostRows > 0 ? std::min<std::uint64_t>(rows, std::uint64_t(options.mostRows)) : rows;

    Table table;
    std::vector<float> values(wanted * dims);
    table.tokens.reserve(wanted);
    bool foreign = false;
    std::size_t at = end + 1;
    // Of numbers with their bytes the wrong way round about three in four have an exponent that no vector has.
    const std::uint64_t judged = std::min<std::uint64_t>(wanted, 1 + 1024 / dims);
    std::uint64_t seen = 0, odd = 0, oddSwapped = 0;
    const auto refuseSwapped = [&](std::size_t where, bool enough) {
        if ((enough || seen >= 64) && 4 * odd > seen && 8 * oddSwapped < odd)
            source.fail(where,
                        "the numbers make sense only with their bytes the other way round: it was written on a big-endian "
                        "machine, or is no word2vec file");
    };
    for (std::uint64_t i = 0; i < wanted; ++i) {
        const std::string row = "word " + std::to_string(i + 1) + " of " + std::to_string(rows);
        while (at < bytes.size() && bytes[at] == '\n') ++at; // some writers leave it out
        const std::size_t blank = bytes.substr(at, longestWord).find(' ');
        if (blank == std::string_view::npos) source.fail(at, row + " has no end");
        const std::string_view word = bytes.substr(at, blank);
        if (word.find('\0') != std::string_view::npos) source.fail(at, row + " holds a zero byte");
        table.tokens.push_back(wordOf(word, foreign));
        at += blank + 1;
        if (bytes.size() - at < width)
            source.fail(at, row + " has " + std::to_string(bytes.size() - at) + " bytes left where " + std::to_string(width) +
                                " are needed");
        float* const out = values.data() + i * dims;
        if constexpr (std::endian::native == std::endian::little)
            std::memcpy(out, bytes.data() + at, width);
        else
            for (std::uint64_t d = 0; d < dims; ++d)
                out[d] = std::bit_cast<float>(std::uint32_t(model::littleEndian(file.bytes(at + 4 * d, 4))));
        if (i < judged) {
            for (std::uint64_t d = 0; d < dims; ++d) ++seen, odd += !plausible(out[d]), oddSwapped += !plausible(swapped(out[d]));
            refuseSwapped(at, i + 1 == judged);
        }
        for (std::uint64_t d = 0; d < dims; ++d)
            if (!std::isfinite(out[d])) {
                refuseSwapped(at + 4 * d, true);
                source.fail(at + 4 * d, row + ", number " + std::to_string(d + 1) + " is not finite");
            }
        at += width;
        if ((i & 1023) == 0) progress.at(double(i) / double(wanted));
    }
    while (at < bytes.size() && bytes[at] == '\n') ++at;
    if (wanted == rows && at < bytes.size())
        table.remarks.push_back(std::to_string(bytes.size() - at) + " bytes follow the last of the " + std::to_string(rows) +
                                " words that the first line announces; they were left out.");
    if (foreign) table.remarks.push_back("Some words are no UTF-8 and were read as Windows-1252.");
    table.values = Matrix(std::int64_t(wanted), std::int64_t(dims), std::move(values));
    return table;
}

void writeVectorsBinary(const std::string& path, const Matrix& values, std::span<const std::string> tokens) {
    replaceFile(path, [&](std::ostream& out) {
        out << values.rows() << ' ' << values.columns() << '\n';
        for (std::int64_t i = 0; i < values.rows(); ++i) {
            out << (tokens.empty() ? std::to_string(i) : tokens[std::size_t(i)]) << ' ';
            for (const float x : values.row(i)) {
                const auto bits = std::bit_cast<std::uint32_t>(x);
                const char little[4] = {char(bits), char(bits >> 8), char(bits >> 16), char(bits >> 24)};
                out.write(little, 4);
            }
            out << '\n';
        }
    });
}

} // namespace orrery::embedding
