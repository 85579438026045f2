// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/stream_decoder.h"

#include "engine/model/tokenizer/utf8.h"

namespace orrery::model {

std::string StreamDecoder::push(std::int32_t id) {
    m_held += m_tokenizer->bytes(id);
    std::size_t from = 0;
    while (m_strip > 0 && from < m_held.size()) {
        if (m_held[from] != ' ') {
            m_strip = 0;
        } else {
            ++from;
            --m_strip;
        }
    }
    const std::size_t end = m_held.size() - utf8Unfinished(m_held);
    std::string text = m_held.substr(from, end - from);
    m_held.erase(0, end);
    return text;
}

std::string StreamDecoder::finish() {
    m_strip = m_tokenizer->leadingBlanks();
    return std::exchange(m_held, {});
}

} // namespace orrery::model
