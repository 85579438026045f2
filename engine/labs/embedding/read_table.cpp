// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/read_table.h"

#include "engine/error.h"
#include "engine/labs/embedding/text_scan.h"
#include "engine/labs/segmentation/picture.h"
#include "engine/model/bytes.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace orrery::embedding {

namespace {

namespace fs = std::filesystem;

enum class Kind { tensors, vectorsText, vectorsBinary, delimited };

constexpr std::uint32_t fastTextMagic = 793712314;

bool printable(std::string_view bytes) {
    return std::none_of(bytes.begin(), bytes.end(),
                        [](char c) { return std::uint8_t(c) < 9 || (std::uint8_t(c) > 13 && std::uint8_t(c) < 32); });
}

std::size_t countFields(std::string_view line) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < line.size(); ++i)
        count += line[i] != ' ' && line[i] != '\t' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t');
    return count;
}

bool digits(std::string_view word) { return !word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos; }

/// "71291 100": what word2vec's files begin with.
bool twoCounts(std::string_view line) {
    const std::size_t blank = line.find_first_of(" \t");
    if (blank == std::string_view::npos || !digits(line.substr(0, blank))) return false;
    std::string_view second = line.substr(blank);
    while (!second.empty() && (second.front() == ' ' || second.front() == '\t')) second.remove_prefix(1);
    while (!second.empty() && second.back() == ' ') second.remove_suffix(1);
    return digits(second);
}

Kind recognise(const model::MappedFile& file) {
    const std::string& path = file.path();
    const auto bytes = file.all();
    if (bytes.empty()) throw Error(path + ": the file is empty");
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), std::min<std::size_t>(bytes.size(), 1 << 16));
    if (bytes.size() >= 4 && model::littleEndian(bytes.subspan(0, 4)) == fastTextMagic)
        throw Error(path +
                    ": byte 0: a model of fastText with its subwords; save its words with 'fasttext print-word-vectors' or take "
                    "the .vec file");
    for (const std::string_view magic : {std::string_view("\x93NUMPY"), std::string_view("PK\x03\x04"), std::string_view("GGUF")})
        if (text.starts_with(magic)) return Kind::tensors;
    for (const auto& [magic, what] : {std::pair<std::string_view, const char*>{"\x1F\x8B", "packed by gzip; unpack it first"},
                                      {"PAR1", "a Parquet file; save its columns as .csv or .npy"},
                                      {"\x89PNG", "a picture, not a table; make a table of its pixels, .npy or .csv"},
                                      {"\xFF\xD8\xFF", "a picture, not a table; make a table of its pixels, .npy or .csv"}})
        if (text.starts_with(magic)) throw Error(path + ": byte 0: " + what);
    std::string extension = fs::path(path).extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    if (extension == ".safetensors" || extension == ".npy" || extension == ".npz" || extension == ".gguf" || extension == ".pt" ||
        extension == ".pth")
        return Kind::tensors;
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return Kind::delimited; // refused there, in words
    std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    const std::string_view first = nextLine(text, at), second = at < text.size() ? nextLine(text, at) : std::string_view();
    if (twoCounts(first)) {
        const std::string_view rest = text.substr(std::min(text.size(), first.size() + 1), 512);
        if (!printable(rest) || extension == ".bin") return Kind::vectorsBinary;
        if (countFields(second) > 2 || second.empty()) return Kind::vectorsText;
    }
    if (extension == ".bin") {
        if (bytes.size() % 8 == 0 && !printable(text.substr(0, 256)))
            throw Error(path +
                        ": byte 0: no first line with the number of words and dimensions; GloVe's own .bin is not word2vec's: "
                        "take its .txt");
        return Kind::vectorsBinary; // refused there, in words
    }
    if (!printable(text.substr(0, 4096)) && extension != ".csv" && extension != ".tsv" && extension != ".txt" &&
        extension != ".vec")
        return Kind::tensors; // their reader knows what can be read
    if (extension == ".csv" || extension == ".tsv") return Kind::delimited;
    if (first.find(',') != std::string_view::npos && countFields(first) < 3) return Kind::delimited;
    float value = 0;
    const std::string_view word = first.substr(0, first.find_first_of(" \t"));
    const bool blanks = first.find(' ') != std::string_view::npos && first.find('\t') == std::string_view::npos;
    const bool numbersFollow = parseNumber(first.substr(first.find_last_of(" \t") + 1), value) == Number::good;
    if (extension == ".vec" || (blanks && numbersFollow && parseNumber(word, value) != Number::good)) return Kind::vectorsText;
    return Kind::delimited;
}

Table readValues(const std::string& path, const ReadOptions& options, Progress& progress) {
    std::error_code error;
    if (fs::is_directory(path, error)) return readTensor(path, options, progress);
    const model::MappedFile file(path);
    switch (recognise(file)) {
        case Kind::tensors:
            return readTensor(path, options, progress);
        case Kind::vectorsText:
            return readVectorsText(file, options, progress);
        case Kind::vectorsBinary:
            return readVectorsBinary(file, options, progress);
        case Kind::delimited:
            break;
    }
    return readDelimited(file, options, progress);
}

/// metadata.tsv beside vectors.tsv or tensors.tsv, as the projector's demo files are called; STEM.labels.tsv beside the rest.
std::string besideOf(const std::string& path, const char* ending) {
    const fs::path file(path), own = file.parent_path() / (file.stem().string() + ending);
    std::error_code error;
    if (fs::exists(own, error)) return own.string();
    const std::string stem = file.stem().string();
    const fs::path general = file.parent_path() / "metadata.tsv";
    if (std::string_view(ending) == ".labels.tsv" && (stem == "vectors" || stem == "tensors") && fs::exists(general, error))
        return general.string();
    return {};
}

} // namespace

Table readTable(const std::string& path, const ReadOptions& options, Progress& progress) {
    Table table = readValues(path, options, progress);
    table.name = fs::path(path).filename().string();
    const std::string metadata = options.metadata.empty() ? besideOf(path, ".labels.tsv") : options.metadata;
    if (!metadata.empty())
        for (Column& column : readMetadata(metadata, table.rows(), table.tokens)) table.columns.push_back(std::move(column));
    if (const std::string sheet = besideOf(path, ".thumbs.png"); !sheet.empty())
        table.thumbnails = readThumbnails(sheet, table.rows());
    return table;
}

Thumbnails readThumbnails(const std::string& path, std::int64_t rows) {
    const segmentation::Picture sheet = segmentation::loadPicture(path);
    const auto side = std::int64_t(std::ceil(std::sqrt(double(rows))));
    const std::int64_t down = (rows + side - 1) / side, width = sheet.width / side;
    if (width < 1 || width * side != sheet.width || sheet.height % width != 0 || sheet.height / width < down)
        throw Error(path + ": " + std::to_string(sheet.width) + " x " + std::to_string(sheet.height) +
                    " pixels are no sheet of " + std::to_string(rows) + " square pictures, " + std::to_string(side) + " a row");
    Thumbnails thumbnails{int(width), int(width), 3, {}};
    thumbnails.pixels.resize(std::size_t(rows * width * width * 3));
    for (std::int64_t i = 0; i < rows; ++i)
        for (std::int64_t y = 0; y < width; ++y)
            std::copy_n(sheet.rgb.data() + 3 * ((i / side * width + y) * sheet.width + i % side * width), 3 * width,
                        thumbnails.pixels.data() + 3 * (i * width + y) * width);
    return thumbnails;
}

} // namespace orrery::embedding
