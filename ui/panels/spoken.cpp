// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/spoken.h"

#include <cctype>
#include <vector>

namespace orrery::ui {

namespace {

bool digit(const std::string& text, std::size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]));
}

/// Where a figure that begins at `at` ends; `at` itself: there is none. As app::Translator reads them.
std::size_t endOfFigure(const std::string& text, std::size_t at) {
    const auto wordy = [&](std::size_t i) {
        const auto c = static_cast<unsigned char>(text[i]);
        return std::isalnum(c) || c == '_' || c == '.' || c >= 0x80;
    };
    if (at > 0 && wordy(at - 1)) return at;
    std::size_t end = at + (text[at] == '-' ? 1 : 0);
    if (!digit(text, end)) return at;
    const auto digits = [&] {
        while (digit(text, end)) ++end;
    };
    digits();
    if (end < text.size() && text[end] == '.' && digit(text, end + 1)) ++end, digits();
    if (end < text.size() && text[end] == 'e') {
        const std::size_t sign = end + 1 < text.size() && (text[end + 1] == '-' || text[end + 1] == '+') ? 1 : 0;
        if (digit(text, end + 1 + sign)) end += 1 + sign, digits();
    }
    return end;
}

std::string partOf(const Look& look, const std::string& part) {
    std::vector<std::string> figures;
    std::string pattern;
    for (std::size_t at = 0; at < part.size();) {
        const std::size_t end = endOfFigure(part, at);
        if (end > at) {
            figures.push_back(part.substr(at, end - at));
            pattern += "%" + std::to_string(figures.size());
            at = end;
        } else {
            pattern += part[at++];
        }
    }
    const std::string& words = look.tr(pattern);
    std::string out;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::size_t which = words[at] == '%' && digit(words, at + 1) ? std::size_t(words[at + 1] - '0') : 0;
        if (which >= 1 && which <= figures.size())
            out += figures[which - 1], ++at;
        else
            out += words[at];
    }
    return out;
}

} // namespace

std::string spoken(const Look& look, const std::string& status) {
    static const std::string dot = " \xC2\xB7 ";
    std::string out;
    for (std::size_t from = 0; from <= status.size();) {
        const std::size_t found = status.find(dot, from), end = found == std::string::npos ? status.size() : found;
        if (from > 0) out += dot;
        out += partOf(look, status.substr(from, end - from));
        from = found == std::string::npos ? status.size() + 1 : end + dot.size();
    }
    return out;
}

} // namespace orrery::ui
