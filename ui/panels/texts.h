// SPDX-License-Identifier: GPL-3.0-or-later
// Words of the viewport in the person's language. Remembers which characters beyond Latin it has given out, so that
// the font atlas holds exactly the glyphs that are needed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

namespace orrery::ui {

/// Translates an English text of a declaration or of the viewport; identity until a language is set.
using Translate = std::function<std::string(const std::string&)>;

class Texts {
 public:
    void setTranslate(Translate translate);
    /// `english` in the present language; the reference stays valid until the language changes.
    const std::string& operator()(const std::string& english);
    /// A text that is shown as it is (a file's name): its characters are remembered too.
    void note(const std::string& utf8);

    const std::string& glyphs() const { return m_glyphs; }     ///< UTF-8, each character beyond Latin once
    std::uint64_t glyphRevision() const { return m_revision; } ///< rises when glyphs() grows

 private:
    Translate m_translate;
    std::unordered_map<std::string, std::string> m_known;
    std::string m_glyphs;
    std::uint64_t m_revision = 0;
};

} // namespace orrery::ui
