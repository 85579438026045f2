// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/model/tokenizer/normaliser.h"

#include "engine/error.h"
#include "engine/model/tokenizer/utf8.h"

#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <algorithm>

namespace orrery::model {

namespace {

const icu::Normalizer2& form(NormaliserStep::Kind kind) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const found = kind == NormaliserStep::Kind::nfc    ? icu::Normalizer2::getNFCInstance(status)
                                          : kind == NormaliserStep::Kind::nfd  ? icu::Normalizer2::getNFDInstance(status)
                                          : kind == NormaliserStep::Kind::nfkc ? icu::Normalizer2::getNFKCInstance(status)
                                                                               : icu::Normalizer2::getNFKDInstance(status);
    if (U_FAILURE(status)) throw Error(std::string("ICU has no data for Unicode normal forms: ") + u_errorName(status));
    return *found;
}

std::string inForm(const std::string& text, NormaliserStep::Kind kind) {
    if (std::all_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) >= 0; })) return text;
    const icu::Normalizer2& normal = form(kind);
    std::string result;
    utf8Runs(
        text,
        [&](std::string_view run) {
            UErrorCode status = U_ZERO_ERROR;
            const icu::UnicodeString source = icu::UnicodeString::fromUTF8(icu::StringPiece(run.data(), int(run.size())));
            const icu::UnicodeString made = normal.normalize(source, status);
            if (U_FAILURE(status)) throw Error(std::string("Unicode normal form: ") + u_errorName(status));
            made.toUTF8String(result);
        },
        [&](std::string_view run) { result += run; });
    return result;
}

} // namespace

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string result;
    while (true) {
        const std::size_t at = text.find(from);
        result += text.substr(0, at);
        if (at == std::string_view::npos) return result;
        result += to;
        text.remove_prefix(at + from.size());
    }
}

std::string normalise(std::string text, const std::vector<NormaliserStep>& steps) {
    for (const NormaliserStep& step : steps) {
        if (step.kind == NormaliserStep::Kind::prepend) {
            if (!text.empty()) text.insert(0, step.to);
        } else if (step.kind == NormaliserStep::Kind::replace) {
            text = replaced(text, step.from, step.to);
        } else {
            text = inForm(text, step.kind);
        }
    }
    return text;
}

} // namespace orrery::model
