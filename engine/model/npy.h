// SPDX-License-Identifier: GPL-3.0-or-later
// NumPy's .npy, versions 1 to 3 (numpy/lib/format.py). Read: b1, i1-i8, u1-u8, f2, f4, f8, little and big endian, C and
// Fortran order. Written: f4, C order. Headers are not trusted: sizes are checked against the file before anything is
// allocated, and errors name the file and the byte.
#pragma once

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <vector>

namespace orrery::model {

struct NpyHeader {
    char kind = 'f';       ///< b, i, u or f, as NumPy calls them
    unsigned itemSize = 4; ///< bytes
    bool bigEndian = false;
    bool fortranOrder = false;
    std::vector<std::uint64_t> shape; ///< empty: a scalar
    std::uint64_t count = 1;          ///< product of the shape
    std::uint64_t dataOffset = 0;     ///< byte of the first value

    std::string shapeText() const; ///< "[3, 2]"
};

/// Of the first bytes of a file or zip entry (all of it or at least `npyStart`), whose whole size is `size`. `path` is what
/// errors call it. Throws Error.
NpyHeader readNpyHeader(const std::string& path, std::span<const unsigned char> start, std::uint64_t size);
inline constexpr std::uint64_t npyStart = 12 + (1U << 16);

/// Reads the values in the order in which they lie in the file, any part of them at a time.
class NpyFile {
 public:
    explicit NpyFile(const std::string& path); ///< throws Error
    const std::string& path() const { return m_path; }
    const NpyHeader& header() const { return m_header; }

    /// `out.size()` values from number `first` on (not beyond count), as float64.
    void read(std::uint64_t first, std::span<double> out);

 private:
    std::string m_path;
    NpyHeader m_header;
    std::ifstream m_in;
    std::vector<unsigned char> m_bytes;
};

/// Row-major float32 of any shape. An older file stays whole until the new one is; throws Error naming the file when it
/// cannot be written.
void writeNpy(const std::string& path, const std::vector<std::uint64_t>& shape, std::span<const float> values);
/// The same piece by piece, for what is never in memory as a whole: first the header, then all values in order.
void writeNpyHeader(std::ostream& out, const std::vector<std::uint64_t>& shape);
void writeNpyValues(std::ostream& out, std::span<const float> values);

} // namespace orrery::model
