// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/language/ngram_text.h"

#include "engine/error.h"

namespace orrery::language {

TextReader::TextReader(const std::string& name, std::string_view text, Unit unit) : m_text(text), m_unit(unit) {
    if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff") || text.starts_with(std::string_view("\0\0\xfe\xff", 4)))
        throw Error(name + ": is UTF-16 or UTF-32; save it as UTF-8");
    if (text.starts_with("\xef\xbb\xbf")) m_at = m_from = 3;
    if (done()) throw Error(name + ": is empty; there is nothing to count");
}

std::size_t TextReader::unitLength() {
    switch (m_unit) {
        case Unit::byte:
            break;
        case Unit::character: {
            const std::size_t length = model::utf8Length(m_text.substr(m_at, 4));
            if (length > 0) return length;
            ++m_broken;
            break;
        }
        case Unit::word: {
            std::size_t end = m_at;
            while (end < m_text.size() && m_text[end] != '\n' && !blank(m_text[end])) ++end;
            return end - m_at;
        }
    }
    return 1;
}

} // namespace orrery::language
