// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/bundle.h"

#include "engine/error.h"
#include "engine/fnv.h"
#include "engine/lab/bundle_files.h"
#include "engine/model/npy.h"
#include "engine/model/png.h"
#include "engine/model/tokenizer/utf8.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fstream>
#include <unordered_set>

namespace orrery::lab {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t numbersAtOnce = 1 << 18; ///< a megabyte
constexpr std::int64_t leastSide = 4;

using Hash = Fnv<std::uint64_t>;

std::int64_t acrossOf(std::int64_t rows) { return std::int64_t(std::ceil(std::sqrt(double(rows)))); }

void verify(const Bundle& b) {
    const auto wrong = [&](const std::string& what) { throw Error(b.title + ": " + what); };
    const auto n = std::size_t(b.rows);
    if (b.rows < 1 || b.dims < 1 || !b.values) wrong("there are no rows to be sent");
    if (!b.names.empty() && b.names.size() != n) wrong("names for another number of rows");
    for (const BundleColumn& column : b.columns)
        if (column.texts.size() != n || column.name.empty() || column.name == "name" || cellOf(column.name) != column.name)
            wrong("the column '" + cellOf(column.name) + "' does not fit");
    if (b.pictures.side > 0 && b.pictures.rgb.size() != n * std::size_t(b.pictures.side * b.pictures.side * 3))
        wrong("pictures for another number of rows");
}

void tell(const BundleProgress& progress, double part) {
    if (progress && !progress(part)) throw Error("cancelled");
}

template <class Write>
void writeFile(const fs::path& path, Write write) {
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    write(out);
    out.close();
    if (!out) throw Error(path.parent_path().parent_path().string() + ": cannot be written to; is there room?");
}

void writeValues(const Bundle& b, const fs::path& path, Hash& hash, const BundleProgress& progress) {
    const std::int64_t atOnce = std::max<std::int64_t>(1, numbersAtOnce / b.dims);
    std::vector<float> values;
    hash.unit(std::uint64_t(b.rows)), hash.unit(std::uint64_t(b.dims));
    writeFile(path, [&](std::ostream& out) {
        model::writeNpyHeader(out, {std::uint64_t(b.rows), std::uint64_t(b.dims)});
        for (std::int64_t first = 0; first < b.rows && out; first += atOnce) {
            values.resize(std::size_t(std::min(atOnce, b.rows - first) * b.dims));
            b.values(first, values);
            for (std::size_t i = 0; i < values.size(); ++i) {
                if (!std::isfinite(values[i]))
                    throw Error(b.title + ": row " + std::to_string(first + std::int64_t(i) / b.dims) + ", column " +
                                std::to_string(std::int64_t(i) % b.dims) +
                                " (counted from 0) is no finite number; there is nothing that could be shown of it");
                hash.unit(std::uint64_t(std::bit_cast<std::uint32_t>(values[i])));
            }
            model::writeNpyValues(out, values);
            tell(progress, 0.9 * double(first) / double(b.rows));
        }
    });
}

void writeLabels(const Bundle& b, const fs::path& path, Hash& hash) {
    std::vector<std::vector<std::string>> columns;
    std::string text;
    const auto add = [&](const std::string& heading, std::vector<std::string> cells) {
        text += (columns.empty() ? "" : "\t") + heading;
        columns.push_back(std::move(cells));
    };
    if (!b.names.empty()) add("name", writtenNames(b.names));
    for (const BundleColumn& column : b.columns) {
        std::vector<std::string> cells;
        for (const std::string& each : column.texts) cells.push_back(cellOf(each));
        add(column.name, std::move(cells));
    }
    if (columns.size() == 1) { // a single column would have to be one without a heading
        std::vector<std::string> numbers;
        for (std::int64_t i = 0; i < b.rows; ++i) numbers.push_back(std::to_string(i));
        add("number", std::move(numbers));
    }
    text += '\n';
    for (std::size_t i = 0; i < std::size_t(b.rows); ++i) {
        for (std::size_t c = 0; c < columns.size(); ++c) text += (c == 0 ? "" : "\t") + columns[c][i];
        text += '\n';
    }
    hash.text(text);
    writeFile(path, [&](std::ostream& out) { out << text; });
}

void writeSheet(const BundlePictures& pictures, std::int64_t rows, const fs::path& path, Hash& hash) {
    const std::int64_t across = acrossOf(rows), down = (rows + across - 1) / across, side = pictures.side;
    std::vector<std::uint8_t> sheet(std::size_t(across * down * side * side * 3));
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t y = 0; y < side; ++y)
            std::copy_n(pictures.rgb.data() + 3 * (i * side + y) * side, 3 * side,
                        sheet.data() + 3 * ((i / across * side + y) * across + i % across) * side);
    hash.unit(std::uint64_t(side));
    hash.bytes(std::as_bytes(std::span(pictures.rgb)));
    model::writePng(path.string(), std::uint32_t(across * side), std::uint32_t(down * side), 3, sheet);
}

} // namespace

std::string cellOf(std::string_view bytes) {
    std::string cell;
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = model::utf8Length(bytes.substr(at));
        const std::string_view character = bytes.substr(at, std::max<std::size_t>(length, 1));
        const auto byte = std::uint8_t(character[0]);
        const bool control =
            length == 0 || byte < 0x20 || byte == 0x7F || (length == 2 && byte == 0xC2 && std::uint8_t(character[1]) < 0xA0);
        cell += control ? model::visible(character) : std::string(character);
        at += character.size();
    }
    return cell;
}

std::vector<std::string> writtenNames(std::span<const std::string> names) {
    std::vector<std::string> written;
    std::unordered_set<std::string> there;
    for (std::size_t i = 0; i < names.size(); ++i) {
        std::string name = cellOf(names[i]);
        while (!there.insert(name).second) name += " (row " + std::to_string(i) + ")";
        written.push_back(std::move(name));
    }
    return written;
}

BundlePictures fittedPictures(const BundlePictures& pictures, std::int64_t rows) {
    const std::int64_t from = pictures.side, to = std::min(from, widestSheet / std::max<std::int64_t>(1, acrossOf(rows)));
    if (to == from) return pictures;
    if (to < leastSide) return {};
    // Along one axis: which pixels lie under each of the new ones, and how much of each.
    struct Share {
        std::int64_t to, from;
        double part;
    };
    std::vector<Share> shares;
    for (std::int64_t t = 0; t < to; ++t) {
        const double begin = double(t * from) / double(to), end = double((t + 1) * from) / double(to);
        for (auto f = std::int64_t(begin); f < from && double(f) < end; ++f) {
            const double part = std::min(end, double(f + 1)) - std::max(begin, double(f));
            if (part > 1e-9) shares.push_back({t, f, part * double(to) / double(from)});
        }
    }
    BundlePictures small{to, std::vector<std::uint8_t>(std::size_t(rows * to * to * 3))};
    std::vector<double> sum(std::size_t(to * to * 3));
    for (std::int64_t i = 0; i < rows; ++i) {
        std::fill(sum.begin(), sum.end(), 0.0);
        const std::uint8_t* const picture = pictures.rgb.data() + i * from * from * 3;
        for (const Share& y : shares)
            for (const Share& x : shares)
                for (std::int64_t c = 0; c < 3; ++c)
                    sum[std::size_t((y.to * to + x.to) * 3 + c)] +=
                        y.part * x.part * double(picture[(y.from * from + x.from) * 3 + c]);
        for (std::size_t k = 0; k < sum.size(); ++k)
            small.rgb[std::size_t(i) * sum.size() + k] = std::uint8_t(std::clamp(std::lround(sum[k]), 0L, 255L));
    }
    return small;
}

std::uint64_t writeBundleFiles(const Bundle& bundle, const BundleFiles& files, const BundleProgress& progress) {
    verify(bundle);
    Hash hash;
    writeValues(bundle, files.values(), hash, progress);
    if (!bundle.names.empty() || !bundle.columns.empty()) writeLabels(bundle, files.labels(), hash);
    tell(progress, 0.93);
    if (bundle.pictures.side > 0)
        if (const BundlePictures pictures = fittedPictures(bundle.pictures, bundle.rows); pictures.side > 0)
            writeSheet(pictures, bundle.rows, files.sheet(), hash);
    tell(progress, 0.99);
    return hash.value();
}

} // namespace orrery::lab
