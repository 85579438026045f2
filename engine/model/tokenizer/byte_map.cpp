// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/byte_map.h"

#include "engine/model/tokenizer/utf8.h"

#include <array>

namespace orrery::model {

namespace {

constexpr char32_t ending = 0x100 + 68;

struct Map {
    std::array<char32_t, 256> forth{};
    std::array<int, ending> back{};
    Map() {
        back.fill(-1);
        char32_t next = 0x100;
        for (int byte = 0; byte < 256; ++byte) {
            const bool itself = (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
            forth[byte] = itself ? char32_t(byte) : next++;
            back[forth[byte]] = byte;
        }
    }
};

const Map& map() {
    static const Map map;
    return map;
}

} // namespace

char32_t printableOfByte(unsigned char byte) { return map().forth[byte]; }

std::optional<std::string> bytesOfPrintable(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        const std::size_t length = utf8Length(text);
        if (length == 0) return {};
        const char32_t character = utf8Decode(text.substr(0, length));
        if (character >= ending || map().back[character] < 0) return {};
        bytes += char(map().back[character]);
        text.remove_prefix(length);
    }
    return bytes;
}

} // namespace orrery::model
