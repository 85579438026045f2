// SPDX-License-Identifier: GPL-3.0-or-later
// Own reader, because libraries repair headers silently, and here a header that lies is to be told.
#include "engine/error.h"
#include "engine/labs/statespace/recording.h"

#include <bit>
#include <cmath>
#include <cstring>

namespace orrery::statespace {

namespace {

constexpr std::uint16_t pcm = 1, ieee = 3, aLaw = 6, muLaw = 7, extensible = 0xFFFE;
constexpr std::uint32_t unknownSize = 0xFFFFFFFF; // RF64, and what recorders write before they know
constexpr std::uint64_t mostChannels = 1024;
constexpr std::uint64_t framesBetween = 1 << 16; ///< two tellings of progress

struct Reader {
    std::span<const std::byte> bytes;
    std::string name;

    template <class T>
    T at(std::uint64_t place) const { // little-endian
        T value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i)
            value = T(value | T(T(std::to_integer<std::uint8_t>(bytes[place + i])) << (8 * i)));
        return value;
    }
    bool tag(std::uint64_t place, const char* text) const { return std::memcmp(bytes.data() + place, text, 4) == 0; }
    [[noreturn]] void fail(const std::string& what) const { throw Error(name + ": " + what); }
};

struct Format {
    std::uint16_t kind = 0, channels = 0, frame = 0, bits = 0;
    std::uint32_t rate = 0;
    std::uint64_t width() const { return (bits + 7u) / 8; }
};

std::string number(std::uint64_t n) { return std::to_string(n); }

Format formatOf(const Reader& r, std::uint64_t place, std::uint64_t size) {
    if (size < 16) r.fail("its format chunk has " + number(size) + " bytes of at least 16; the file is damaged");
    Format f{r.at<std::uint16_t>(place), r.at<std::uint16_t>(place + 2), r.at<std::uint16_t>(place + 12),
             r.at<std::uint16_t>(place + 14), r.at<std::uint32_t>(place + 4)};
    if (f.kind == extensible) {
        if (size < 26) r.fail("its extensible format chunk is cut short; the file is damaged");
        f.kind = r.at<std::uint16_t>(place + 24);
    }
    if (f.channels == 0 || f.channels > mostChannels)
        r.fail("its header claims " + number(f.channels) + " channels; 1 to " + number(mostChannels) + " can be read");
    if (f.rate == 0) r.fail("its header claims a rate of 0 samples per second; it lies or is damaged");
    const bool known = (f.kind == pcm && f.bits >= 1 && f.bits <= 32) || (f.kind == ieee && (f.bits == 32 || f.bits == 64)) ||
                       ((f.kind == aLaw || f.kind == muLaw) && f.bits == 8);
    if (!known)
        r.fail("holds samples of kind " + number(f.kind) + " with " + number(f.bits) +
               " bits; PCM of 1 to 32 bits, float of 32 and 64, A-law and mu-law can be read. Convert it to one of these");
    if (f.frame != f.channels * f.width())
        r.fail("its header contradicts itself: " + number(f.channels) + " channels of " + number(f.bits) + " bits take " +
               number(f.channels * f.width()) + " bytes, not the " + number(f.frame) + " that it states");
    return f;
}

/// ITU-T G.711, to [-1, 1].
double aLawValue(std::uint8_t byte) {
    const unsigned v = byte ^ 0x55u, exponent = v >> 4 & 7u, mantissa = v & 15u;
    const unsigned magnitude = exponent == 0 ? (mantissa << 4) + 8 : ((mantissa << 4) + 0x108) << (exponent - 1);
    return (v & 0x80u ? 1 : -1) * double(magnitude) / 32768;
}
double muLawValue(std::uint8_t byte) {
    const unsigned v = ~unsigned(byte) & 0xFFu, exponent = v >> 4 & 7u, mantissa = v & 15u;
    const unsigned magnitude = (((mantissa << 3) + 0x84) << exponent) - 0x84;
    return (v & 0x80u ? -1 : 1) * double(magnitude) / 32768;
}

double sampleAt(const Reader& r, const Format& f, std::uint64_t place) {
    if (f.kind == ieee && f.bits == 64) return std::bit_cast<double>(r.at<std::uint64_t>(place));
    if (f.kind == ieee) return double(std::bit_cast<float>(r.at<std::uint32_t>(place)));
    if (f.kind == aLaw) return aLawValue(r.at<std::uint8_t>(place));
    if (f.kind == muLaw) return muLawValue(r.at<std::uint8_t>(place));
    const std::uint64_t width = f.width();                                  // left-justified in its bytes
    if (width == 1) return (double(r.at<std::uint8_t>(place)) - 128) / 128; // unsigned, as the format has it
    std::uint32_t word = 0;
    for (std::uint64_t i = 0; i < width; ++i) word |= std::uint32_t(r.at<std::uint8_t>(place + i)) << (8 * (4 - width + i));
    return double(std::int32_t(word)) * 0x1p-31;
}

} // namespace

Recording readWav(std::span<const std::byte> bytes, const std::string& name, const ReadProgress& progress) {
    const Reader r{bytes, name};
    const std::uint64_t total = bytes.size();
    if (total < 12 || !(r.tag(0, "RIFF") || r.tag(0, "RF64")) || !r.tag(8, "WAVE")) r.fail("is no WAV file");
    Recording recording;
    Format format;
    std::uint64_t wideSize = 0;
    bool formatSeen = false, dataSeen = false;
    for (std::uint64_t place = 12; place + 8 <= total && !dataSeen;) {
        std::uint64_t size = r.at<std::uint32_t>(place + 4);
        const std::uint64_t body = place + 8, left = total - body;
        const bool data = r.tag(place, "data");
        if (!data && size > left)
            r.fail("a chunk claims " + number(size) + " bytes where " + number(left) +
                   " are left; the file is cut short or its header lies");
        if (r.tag(place, "ds64") && size >= 24) wideSize = r.at<std::uint64_t>(body + 8);
        if (r.tag(place, "fmt ")) format = formatOf(r, body, size), formatSeen = true;
        if (data) {
            if (!formatSeen) r.fail("its samples come before their format; the file is damaged");
            dataSeen = true;
            if (size == unknownSize && wideSize > 0) size = wideSize;
            if (size == unknownSize || (size == 0 && left >= format.frame)) {
                recording.remarks.push_back("The header does not say how long the sound is; it was read to the end of the file.");
                size = left;
            }
            if (size > left)
                r.fail("its header claims " + number(size) + " bytes of sound where the file holds " + number(left) +
                       "; it was cut short or its header lies. Save it again from the program that made it");
            const std::uint64_t frames = size / format.frame;
            if (frames == 0) r.fail("holds no samples");
            if (frames > std::uint64_t(mostSamples))
                r.fail("has " + number(frames) + " samples, more than " + number(mostSamples) + ", which is the most; cut it");
            if (frames * format.channels > 8 * std::uint64_t(mostSamples))
                r.fail("has " + number(frames) + " samples in " + number(format.channels) +
                       " channels, which is too much; keep fewer channels");
            if (size % format.frame != 0) recording.remarks.push_back("The last sample is cut short and was left away.");
            for (std::uint64_t c = 0; c < format.channels; ++c) {
                Vector channel(frames);
                for (std::uint64_t t = 0; t < frames; ++t) {
                    if (t % framesBetween == 0) goOn(progress, double(c * frames + t) / double(format.channels * frames), name);
                    channel[t] = sampleAt(r, format, body + t * format.frame + c * format.width());
                    if (!std::isfinite(channel[t]))
                        r.fail("sample " + number(t + 1) + " of channel " + number(c + 1) + " is not a finite number");
                }
                recording.channels.push_back(std::move(channel));
                recording.names.push_back(format.channels == 1   ? "mono"
                                          : format.channels == 2 ? (c == 0 ? "left" : "right")
                                                                 : "channel " + number(c + 1));
            }
        }
        place = body + size + size % 2;
    }
    if (!formatSeen) r.fail("has no format chunk; the file is damaged");
    if (!dataSeen) r.fail("holds no sound: there is no data chunk");
    recording.rate = double(format.rate);
    return recording;
}

} // namespace orrery::statespace
