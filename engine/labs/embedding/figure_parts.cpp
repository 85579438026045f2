// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/figure_parts.h"

#include "engine/lab/names.h"
#include "engine/labs/embedding/colours.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace orrery::embedding {

namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int shades = 48; // of numbers
constexpr double eyeRadii = 4;

/// Turned as the window turns it (ui/labs/embedding/sight.h).
std::vector<glm::dvec2> seen(const PicturePoints& y, double turn, double tilt) {
    std::vector<glm::dvec2> at(std::size_t(y.n));
    if (y.dims < 3) {
        for (std::int64_t i = 0; i < y.n; ++i) at[std::size_t(i)] = {double(y[0][i]), double(y[1][i])};
        return at;
    }
    glm::dvec3 low(std::numeric_limits<double>::max()), high = -low;
    for (std::int64_t i = 0; i < y.n; ++i) {
        const glm::dvec3 p(y[0][i], y[1][i], y[2][i]);
        low = glm::min(low, p), high = glm::max(high, p);
    }
    const glm::dvec3 middle = 0.5 * (low + high);
    const double radius = std::max(1e-12, 0.5 * glm::distance(low, high)), a = turn * std::numbers::pi / 180,
                 b = tilt * std::numbers::pi / 180;
    const glm::dvec3 toEye(std::cos(b) * std::sin(a), std::sin(b), std::cos(b) * std::cos(a)),
        right(std::cos(a), 0, -std::sin(a)), up = glm::cross(toEye, right);
    for (std::int64_t i = 0; i < y.n; ++i) {
        const glm::dvec3 v = glm::dvec3(y[0][i], y[1][i], y[2][i]) - middle;
        at[std::size_t(i)] = glm::dvec2(glm::dot(right, v), glm::dot(up, v)) / (1 - glm::dot(toEye, v) / (eyeRadii * radius));
    }
    return at;
}

/// A rough width: capitals and what is not Latin take more.
double widthOf(const std::string& text, double size) {
    double width = 0;
    for (const char c : text) {
        const auto byte = std::uint8_t(c);
        if ((byte & 0xC0) == 0x80) continue;
        width += byte >= 0xE0 ? 1 : (byte >= 'A' && byte <= 'Z') || byte == 'm' || byte == 'w' ? 0.72 : 0.56;
    }
    return width * size;
}

/// Rectangles in which there is something already.
class Taken {
 public:
    bool take(glm::dvec2 low, glm::dvec2 high) {
        if (low.x < Paper::left || low.y < Paper::top || high.x > Paper::right || high.y > Paper::bottom) return false;
        for (const auto& [l, h] : m_boxes)
            if (low.x < h.x && high.x > l.x && low.y < h.y && high.y > l.y) return false;
        m_boxes.emplace_back(low, high);
        return true;
    }

 private:
    std::vector<std::pair<glm::dvec2, glm::dvec2>> m_boxes;
};

Inks ofNumbers(std::string title, std::span<const std::int64_t> rows, std::span<const float> values, std::int64_t n,
               std::span<const std::uint8_t> drawn) {
    Inks inks;
    inks.title = std::move(title), inks.numbers = true;
    std::tie(inks.low, inks.high) = usualRange(values);
    for (int i = 0; i < shades; ++i) inks.inks.push_back({viridis((i + 0.5) / shades), {}, 0, {}});
    Ink without{glm::vec3(0.82F), {}, 0, {}};
    std::vector<std::uint8_t> known(std::size_t(n), rows.empty());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const std::int64_t row = rows.empty() ? std::int64_t(i) : rows[i];
        if (row < 0 || row >= n || !std::isfinite(values[i])) continue;
        known[std::size_t(row)] = 2;
        const double share = (double(values[i]) - inks.low) / (inks.high - inks.low);
        Ink& ink = inks.inks[std::size_t(std::clamp(int(share * shades), 0, shades - 1))];
        ++ink.count;
        if (drawn[std::size_t(row)]) ink.rows.push_back(row);
    }
    for (std::int64_t row = 0; row < n; ++row)
        if (known[std::size_t(row)] != 2 && drawn[std::size_t(row)]) without.rows.push_back(row);
    inks.inks.insert(inks.inks.begin(), std::move(without));
    return inks;
}

} // namespace

std::vector<glm::dvec2> placesOnPaper(const PicturePoints& picture, double turn, double tilt) {
    std::vector<glm::dvec2> places = seen(picture, turn, tilt);
    glm::dvec2 low(std::numeric_limits<double>::max()), high = -low;
    for (glm::dvec2& p : places) {
        if (!std::isfinite(p.x) || !std::isfinite(p.y)) p = {nothing, nothing};
        if (!std::isnan(p.x)) low = glm::min(low, p), high = glm::max(high, p);
    }
    const glm::dvec2 room(Paper::right - Paper::left - 24, Paper::bottom - Paper::top - 24), extent = glm::max(high - low, 1e-30);
    const double scale = std::min(room.x / extent.x, room.y / extent.y);
    const glm::dvec2 middle = 0.5 * (low + high), there(0.5 * (Paper::left + Paper::right), 0.5 * (Paper::top + Paper::bottom));
    for (glm::dvec2& p : places) p = there + (p - middle) * scale * glm::dvec2(1, -1);
    return places;
}

Inks inksOf(const Projecting& cloud, const FigureLook& look, std::span<const std::uint8_t> drawn) {
    const Table& table = *cloud.problem()->table;
    const std::int64_t n = table.rows();
    if (const auto& q = cloud.quality(); q && !q->rows.empty()) {
        if (look.colour == "trust") return ofNumbers("trustworthiness", q->rows, q->trustOf, n, drawn);
        if (look.colour == "continuity") return ofNumbers("continuity", q->rows, q->continuityOf, n, drawn);
        if (look.colour == "recall") return ofNumbers("recall", q->rows, q->recallOf, n, drawn);
    }
    const Column* column = table.find(look.column);
    if (!column && look.column.empty()) column = table.spoken();
    if (look.colour == "column" && column && !column->categorical()) return ofNumbers(column->name, {}, column->values, n, drawn);
    Inks inks;
    if (look.colour != "column" || !column) {
        inks.inks.push_back({glm::vec3(0.165F, 0.435F, 0.592F), {}, std::size_t(n), {}});
        for (std::int64_t row = 0; row < n; ++row)
            if (drawn[std::size_t(row)]) inks.inks[0].rows.push_back(row);
        return inks;
    }
    inks.title = column->name;
    for (std::size_t c = 0; c < column->categories.size(); ++c)
        inks.inks.push_back({categoryColour(c, true), column->categories[c], 0, {}});
    for (std::int64_t row = 0; row < n; ++row) {
        Ink& ink = inks.inks[std::min(std::size_t(column->values[std::size_t(row)]), inks.inks.size() - 1)];
        ++ink.count;
        if (drawn[std::size_t(row)]) ink.rows.push_back(row);
    }
    std::stable_sort(inks.inks.begin(), inks.inks.end(), [](const Ink& a, const Ink& b) { return a.count > b.count; });
    return inks;
}

std::vector<Name> namesOnPaper(const Table& table, const Inks& inks, std::span<const glm::dvec2> places,
                               std::span<const std::int64_t> selection, std::span<const std::uint8_t> drawn) {
    constexpr double size = 11, classSize = 13;
    constexpr std::size_t mostClasses = 40, mostWords = 90;
    constexpr std::int64_t mostTried = 20000;
    std::vector<Name> names;
    Taken taken;
    if (table.tokens.empty()) {
        for (std::size_t i = 0; i < std::min(inks.inks.size(), mostClasses); ++i) {
            const Ink& ink = inks.inks[i];
            if (ink.name.empty() || ink.rows.empty()) continue;
            std::vector<double> x, y;
            for (const std::int64_t row : ink.rows)
                if (const glm::dvec2 p = places[std::size_t(row)]; !std::isnan(p.x)) x.push_back(p.x), y.push_back(p.y);
            if (x.empty()) continue;
            const auto half = std::ptrdiff_t(x.size() / 2);
            std::nth_element(x.begin(), x.begin() + half, x.end()), std::nth_element(y.begin(), y.begin() + half, y.end());
            const glm::dvec2 at(x[std::size_t(half)], y[std::size_t(half)]),
                reach(0.5 * widthOf(ink.name, classSize) + 2, classSize / 2);
            if (taken.take(at - reach, at + reach)) names.push_back({at, ink.name, true, true});
        }
        return names;
    }
    const auto tryRow = [&](std::int64_t row, bool strong) {
        const std::string& word = table.tokens[std::size_t(row)];
        const glm::dvec2 p = places[std::size_t(row)];
        if (std::isnan(p.x) || names.size() >= mostWords || word.empty() || word.size() > 60) return;
        if (taken.take(p + glm::dvec2(3, -size / 2), p + glm::dvec2(7 + widthOf(word, size), size / 2)))
            names.push_back({p + glm::dvec2(5, 0), word, false, strong});
    };
    for (const std::int64_t row : selection) tryRow(row, true);
    for (std::int64_t row = 0; row < std::min(table.rows(), mostTried); ++row)
        if (drawn[std::size_t(row)] && !std::binary_search(selection.begin(), selection.end(), row)) tryRow(row, false);
    return names;
}

std::array<std::string, 3> axisCaptions(const Problem& problem) {
    std::array<std::string, 3> captions;
    const StartRequest& start = problem.request.start;
    for (std::size_t d = 0; d < std::size_t(start.dims); ++d) {
        if (start.method == Method::pca && problem.pca && problem.pca->variance > 0) {
            const auto component = std::size_t(start.components[d]);
            captions[d] = "component " + std::to_string(component);
            if (component >= 1 && component <= problem.pca->eigenvalues.size())
                captions[d] +=
                    " \xC2\xB7 " + lab::figures(100 * problem.pca->eigenvalues[component - 1] / problem.pca->variance) + " %";
        } else if (start.method == Method::random) {
            captions[d] = "direction " + std::to_string(d + 1);
        } else if (start.method == Method::axes && !start.ends[2 * d + 1].empty()) {
            captions[d] = start.ends[2 * d] + " \xE2\x86\x92 " + start.ends[2 * d + 1];
        }
    }
    return captions;
}

std::string escaped(const std::string& text) {
    static const std::string bad = "\xEF\xBF\xBD";
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = std::uint8_t(text[i]);
        if (lead < 0x80) {
            out += lead == '&'   ? "&amp;"
                   : lead == '<' ? "&lt;"
                   : lead == '>' ? "&gt;"
                   : lead == '"' ? "&quot;"
                   : lead < 32   ? bad
                                 : std::string(1, text[i]);
            ++i;
            continue;
        }
        const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                                   : lead >= 0xE0 && lead < 0xF0 ? 3
                                   : lead >= 0xC2 && lead < 0xE0 ? 2
                                                                 : 0;
        bool good = length > 0 && i + length <= text.size();
        for (std::size_t k = 1; good && k < length; ++k) good = (std::uint8_t(text[i + k]) & 0xC0) == 0x80;
        out += good ? text.substr(i, length) : bad;
        i += good ? length : 1;
    }
    return out;
}

} // namespace orrery::embedding
