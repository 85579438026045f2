// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/splitter.h"

#include "engine/error.h"
#include "engine/model/tokenizer/utf8.h"

#include <unicode/regex.h>

namespace orrery::model {

namespace {

constexpr std::size_t longestRun = std::size_t(1) << 30; // ICU counts in int

void check(UErrorCode status) {
    if (U_FAILURE(status)) throw Error(std::string("cutting text into pieces: ICU says ") + u_errorName(status));
}

std::size_t bytesOf(const icu::UnicodeString& text, int from, int to) {
    std::size_t bytes = 0;
    for (int i = from; i < to; ++i) {
        const char16_t unit = text[i];
        bytes += unit < 0x80 ? 1 : unit < 0x800 || (unit & 0xf800) == 0xd800 ? 2 : 3; // a surrogate is half of four
    }
    return bytes;
}

} // namespace

struct Splitter::Impl {
    std::unique_ptr<icu::RegexPattern> pattern;
};

std::string_view splitText(SplitPattern pattern) {
    switch (pattern) {
        case SplitPattern::gpt2:
            return R"('(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
        case SplitPattern::qwen2:
            return R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
        case SplitPattern::llama3:
            break;
    }
    return R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
}

Splitter::Splitter(SplitPattern pattern) : m_impl(std::make_unique<Impl>()) {
    UErrorCode status = U_ZERO_ERROR;
    m_impl->pattern.reset(icu::RegexPattern::compile(icu::UnicodeString::fromUTF8(std::string(splitText(pattern))), 0, status));
    check(status);
}
Splitter::~Splitter() = default;
Splitter::Splitter(Splitter&&) noexcept = default;
Splitter& Splitter::operator=(Splitter&&) noexcept = default;

void Splitter::split(std::string_view text, const std::function<void(std::string_view)>& piece) const {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::RegexMatcher> matcher(m_impl->pattern->matcher(status));
    check(status);
    matcher->setStackLimit(0, status); // a long run of blanks goes back one step for each
    check(status);
    const auto valid = [&](std::string_view run) {
        if (run.size() > longestRun) throw Error("cutting text into pieces: more than 1 GB at once; give it in parts");
        const icu::UnicodeString units = icu::UnicodeString::fromUTF8(icu::StringPiece(run.data(), int(run.size())));
        matcher->reset(units);
        int done = 0;
        const auto upTo = [&](int end) {
            if (end == done) return;
            const std::size_t bytes = bytesOf(units, done, end);
            piece(run.substr(0, bytes));
            run.remove_prefix(bytes);
            done = end;
        };
        while (matcher->find(status)) {
            upTo(matcher->start(status));
            upTo(matcher->end(status));
        }
        check(status);
        upTo(units.length());
    };
    utf8Runs(text, valid, piece);
}

} // namespace orrery::model
