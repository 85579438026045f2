// SPDX-License-Identifier: GPL-3.0-or-later
// Tables from files, recognised by content: CSV and TSV (also the pair of the TensorBoard projector), word2vec text and binary,
// GloVe, fastText .vec, .npy, .npz, safetensors and the other tensor files. A damaged or lying file is an Error of one line that
// names the row or the byte; nothing is read past its end. Files are mapped: a .npy of float32 is used where it lies.
#pragma once

#include "engine/labs/embedding/progress.h"
#include "engine/labs/embedding/table.h"
#include "engine/model/mapped_file.h"

#include <string_view>

namespace orrery::embedding {

struct ReadOptions {
    std::string tensor{};      ///< of a file with several; empty: the only one, or the largest with two dimensions
    std::string metadata{};    ///< path of a TSV with a line for each row, as the projector has it; may be empty
    std::int64_t mostRows = 0; ///< first so many rows; 0: all
};

constexpr std::int64_t mostColumns = 1 << 16;

/// Beside FILE.npy (and the others) FILE.labels.tsv and FILE.thumbs.png are taken along: that is how other labs hand over
/// their arrays. The pictures of a sheet stand row by row in a square, as in the projector's sprites.
Table readTable(const std::string& path, const ReadOptions& options, Progress& progress);

/// "V d" then a word and d numbers per line; without the first line: GloVe, where words may hold blanks.
Table readVectorsText(const model::MappedFile& file, const ReadOptions& options, Progress& progress);
/// word2vec's binary: "V d\n", then word, blank, d little-endian float32, and a line end that some writers leave out.
Table readVectorsBinary(const model::MappedFile& file, const ReadOptions& options, Progress& progress);
/// Columns of numbers are dimensions, columns of words and those called label, class, name, ... are metadata.
Table readDelimited(const model::MappedFile& file, const ReadOptions& options, Progress& progress);
Table readTensor(const std::string& path, const ReadOptions& options, Progress& progress);

/// One column without a heading, or several with one, as the projector reads metadata. Throws when there are not `rows` lines.
std::vector<Column> readMetadata(const std::string& path, std::int64_t rows, std::vector<std::string>& tokens);
Thumbnails readThumbnails(const std::string& path, std::int64_t rows);

/// Files in word2vec's text and binary form, every number so that it is read back to the same bits.
void writeVectorsText(const std::string& path, const Matrix& values, std::span<const std::string> tokens);
void writeVectorsBinary(const std::string& path, const Matrix& values, std::span<const std::string> tokens);

} // namespace orrery::embedding
