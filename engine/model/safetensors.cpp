// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/safetensors.h"

#include "engine/error.h"
#include "engine/model/bytes.h"
#include "engine/model/strict_json.h"
#include "engine/replace_file.h"

#include <nlohmann/json.hpp>

#include <array>
#include <cstring>
#include <optional>
#include <ostream>
#include <unordered_set>

namespace orrery::model {

namespace {

constexpr std::uint64_t longestHeader = 100'000'000; // as the format's own reader

std::optional<Stored> plainType(const std::string& name) {
    for (int i = 0; i <= int(Stored::boolean); ++i)
        if (name == layoutOf(Stored(i)).name) return Stored(i);
    return {};
}

std::vector<std::uint64_t> wholeNumbers(const Source& source, const std::string& tensor, const StrictJson* list,
                                        const char* what) {
    if (!list || !list->is(StrictJson::Kind::array)) source.fail(8, "tensor '" + shown(tensor) + "' has no list '" + what + "'");
    std::vector<std::uint64_t> numbers;
    for (const StrictJson& item : list->items) {
        if (!item.is(StrictJson::Kind::whole))
            source.fail(8, "tensor '" + shown(tensor) + "': '" + what + "' must be whole numbers from 0 on");
        numbers.push_back(item.whole);
    }
    return numbers;
}

} // namespace

bool looksLikeSafetensors(std::span<const std::byte> start) {
    return start.size() >= 9 && start[8] == std::byte('{') && littleEndian(start.first(8)) <= longestHeader;
}

SafetensorsFile::SafetensorsFile(const std::string& path) : TensorFile(path, "safetensors"), m_file(path) { list(); }

SafetensorsFile::SafetensorsFile(const std::string& name, std::span<const std::byte> content)
    : TensorFile(name, "safetensors"), m_file(name, content) {
    list();
}

void SafetensorsFile::list() {
    const Source source{path(), "safetensors file", "download or save it again"};
    if (m_file.size() < 8) source.fail(0, "it has only " + std::to_string(m_file.size()) + " bytes");
    const std::uint64_t length = littleEndian(m_file.bytes(0, 8)), rest = m_file.size() - 8;
    if (length > longestHeader) source.fail(0, "a header of " + std::to_string(length) + " bytes is beyond the limit of 100 MB");
    if (length > rest)
        source.fail(0, "the header needs " + std::to_string(length) + " bytes, but " + std::to_string(rest) + " are there");
    const auto header = m_file.bytes(8, length);
    const std::uint64_t dataAt = 8 + length, dataSize = rest - length;
    const StrictJson root = parseStrictJson(source, {reinterpret_cast<const char*>(header.data()), header.size()}, 8);
    if (!root.is(StrictJson::Kind::object)) source.fail(8, "the header is not an object");

    for (const auto& [name, entry] : root.members) {
        if (!entry.is(StrictJson::Kind::object)) source.fail(8, "'" + shown(name) + "' is not an object");
        if (name == "__metadata__") {
            for (const auto& [key, value] : entry.members) {
                if (!value.is(StrictJson::Kind::text)) source.fail(8, "__metadata__ '" + shown(key) + "' is not text");
                m_metadata[key] = value.text;
            }
            continue;
        }
        const StrictJson* dtype = entry.find("dtype");
        if (!dtype || !dtype->is(StrictJson::Kind::text)) source.fail(8, "tensor '" + shown(name) + "' has no 'dtype'");
        const std::optional<Stored> type = plainType(dtype->text);
        if (!type)
            source.fail(8, "tensor '" + shown(name) + "' has values of type '" + shown(dtype->text) +
                               "', which cannot be read, only F16, BF16, F32, F64, BOOL and whole numbers");
        StoredTensor tensor{.name = name, .dtype = *type, .shape = wholeNumbers(source, name, entry.find("shape"), "shape")};
        const auto range = wholeNumbers(source, name, entry.find("data_offsets"), "data_offsets");
        if (range.size() != 2 || range[0] > range[1] || range[1] > dataSize)
            source.fail(8, "tensor '" + shown(name) + "': data_offsets must be two rising numbers within the " +
                               std::to_string(dataSize) + " bytes of data");
        tensor.offset = dataAt + range[0], tensor.size = range[1] - range[0];
        add(std::move(tensor));
    }
    refuseOverlaps();
}

std::span<const std::byte> SafetensorsFile::storedBytes(const StoredTensor& tensor) const {
    m_file.checkSize();
    return m_file.bytes(tensor.offset, tensor.size);
}

void writeSafetensors(const std::string& path, std::span<const TensorToWrite> tensors,
                      const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::unordered_set<std::string> names;
    std::uint64_t at = 0;
    for (const TensorToWrite& tensor : tensors) {
        const std::string where = path + ": tensor '" + shown(tensor.name) + "' ";
        if (tensor.dtype > Stored::boolean) throw Error(where + "is quantised, which safetensors cannot hold; write its floats");
        if (tensor.name == "__metadata__" || !names.insert(tensor.name).second)
            throw Error(where + "cannot be written twice or under this name; rename it");
        std::uint64_t size = layoutOf(tensor.dtype).blockBytes;
        bool fits = true;
        for (const std::uint64_t extent : tensor.shape) fits = fits && multiply(size, extent, size);
        if (!fits || size != tensor.bytes.size())
            throw Error(where + "has " + std::to_string(tensor.bytes.size()) + " bytes, which do not fill its shape; give all");
        header.emplace(tensor.name,
                       nlohmann::ordered_json{
                           {"dtype", layoutOf(tensor.dtype).name}, {"shape", tensor.shape}, {"data_offsets", {at, at + size}}});
        at += size;
    }
    std::string text;
    try {
        text = header.dump();
    } catch (const nlohmann::json::exception&) {
        throw Error(path + ": a name or a text of the metadata is not UTF-8; rename it");
    }
    text.append((8 - text.size() % 8) % 8, ' ');
    std::array<char, 8> length;
    for (std::size_t i = 0; i < 8; ++i) length[i] = char(text.size() >> (8 * i));

    replaceFile(path, [&](std::ostream& out) {
        out.write(length.data(), 8);
        out << text;
        for (const TensorToWrite& tensor : tensors)
            out.write(reinterpret_cast<const char*>(tensor.bytes.data()), std::streamsize(tensor.bytes.size()));
    });
}

} // namespace orrery::model
