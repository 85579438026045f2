// SPDX-License-Identifier: GPL-3.0-or-later
// Reads an 8-bit RGB or RGBA PNG after its specification (ISO/IEC 15948), apart from the library that wrote it.
#pragma once

#include <QtCore/QByteArray>
#include <QtCore/QFile>
#include <QtCore/QtEndian>

#include <cstdint>
#include <cstdlib>
#include <vector>

namespace orrery::test {

struct Png {
    std::uint32_t width = 0, height = 0; ///< zero when it could not be read
    std::vector<std::uint32_t> pixels;   ///< 0xRRGGBB
};

inline std::uint8_t paeth(int a, int b, int c) {
    const int p = a + b - c, pa = std::abs(p - a), pb = std::abs(p - b), pc = std::abs(p - c);
    return std::uint8_t(pa <= pb && pa <= pc ? a : pb <= pc ? b : c);
}

inline Png readPng(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray bytes = file.readAll();
    if (!bytes.startsWith("\x89PNG\r\n\x1a\n")) return {};
    Png png;
    int channels = 0;
    QByteArray packed;
    for (qsizetype at = 8; at + 12 <= bytes.size();) {
        const auto length = qFromBigEndian<quint32>(bytes.constData() + at);
        const QByteArray type = bytes.mid(at + 4, 4), data = bytes.mid(at + 8, length);
        if (type == "IHDR") {
            png.width = qFromBigEndian<quint32>(data.constData()), png.height = qFromBigEndian<quint32>(data.constData() + 4);
            if (data[8] != 8 || (data[9] != 2 && data[9] != 6) || data[12] != 0) return {};
            channels = data[9] == 2 ? 3 : 4;
        }
        if (type == "IDAT") packed += data;
        at += 12 + length;
    }
    const std::size_t stride = std::size_t(png.width) * std::size_t(channels);
    QByteArray prefix(4, '\0'); // qUncompress wants the expected size in front
    qToBigEndian(quint32((stride + 1) * png.height), prefix.data());
    const QByteArray raw = qUncompress(prefix + packed);
    if (std::size_t(raw.size()) != (stride + 1) * png.height) return {};
    std::vector<std::uint8_t> above(stride), row(stride);
    for (std::uint32_t y = 0; y < png.height; ++y) {
        const auto* in = reinterpret_cast<const std::uint8_t*>(raw.constData()) + y * (stride + 1);
        for (std::size_t i = 0; i < stride; ++i) {
            const bool first = i < std::size_t(channels);
            const int a = first ? 0 : row[i - std::size_t(channels)], b = above[i],
                      c = first ? 0 : above[i - std::size_t(channels)];
            const int predicted[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
            row[i] = std::uint8_t(in[i + 1] + predicted[in[0] % 5]);
        }
        for (std::uint32_t x = 0; x < png.width; ++x) {
            const std::uint8_t* p = row.data() + std::size_t(x) * std::size_t(channels);
            png.pixels.push_back(std::uint32_t(p[0]) << 16 | std::uint32_t(p[1]) << 8 | p[2]);
        }
        above = row;
    }
    return png;
}

} // namespace orrery::test
