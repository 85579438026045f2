// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace orrery::model {

/// 8 bits a channel: 1 grey, 3 RGB, 4 RGBA; row after row from the top, width x height x channels bytes. An older file stays whole
/// until the new one is; throws Error naming the file when it cannot be written.
void writePng(const std::string& path, std::uint32_t width, std::uint32_t height, int channels,
              std::span<const std::uint8_t> pixels);

} // namespace orrery::model
