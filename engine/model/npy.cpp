// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/npy.h"

#include "engine/error.h"
#include "engine/model/dequantise.h"
#include "engine/replace_file.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <filesystem>

namespace orrery::model {

namespace {

constexpr std::uint64_t longestHeader = 1u << 16; // NumPy's own limit is 10,000 bytes
constexpr std::size_t mostDimensions = 32;        // as NumPy's

/// The Python dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), } and nothing beyond it.
class HeaderParser {
 public:
    HeaderParser(const std::string& path, const std::string& text, std::uint64_t offset)
        : m_path(path), m_text(text), m_offset(offset) {}

    NpyHeader parse() {
        NpyHeader header;
        bool seen[3] = {};
        expect('{');
        while (!accept('}')) {
            const std::string key = string();
            expect(':');
            if (key == "descr" && !seen[0]) {
                seen[0] = true, dtype(header);
            } else if (key == "fortran_order" && !seen[1]) {
                seen[1] = true, header.fortranOrder = boolean();
            } else if (key == "shape" && !seen[2]) {
                seen[2] = true, shape(header);
            } else {
                fail("the key '" + key + "' does not belong here");
            }
            if (!accept(',')) {
                expect('}');
                break;
            }
        }
        for (const bool there : seen)
            if (!there) fail("one of descr, fortran_order and shape is missing");
        return header;
    }

    [[noreturn]] void fail(const std::string& what) const {
        throw Error(m_path + ": not a readable .npy file at byte " + std::to_string(m_offset + m_at) + ": " + what +
                    "; save it again with numpy.save");
    }

 private:
    void blanks() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t')) ++m_at;
    }
    bool accept(char c) {
        blanks();
        if (m_at >= m_text.size() || m_text[m_at] != c) return false;
        ++m_at;
        return true;
    }
    void expect(char c) {
        if (!accept(c)) fail(std::string("expected '") + c + "'");
    }
    std::string string() {
        blanks();
        const char quote = m_at < m_text.size() ? m_text[m_at] : ' ';
        if (quote != '\'' && quote != '"') fail("expected a quoted word (structured types cannot be read)");
        const std::size_t end = m_text.find(quote, m_at + 1);
        if (end == std::string::npos || end - m_at > 64) fail("a quoted word does not end");
        std::string word = m_text.substr(m_at + 1, end - m_at - 1);
        for (char& c : word)
            if (c < 0x20 || c > 0x7e) c = '?';
        m_at = end + 1;
        return word;
    }
    bool boolean() {
        blanks();
        for (const auto& [word, value] : {std::pair("True", true), std::pair("False", false)})
            if (m_text.compare(m_at, std::strlen(word), word) == 0) return m_at += std::strlen(word), value;
        fail("expected True or False");
    }
    void dtype(NpyHeader& header) {
        const std::string name = string();
        const std::string_view order = "<>|=";
        const std::string core = !name.empty() && order.find(name[0]) != order.npos ? name.substr(1) : name;
        static constexpr const char* readable[] = {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"};
        if (std::find(std::begin(readable), std::end(readable), core) == std::end(readable))
            fail("values of type '" + name + "' cannot be read, only booleans, whole numbers and floats of 2 to 8 bytes");
        header.kind = core[0];
        header.itemSize = unsigned(core[1] - '0');
        header.bigEndian = name[0] == '>';
    }
    void shape(NpyHeader& header) {
        expect('(');
        while (!accept(')')) {
            blanks();
            std::uint64_t extent = 0;
            const char* begin = m_text.data() + m_at;
            const auto [end, error] = std::from_chars(begin, m_text.data() + m_text.size(), extent);
            if (error != std::errc()) fail("the shape must be whole numbers");
            if (extent != 0 && header.count > UINT64_MAX / 8 / extent) fail("the shape is larger than any file");
            if (header.shape.size() == mostDimensions) fail("the shape has more than 32 dimensions");
            m_at += std::size_t(end - begin);
            header.shape.push_back(extent);
            header.count *= extent;
            if (!accept(',')) {
                expect(')');
                break;
            }
        }
    }

    const std::string& m_path;
    const std::string& m_text;
    std::uint64_t m_offset;
    std::size_t m_at = 0;
};

/// One value from its bytes, least significant first.
double decode(const NpyHeader& header, std::uint64_t bits) {
    const unsigned size = 8 * header.itemSize;
    switch (header.kind) {
        case 'i': // shift up and back down to extend the sign
            return double(std::int64_t(bits << (64 - size)) >> (64 - size));
        case 'f':
            if (size == 16) return halfToFloat(std::uint16_t(bits));
            return size == 32 ? double(std::bit_cast<float>(std::uint32_t(bits))) : std::bit_cast<double>(bits);
        case 'b':
            return bits != 0;
        default:
            return double(bits);
    }
}

std::uint64_t littleEndian(const unsigned char* bytes, unsigned count) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < count; ++i) value |= std::uint64_t(bytes[i]) << (8 * i);
    return value;
}

} // namespace

std::string NpyHeader::shapeText() const {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

NpyHeader readNpyHeader(const std::string& path, std::span<const unsigned char> start, std::uint64_t size) {
    const std::string nothing;
    if (start.size() < 10 || std::memcmp(start.data(), "\x93NUMPY", 6) != 0)
        HeaderParser(path, nothing, 0).fail("it does not begin with \\x93NUMPY");
    const unsigned version = start[6];
    if (version < 1 || version > 3) HeaderParser(path, nothing, 6).fail("version " + std::to_string(version) + " is unknown");
    const unsigned lengthBytes = version == 1 ? 2 : 4;
    const std::uint64_t headerAt = 8 + lengthBytes;
    const std::uint64_t length = start.size() < headerAt ? 0 : littleEndian(start.data() + 8, lengthBytes);
    if (length > longestHeader || headerAt + length > start.size())
        HeaderParser(path, nothing, 8).fail("the header cannot be " + std::to_string(length) + " bytes long");

    const std::string text(reinterpret_cast<const char*>(start.data()) + headerAt, length);
    NpyHeader header = HeaderParser(path, text, headerAt).parse();
    header.dataOffset = headerAt + length;
    const std::uint64_t needed = header.count * header.itemSize, there = size - header.dataOffset;
    if (needed > there)
        HeaderParser(path, nothing, header.dataOffset)
            .fail("the shape " + header.shapeText() + " needs " + std::to_string(needed) + " bytes, but " +
                  std::to_string(there) + " are there");
    return header;
}

NpyFile::NpyFile(const std::string& path) : m_path(path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) throw Error(path + ": is a folder, not a file");
    const std::uint64_t fileSize = std::filesystem::file_size(path, error);
    m_in.open(path, std::ios::binary);
    if (error || !m_in) throw Error(path + ": cannot be read; check that it exists and that you may read it");
    m_bytes.resize(std::min(fileSize, npyStart));
    m_in.read(reinterpret_cast<char*>(m_bytes.data()), std::streamsize(m_bytes.size()));
    m_bytes.resize(std::size_t(m_in.gcount()));
    m_header = readNpyHeader(path, m_bytes, fileSize);
}

void NpyFile::read(std::uint64_t first, std::span<double> out) {
    if (first > m_header.count || out.size() > m_header.count - first) throw Error(m_path + ": read beyond its last value");
    const unsigned size = m_header.itemSize;
    m_bytes.resize(out.size() * size);
    m_in.clear();
    m_in.seekg(std::streamoff(m_header.dataOffset + first * size));
    m_in.read(reinterpret_cast<char*>(m_bytes.data()), std::streamsize(m_bytes.size()));
    if (std::size_t(m_in.gcount()) != m_bytes.size())
        throw Error(m_path + ": ended at byte " +
                    std::to_string(m_header.dataOffset + first * size + std::uint64_t(m_in.gcount())) +
                    " while it was read; was it changed meanwhile?");
    for (std::size_t i = 0; i < out.size(); ++i) {
        unsigned char* item = m_bytes.data() + i * size;
        if (m_header.bigEndian) std::reverse(item, item + size);
        out[i] = decode(m_header, littleEndian(item, size));
    }
}

void writeNpyHeader(std::ostream& out, const std::vector<std::uint64_t>& shape) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (";
    for (const std::uint64_t extent : shape) header += std::to_string(extent) + ",";
    header += "), }";
    const std::size_t preamble = 10; // padded so that the values begin at a multiple of 64
    header.append(63 - (preamble + header.size()) % 64, ' ');
    header += '\n';
    const char start[preamble] = {'\x93', 'N', 'U', 'M', 'P', 'Y', 1, 0, char(header.size() & 255), char(header.size() >> 8)};
    out.write(start, preamble);
    out << header;
}

void writeNpyValues(std::ostream& out, std::span<const float> values) {
    if constexpr (std::endian::native == std::endian::little) {
        out.write(reinterpret_cast<const char*>(values.data()), std::streamsize(values.size_bytes()));
    } else {
        for (const float value : values) {
            const auto bits = std::bit_cast<std::uint32_t>(value);
            const char bytes[4] = {char(bits), char(bits >> 8), char(bits >> 16), char(bits >> 24)};
            out.write(bytes, 4);
        }
    }
}

void writeNpy(const std::string& path, const std::vector<std::uint64_t>& shape, std::span<const float> values) {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) count *= extent;
    if (count != values.size())
        throw Error(path + ": " + std::to_string(values.size()) + " values do not fill a shape of " + std::to_string(count));
    replaceFile(path, [&](std::ostream& out) {
        writeNpyHeader(out, shape);
        writeNpyValues(out, values);
    });
}

} // namespace orrery::model
