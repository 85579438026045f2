// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/texts.h"

namespace orrery::ui {

void Texts::setTranslate(Translate translate) {
    m_translate = std::move(translate);
    m_known.clear();
}

const std::string& Texts::operator()(const std::string& english) {
    const auto found = m_known.find(english);
    if (found != m_known.end()) return found->second;
    const std::string& text = m_known.emplace(english, m_translate ? m_translate(english) : english).first->second;
    note(text);
    return text;
}

void Texts::note(const std::string& utf8) {
    for (std::size_t i = 0; i < utf8.size();) {
        const unsigned char lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        // Two-byte characters (Latin, Greek) are always in the atlas.
        if (length >= 3) {
            const std::string character = utf8.substr(i, length);
            if (m_glyphs.find(character) == std::string::npos) {
                m_glyphs += character;
                ++m_revision;
            }
        }
        i += length;
    }
}

} // namespace orrery::ui
