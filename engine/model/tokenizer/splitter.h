// SPDX-License-Identifier: GPL-3.0-or-later
// Cutting text into the pieces that merges stay inside of, by the patterns that GPT-2, Qwen2 and Llama 3 were trained
// with. They need Unicode categories and look-ahead, which std::regex lacks: ICU's expressions have both.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace orrery::model {

enum class SplitPattern { gpt2, qwen2, llama3 };

/// As it stands in tokenizer.json.
std::string_view splitText(SplitPattern pattern);

class Splitter {
 public:
    explicit Splitter(SplitPattern pattern);
    ~Splitter();
    Splitter(Splitter&&) noexcept;
    Splitter& operator=(Splitter&&) noexcept;

    /// Calls `piece` for every piece in order; together they are `text`. A run of bytes that are no UTF-8 is a piece.
    /// Several threads may call it.
    void split(std::string_view text, const std::function<void(std::string_view)>& piece) const;

 private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace orrery::model
