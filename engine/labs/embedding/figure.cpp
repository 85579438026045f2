// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/embedding/figure.h"

#include "engine/error.h"
#include "engine/lab/names.h"
#include "engine/labs/embedding/figure_parts.h"

#include <algorithm>
#include <cmath>

namespace orrery::embedding {

namespace {

constexpr int fine = 10; // steps of a pixel in which points are placed
constexpr std::size_t mostEntries = 24;

std::string number(double value) { // of paper: a hundredth of a pixel is enough
    return lab::shortest(std::round(value * 100) / 100);
}

std::string hex(const glm::vec3& colour) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "#";
    for (int c = 0; c < 3; ++c) {
        const int value = int(std::lround(std::clamp(colour[c], 0.F, 1.F) * 255));
        text += digits[value / 16], text += digits[value % 16];
    }
    return text;
}

std::string grouped(std::size_t count) {
    std::string digits = std::to_string(count);
    for (int at = int(digits.size()) - 3; at > 0; at -= 3) digits.insert(std::size_t(at), ",");
    return digits;
}

class Svg {
 public:
    Svg() {
        m_text = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(Paper::width) + " " + number(Paper::height) +
                 "\" width=\"" + number(Paper::width) + "\" height=\"" + number(Paper::height) +
                 "\" font-family=\"Inter, 'Noto Sans', 'Noto Sans CJK SC', sans-serif\" font-size=\"12\">\n<rect width=\"100%\" "
                 "height=\"100%\" fill=\"#ffffff\"/>\n";
    }
    void text(glm::dvec2 at, const std::string& words, const std::string& more) {
        m_text += "<text x=\"" + number(at.x) + "\" y=\"" + number(at.y) + "\" " + more + ">" + escaped(words) + "</text>\n";
    }
    /// Text on a white edge, so that it can be read over points.
    void overPoints(glm::dvec2 at, const std::string& words, const std::string& more) {
        text(at, words, "stroke=\"#ffffff\" stroke-width=\"3\" stroke-linejoin=\"round\" fill=\"#ffffff\" " + more);
        text(at, words, "fill=\"#1d2233\" " + more);
    }
    void raw(const std::string& line) { m_text += line + "\n"; }
    /// Round dots as one path: a stroke of almost no length each, from where the last one ended.
    void dots(std::span<const std::int64_t> rows, std::span<const glm::dvec2> places, const std::string& colour,
              const std::string& name) {
        std::string path;
        long x = 0, y = 0;
        for (const std::int64_t row : rows) {
            const glm::dvec2 p = places[std::size_t(row)];
            if (std::isnan(p.x)) continue;
            const long px = std::lround(p.x * fine), py = std::lround(p.y * fine);
            path += path.empty() ? "M" : "m";
            path += std::to_string(px - x) + " " + std::to_string(py - y) + "h1";
            x = px + 1, y = py;
        }
        if (path.empty()) return;
        m_text += "<path stroke=\"" + colour + "\" d=\"" + path + "\">";
        if (!name.empty()) m_text += "<title>" + escaped(name) + "</title>";
        m_text += "</path>\n";
    }
    std::string finished() && { return std::move(m_text) + "</svg>\n"; }

 private:
    std::string m_text;
};

void legend(Svg& svg, const Inks& inks) {
    if (inks.title.empty()) return;
    double y = Paper::top + 8;
    svg.text({Paper::legend, y}, inks.title, "font-weight=\"600\" fill=\"#1d2233\"");
    if (inks.numbers) {
        y += 14;
        const double each = (Paper::width - 40 - Paper::legend) / double(inks.inks.size() - 1);
        for (std::size_t i = 1; i < inks.inks.size(); ++i)
            svg.raw("<rect x=\"" + number(Paper::legend + each * double(i - 1)) + "\" y=\"" + number(y) + "\" width=\"" +
                    number(each + 0.4) + "\" height=\"10\" fill=\"" + hex(inks.inks[i].colour) + "\"/>");
        static const char* const anchors[3] = {"start", "middle", "end"};
        for (int i = 0; i < 3; ++i)
            svg.text({Paper::legend + (Paper::width - 40 - Paper::legend) * i / 2, y + 25},
                     lab::figures(inks.low + (inks.high - inks.low) * i / 2),
                     std::string("fill=\"#5b6478\" text-anchor=\"") + anchors[i] + "\"");
        return;
    }
    const std::size_t shown = std::min(inks.inks.size(), mostEntries);
    for (std::size_t i = 0; i < shown; ++i) {
        y += 20;
        const Ink& ink = inks.inks[i];
        std::string name = ink.name;
        if (name.size() > 20) { // whole characters
            std::size_t end = 19;
            while (end > 0 && (std::uint8_t(name[end]) & 0xC0) == 0x80) --end;
            name = name.substr(0, end) + "\xE2\x80\xA6";
        }
        svg.raw("<circle cx=\"" + number(Paper::legend + 5) + "\" cy=\"" + number(y - 4) + "\" r=\"4.5\" fill=\"" +
                hex(ink.colour) + "\"/>");
        svg.text({Paper::legend + 17, y}, name, "fill=\"#1d2233\"");
        svg.text({Paper::width - 28, y}, grouped(ink.count), "fill=\"#5b6478\" text-anchor=\"end\"");
    }
    if (inks.inks.size() > shown)
        svg.text({Paper::legend + 17, y + 20}, "and " + grouped(inks.inks.size() - shown) + " more", "fill=\"#5b6478\"");
}

std::string captionOf(const Projecting& cloud) {
    static const char* const methods[] = {"PCA", "t-SNE", "UMAP", "Random directions", "Axes from row to row"};
    const Problem& p = *cloud.problem();
    const Request& r = p.request;
    std::string text = std::string(methods[int(r.graph.method)]) + " of " + grouped(std::size_t(p.table->rows())) + " \xC3\x97 " +
                       grouped(std::size_t(p.table->dims()));
    if (r.graph.method == Method::tsne) text += " \xC2\xB7 perplexity " + lab::shortest(r.graph.perplexity);
    if (r.graph.method == Method::umap) text += " \xC2\xB7 " + std::to_string(r.graph.neighbours) + " neighbours";
    if (r.descends()) text += " \xC2\xB7 step " + std::to_string(cloud.position());
    if (const auto loss = cloud.series("loss"); r.descends() && !loss.empty())
        text += " \xC2\xB7 loss " + lab::figures(loss.back().value);
    return text + " \xC2\xB7 seed " + std::to_string(r.start.seed);
}

} // namespace

std::string figure(const Projecting& cloud, std::span<const std::int64_t> selection, const FigureLook& look) {
    if (!cloud.problem()) throw Error("there is no picture yet; wait until it is prepared");
    const Problem& problem = *cloud.problem();
    const Table& table = *problem.table;
    const auto n = std::size_t(table.rows());
    const std::vector<glm::dvec2> places = placesOnPaper(cloud.picture(), look.turn, look.tilt);
    std::vector<std::uint8_t> drawn(n, selection.empty());
    for (const std::int64_t row : selection) drawn[std::size_t(row)] = 1;
    std::vector<std::int64_t> faded;
    for (std::size_t i = 0; i < n && !look.isolate; ++i)
        if (!drawn[i]) faded.push_back(std::int64_t(i));
    const Inks inks = inksOf(cloud, look, drawn);
    Svg svg;
    svg.text({Paper::left, 30}, table.name, "font-size=\"18\" font-weight=\"600\" fill=\"#1d2233\"");
    svg.text({Paper::left, 48}, captionOf(cloud), "fill=\"#5b6478\"");
    const double diameter = look.pointSize * std::clamp(std::pow(30000.0 / double(n), 0.2), 0.4, 2.0);
    svg.raw("<g fill=\"none\" stroke-linecap=\"round\" stroke-width=\"" + number(diameter * fine) + "\" stroke-opacity=\"" +
            (n > 2000 ? "0.75" : "0.9") + "\" transform=\"scale(" + number(1.0 / fine) + ")\">");
    svg.dots(faded, places, "#dfe1e7", {});
    for (const Ink& ink : inks.inks) svg.dots(ink.rows, places, hex(ink.colour), ink.name);
    svg.raw("</g>");
    if (look.names) {
        for (const Name& name : namesOnPaper(table, inks, places, selection, drawn)) {
            const double size = name.middle ? 13 : 11;
            svg.overPoints(name.at + glm::dvec2(0, size * 0.36), name.text,
                           "font-size=\"" + number(size) + "\"" + (name.middle ? " text-anchor=\"middle\"" : "") +
                               (name.strong ? " font-weight=\"600\"" : ""));
        }
    }
    const auto captions = axisCaptions(problem);
    const std::string faint = "fill=\"#5b6478\" text-anchor=\"middle\"";
    if (cloud.picture().dims < 3 && !captions[0].empty())
        svg.text({0.5 * (Paper::left + Paper::right), Paper::bottom + 22}, captions[0], faint);
    if (cloud.picture().dims < 3 && !captions[1].empty())
        svg.text({0, 0}, captions[1],
                 faint + " transform=\"translate(20 " + number(0.5 * (Paper::top + Paper::bottom)) + ") rotate(-90)\"");
    legend(svg, inks);
    return std::move(svg).finished();
}

} // namespace orrery::embedding
