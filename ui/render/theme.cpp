// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/render/theme.h"

#include "engine/colour_tables.h"

#include <cstdint>

namespace orrery::ui {
namespace {

constexpr glm::vec3 rgb(std::uint32_t hex) {
    return {float(hex >> 16 & 255) / 255, float(hex >> 8 & 255) / 255, float(hex & 255) / 255};
}
constexpr glm::vec4 opaque(std::uint32_t hex) { return {rgb(hex), 1}; }

} // namespace

const Theme& darkTheme() {
    static const Theme theme{.light = false,
                             .ground = opaque(0x0A0F1D),
                             .dock = opaque(0x10162A),
                             .card = opaque(0x171F38),
                             .raised = opaque(0x1E2847),
                             .line = opaque(0x283356),
                             .text = opaque(0xE7EBF6),
                             .secondary = opaque(0x9BA8C7),
                             .faint = opaque(0x65718F),
                             .brass = opaque(0xDCAB5A),
                             .dimBrass = opaque(0x8A6A35),
                             .ok = opaque(0x7CC48F),
                             .bad = opaque(0xE5737D),
                             .info = opaque(0x6CB6D9)};
    return theme;
}

const Theme& lightTheme() {
    static const Theme theme{.light = true,
                             .ground = opaque(0xFBFAF7),
                             .dock = opaque(0xF3F1EA),
                             .card = opaque(0xFFFFFF),
                             .raised = opaque(0xECE8DD),
                             .line = opaque(0xD9D4C7),
                             .text = opaque(0x1D2233),
                             .secondary = opaque(0x5B6478),
                             .faint = opaque(0x8A90A0),
                             .brass = opaque(0x9A6B15),
                             .dimBrass = opaque(0xC9A766),
                             .ok = opaque(0x2E7D4F),
                             .bad = opaque(0xB3404C),
                             .info = opaque(0x2A6F97)};
    return theme;
}

const std::array<glm::vec3, 7> categories{rgb(okabeIto[0]), rgb(okabeIto[1]), rgb(okabeIto[2]), rgb(okabeIto[3]),
                                          rgb(okabeIto[4]), rgb(okabeIto[5]), rgb(okabeIto[6])};

} // namespace orrery::ui
