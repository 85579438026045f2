// SPDX-License-Identifier: GPL-3.0-or-later
// GPT-2's way to write any byte as a printable character, so that vocab.json is text: printable Latin-1 stands for
// itself, the other 68 bytes for U+0100 onwards in their order (Radford et al. 2019, bytes_to_unicode).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace orrery::model {

char32_t printableOfByte(unsigned char byte);
/// The bytes that `text` stands for; nothing when a character of it stands for none.
std::optional<std::string> bytesOfPrintable(std::string_view text);

} // namespace orrery::model
