// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/panels/spoken.h"

#include <cctype>

namespace orrery::ui {

namespace {

bool digit(const std::string& text, std::size_t at) {
    return at < text.size() && std::isdigit(static_cast<unsigned char>(text[at]));
}

/// Where a figure that begins at `at` ends; `at` itself: there is none. A digit within a word ("FP16", "x2") is no figure.
std::size_t endOfFigure(const std::string& text, std::size_t at) {
    const auto wordy = [&](std::size_t i) {
        return std::isalnum(static_cast<unsigned char>(text[i])) || text[i] == '_' || text[i] == '.';
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
    const Figured read = figured(part);
    return filled(look.tr(read.pattern), read.figures);
}

} // namespace

Figured figured(const std::string& text) {
    Figured out;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = endOfFigure(text, at);
        if (end > at) {
            out.figures.push_back(text.substr(at, end - at));
            out.pattern += "%" + std::to_string(out.figures.size());
            at = end;
        } else {
            out.pattern += text[at++];
        }
    }
    return out;
}

std::string filled(const std::string& words, const std::vector<std::string>& figures) {
    std::string out;
    for (std::size_t at = 0; at < words.size();) {
        std::size_t end = at + 1, which = 0;
        while (words[at] == '%' && digit(words, end) && which <= figures.size())
            which = 10 * which + std::size_t(words[end++] - '0');
        const bool place = which >= 1 && which <= figures.size();
        out += place ? figures[which - 1] : std::string(1, words[at]);
        at = place ? end : at + 1;
    }
    return out;
}

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
