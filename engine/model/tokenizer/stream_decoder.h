// SPDX-License-Identifier: GPL-3.0-or-later
// Text as it grows token by token: bytes of a character whose rest has not come yet are held back.
#pragma once

#include "engine/model/tokenizer/tokenizer.h"

namespace orrery::model {

class StreamDecoder {
 public:
    explicit StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer)
        : m_tokenizer(std::move(tokenizer)), m_strip(m_tokenizer->leadingBlanks()) {}

    std::string push(std::int32_t id); ///< what can be shown now; throws Error for an id beyond the vocabulary
    std::string finish();              ///< what is left, whole or not; the next push begins a text

 private:
    std::shared_ptr<const Tokenizer> m_tokenizer;
    std::string m_held;
    int m_strip; // blanks still to take off the start
};

} // namespace orrery::model
