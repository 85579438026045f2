// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/gguf.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

namespace orrery::model {

namespace {

constexpr const char* advice = "download it again, or convert the model again";
constexpr unsigned deepest = 4; // nobody nests arrays at all
constexpr std::uint64_t longestKey = 65535, longestName = 64, mostDimensions = 4, largestAlignment = 1 << 20;

enum Type : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, text, array, u64, i64, f64, typeCount };
constexpr std::uint64_t sizes[typeCount] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8}; // 0: its own length comes first

double number(Type type, std::span<const std::byte> bytes) {
    const std::uint64_t bits = littleEndian(bytes);
    switch (type) {
        case i8:
            return std::int8_t(bits);
        case i16:
            return std::int16_t(bits);
        case i32:
            return std::int32_t(bits);
        case i64:
            return double(std::int64_t(bits));
        case f32:
            return std::bit_cast<float>(std::uint32_t(bits));
        case f64:
            return std::bit_cast<double>(bits);
        default:
            return double(bits);
    }
}

/// As a person writes it; 64-bit whole numbers exactly.
std::string scalarText(Type type, std::span<const std::byte> bytes) {
    if (type == boolean) return littleEndian(bytes) ? "true" : "false";
    if (type == u64) return std::to_string(littleEndian(bytes));
    if (type == i64) return std::to_string(std::int64_t(littleEndian(bytes)));
    return lab::shortest(number(type, bytes));
}

std::optional<Stored> storedType(std::uint32_t ggml) {
    switch (ggml) {
        case 0:
            return Stored::f32;
        case 1:
            return Stored::f16;
        case 2:
            return Stored::q4_0;
        case 8:
            return Stored::q8_0;
        case 12:
            return Stored::q4_k;
        case 14:
            return Stored::q6_k;
        case 24:
            return Stored::i8;
        case 25:
            return Stored::i16;
        case 26:
            return Stored::i32;
        case 27:
            return Stored::i64;
        case 28:
            return Stored::f64;
        case 30:
            return Stored::bf16;
        default:
            return {};
    }
}

std::string ggmlName(std::uint32_t ggml) {
    static constexpr std::pair<std::uint32_t, const char*> names[] = {
        {3, "Q4_1"},    {6, "Q5_0"},   {7, "Q5_1"},     {9, "Q8_1"},    {10, "Q2_K"},    {11, "Q3_K"},
        {13, "Q5_K"},   {15, "Q8_K"},  {16, "IQ2_XXS"}, {17, "IQ2_XS"}, {18, "IQ3_XXS"}, {19, "IQ1_S"},
        {20, "IQ4_NL"}, {21, "IQ3_S"}, {22, "IQ2_S"},   {23, "IQ4_XS"}, {29, "IQ1_M"}};
    for (const auto& [code, name] : names)
        if (code == ggml) return std::string(" (") + name + ")";
    return {};
}

} // namespace

bool looksLikeGguf(std::span<const std::byte> start) { return start.size() >= 4 && std::memcmp(start.data(), "GGUF", 4) == 0; }

GgufFile::GgufFile(const std::string& path) : TensorFile(path, "GGUF"), m_file(path) {
    const Source source{path, "GGUF file", advice};
    ByteReader reader(source, m_file.all());
    if (!looksLikeGguf(m_file.all())) reader.fail("it does not begin with GGUF");
    reader.seek(4);
    const auto version = reader.number<std::uint32_t>("the version");
    if ((version & 0xffff) == 0) reader.fail("it is a big-endian file, which cannot be read");
    if (version != 2 && version != 3) reader.fail("version " + std::to_string(version) + " is not 2 or 3");
    const auto tensorCount = reader.number<std::uint64_t>("the number of tensors");
    const auto keyCount = reader.number<std::uint64_t>("the number of keys");
    // The smallest key has a length, a type and one byte; the smallest tensor a length, no extents, a type, an offset.
    if (keyCount > reader.left() / 13) reader.fail(std::to_string(keyCount) + " keys do not fit into the file");
    for (std::uint64_t i = 0; i < keyCount; ++i) readKey(reader);
    if (tensorCount > reader.left() / 24) reader.fail(std::to_string(tensorCount) + " tensors do not fit into the file");
    std::vector<StoredTensor> list;
    for (std::uint64_t i = 0; i < tensorCount; ++i) list.push_back(readTensor(reader));

    const std::uint64_t data = (reader.at() + m_alignment - 1) / m_alignment * m_alignment;
    for (StoredTensor& tensor : list) {
        const std::uint64_t there = m_file.size() > data ? m_file.size() - data : 0;
        if (tensor.offset > there || tensor.size > there - tensor.offset)
            fail(tensor, "needs " + std::to_string(tensor.size) + " bytes from byte " + std::to_string(tensor.offset) +
                             " of the data on, but there are " + std::to_string(there) + "; " + advice);
        tensor.offset += data;
        add(std::move(tensor));
    }
    refuseOverlaps();
}

void GgufFile::readKey(ByteReader& reader) {
    const auto length = reader.number<std::uint64_t>("the length of a key");
    if (length > longestKey) reader.fail("a key of " + std::to_string(length) + " bytes");
    const std::string key = reader.text(length, "a key");
    const auto type = reader.number<std::uint32_t>("the type of a value");
    std::string value;
    if (type >= typeCount) {
        reader.fail("key '" + shown(key) + "' has a value of unknown type " + std::to_string(type));
    } else if (type == text) {
        value = reader.text(reader.number<std::uint64_t>("the length of a text"), "a text");
    } else if (type == array) {
        Array& found = m_arrays[key];
        skipArray(reader, 1, found);
        value = "[" + std::to_string(found.count) +
                (found.type == text    ? " strings]"
                 : found.type == array ? " arrays]"
                                       : " numbers]");
    } else {
        const auto bytes = reader.take(sizes[type], "a value");
        value = scalarText(Type(type), bytes);
        if (key == "general.alignment") {
            m_alignment = type == u32 ? littleEndian(bytes) : 0;
            if (!std::has_single_bit(m_alignment) || m_alignment > largestAlignment)
                reader.fail("general.alignment " + value + " is not a power of two up to 2^20, as uint32");
        }
    }
    if (!m_metadata.emplace(key, std::move(value)).second) reader.fail("key '" + shown(key) + "' is there twice");
}

void GgufFile::skipArray(ByteReader& reader, unsigned depth, Array& array) {
    if (depth > deepest) reader.fail("arrays are nested deeper than " + std::to_string(deepest));
    array.type = reader.number<std::uint32_t>("the type of an array");
    array.count = reader.number<std::uint64_t>("the length of an array");
    array.offset = reader.at();
    if (array.type >= typeCount) reader.fail("an array of unknown type " + std::to_string(array.type));
    const std::uint64_t smallest = array.type == text ? 8 : array.type == Type::array ? 12 : sizes[array.type];
    if (array.count > reader.left() / smallest)
        reader.fail("an array of " + std::to_string(array.count) + " values does not fit into the file");
    if (sizes[array.type] != 0) reader.take(array.count * smallest, "an array");
    for (std::uint64_t i = 0; sizes[array.type] == 0 && i < array.count; ++i) {
        Array inner;
        if (array.type == text) {
            reader.take(reader.number<std::uint64_t>("the length of a text"), "a text");
        } else {
            skipArray(reader, depth + 1, inner);
        }
    }
}

StoredTensor GgufFile::readTensor(ByteReader& reader) {
    StoredTensor tensor;
    const auto length = reader.number<std::uint64_t>("the length of a tensor's name");
    if (length > longestName) reader.fail("a tensor's name of " + std::to_string(length) + " bytes is longer than 64");
    tensor.name = reader.text(length, "a tensor's name");
    const auto dimensions = reader.number<std::uint32_t>("the dimensions of a tensor");
    if (dimensions > mostDimensions)
        reader.fail("tensor '" + shown(tensor.name) + "' has " + std::to_string(dimensions) + " dimensions, more than 4");
    for (std::uint32_t d = 0; d < dimensions; ++d) tensor.shape.push_back(reader.number<std::uint64_t>("an extent"));
    const std::uint64_t row = tensor.shape.empty() ? 1 : tensor.shape[0];
    std::reverse(tensor.shape.begin(), tensor.shape.end());
    const auto type = reader.number<std::uint32_t>("the type of a tensor");
    tensor.offset = reader.number<std::uint64_t>("the offset of a tensor");
    const std::optional<Stored> stored = storedType(type);
    if (!stored)
        reader.fail("tensor '" + shown(tensor.name) + "' is of type " + std::to_string(type) + ggmlName(type) +
                    ", which cannot be read, only F32, F16, BF16, F64, whole numbers, Q8_0, Q4_0, Q4_K and Q6_K");
    tensor.dtype = *stored;
    const StoredLayout& layout = layoutOf(tensor.dtype);
    if (row % layout.blockElements != 0)
        fail(tensor, "its rows cannot be cut into blocks of " + std::to_string(layout.blockElements) + "; " + advice);
    if (tensor.offset % m_alignment != 0)
        fail(tensor, "its offset is not a multiple of the alignment, " + std::to_string(m_alignment) + "; " + advice);
    std::uint64_t count = 1;
    for (const std::uint64_t extent : tensor.shape)
        if (!multiply(count, extent, count) || count > UINT64_MAX / 8)
            fail(tensor, std::string("is larger than any file; ") + advice);
    tensor.size = count / layout.blockElements * layout.blockBytes;
    return tensor;
}

const GgufFile::Array& GgufFile::arrayOf(const std::string& key) const {
    const auto found = m_arrays.find(key);
    if (found == m_arrays.end()) throw Error(path() + ": has no array '" + shown(key) + "'; is it a model of another kind?");
    return found->second;
}

std::vector<std::string> GgufFile::texts(const std::string& key) const {
    const Array& found = arrayOf(key);
    if (found.type != text) throw Error(path() + ": '" + shown(key) + "' does not hold texts; convert the model again");
    m_file.checkSize();
    const Source source{path(), "GGUF file", advice};
    ByteReader reader(source, m_file.all());
    reader.seek(found.offset);
    std::vector<std::string> values;
    values.reserve(found.count);
    for (std::uint64_t i = 0; i < found.count; ++i)
        values.push_back(reader.text(reader.number<std::uint64_t>("a length"), "a text"));
    return values;
}

std::vector<double> GgufFile::numbers(const std::string& key) const {
    const Array& found = arrayOf(key);
    const std::uint64_t size = sizes[found.type];
    if (size == 0) throw Error(path() + ": '" + shown(key) + "' does not hold numbers; convert the model again");
    m_file.checkSize();
    std::vector<double> values(found.count);
    for (std::uint64_t i = 0; i < found.count; ++i)
        values[i] = number(Type(found.type), m_file.bytes(found.offset + i * size, size));
    return values;
}

std::span<const std::byte> GgufFile::storedBytes(const StoredTensor& tensor) const {
    m_file.checkSize();
    return m_file.bytes(tensor.offset, tensor.size);
}

} // namespace orrery::model
