// SPDX-License-Identifier: GPL-3.0-or-later
// Who speaks, and where. What is drawn of it is in labels_draw.cpp.
#include "ui/labs/embedding/labels.h"

#include <algorithm>
#include <cmath>

namespace orrery::ui::emb {

namespace {

constexpr float cellOfName = 44, cellOfPicture = 26; // of the pyramid: logical pixels
constexpr float spaceFactor = 1.6F;                  // in space the cells of a column share its place on the screen
constexpr std::size_t mostClasses = 64;
constexpr std::int64_t mostForClasses = 20000; // rows whose median is taken

} // namespace

/// Where the median of a class lies: outliers do not draw it away.
void Labels::findClasses(const Shown& shown) {
    m_classes.clear();
    const Colouring& colouring = shown.colouring();
    if (colouring.numbers || colouring.entries.size() < 2 || colouring.entries.size() > mostClasses) return;
    std::vector<std::vector<std::int64_t>> sample = shown.sampleOfEntries(mostForClasses);
    for (std::size_t e = 0; e < colouring.entries.size(); ++e) {
        std::vector<std::int64_t>& rows = sample[e];
        if (rows.empty()) continue;
        Class made{e, {0, 0, 0}};
        for (int d = 0; d < (shown.spatial() ? 3 : 2); ++d) {
            const std::span<const float> axis = shown.cloud().axis(d);
            const auto middle = rows.begin() + std::ptrdiff_t(rows.size() / 2);
            std::nth_element(rows.begin(), middle, rows.end(),
                             [&](std::int64_t a, std::int64_t b) { return axis[std::size_t(a)] < axis[std::size_t(b)]; });
            made.at[d] = axis[std::size_t(*middle)];
        }
        m_classes.push_back(made);
    }
}

/// On a thread of its own, of a copy: the picture may change before it is done.
void Labels::makePyramid(const Shown& shown, bool pictured) {
    m_making.stop();
    m_makingOf = {m_rows, shown.cloud().revision()};
    Pyramid::Source source;
    const auto axis = [&](int d) { return std::vector<float>(shown.cloud().axis(d).begin(), shown.cloud().axis(d).end()); };
    source.x = axis(0), source.y = axis(1);
    if (shown.spatial()) source.z = axis(2);
    source.marks.assign(shown.cloud().marks().begin(), shown.cloud().marks().end());
    source.ranked = !pictured;
    m_making = embedding::Background([this, from = std::move(source)](embedding::Progress& progress) {
        m_made = std::make_shared<const Pyramid>(from, progress);
    });
}

/// What the labels are of, brought up to date; what takes long is begun.
void Labels::follow(const Scene& scene) {
    const Shown& shown = scene.shown;
    const Rows rows{shown.table(), shown.marksRevision(), scene.pictured};
    const Picture picture{rows, shown.cloud().revision()};
    if (picture != m_classesOf) findClasses(shown), m_classesOf = picture;
    if (!scene.speak) return;
    if (rows != m_rows) {
        m_first = byProminence(shown.cloud().marks(), !scene.pictured, mostAtOnce + 1);
        m_rows = rows;
    }
    if (m_first.size() <= mostAtOnce || !scene.ask.still) return; // all of them, or none but the first
    if (m_making.finished(0)) m_pyramid = std::move(m_made), m_pyramidOf = m_makingOf;
    if (m_pyramidOf == picture && m_pyramid) return;
    if (!(m_makingOf == picture && m_making.running())) makePyramid(shown, scene.pictured);
    m_settled = false;
}

glm::vec3 Labels::placeOf(const Shown& shown, std::int64_t item) const {
    return item >= 0 ? shown.place(item) : m_classes[std::size_t(-1 - item)].at;
}

/// Items −1, −2, … are classes.
Placard Labels::placardOf(const Scene& scene, std::int64_t item) const {
    const Look& look = scene.look;
    const glm::dvec3 place(placeOf(scene.shown, item));
    Placard placard{
        item, scene.shown.spatial() ? scene.sight.planeOf(place - scene.sight.middle()) : glm::dvec2(place), {0, 0}, {0, 0}};
    if (item < 0) {
        const std::string& name = scene.shown.colouring().entries[m_classes[std::size_t(-1 - item)].entry].name;
        placard.half = {textWidth(look.fonts.title, name) / 2 + look.px(6), fontHeight(look.fonts.title) / 2 + look.px(3)};
    } else if (scene.pictured) {
        placard.half = glm::vec2(look.px(LabelPictures::sidePx / 2 + 1));
    } else {
        const float width = std::min(textWidth(look.fonts.body, scene.shown.nameOf(item)), look.px(longestName));
        placard.half = {width / 2 + look.px(3), fontHeight(look.fonts.body) / 2 + look.px(1)};
        placard.offset = {width / 2 + look.px(gapOfName), 0};
    }
    return placard;
}

std::vector<std::int64_t> Labels::firstRows(std::size_t most) const {
    return {m_first.begin(), m_first.begin() + std::ptrdiff_t(std::min(most, m_first.size()))};
}

bool Labels::asksPyramid(const Scene& scene) const {
    return scene.speak && scene.ask.still && m_first.size() > mostAtOnce && m_pyramid && m_pyramidOf == m_classesOf;
}

/// Rows that may be named, most prominent first: where they are few all of them, so that turning costs nothing; else those that
/// may be seen.
std::vector<std::int64_t> Labels::speakers(const Scene& scene) {
    const float wide = scene.pictured ? cellOfPicture : cellOfName;
    const double edge = double(scene.look.px(scene.shown.spatial() ? spaceFactor * wide : wide)) / scene.pxPerUnit;
    if (m_heard.of != m_pyramid || m_heard.level != m_pyramid->levelOf(edge))
        m_heard = {m_pyramid, m_pyramid->levelOf(edge), m_pyramid->allSpeakers(edge, mostSpeakers)};
    if (m_heard.rows) return *m_heard.rows;
    const glm::dvec4& px = scene.free;
    const ToPixels& toPixels = scene.toPixels;
    const bool spatial = scene.shown.spatial();
    const double perSpace = glm::length(glm::dvec3(toPixels.rows[2])); // W per unit, along the line of sight
    const auto seen = [&](glm::dvec3 low, glm::dvec3 high) {
        const glm::vec3 middle((low + high) * 0.5), at = toPixels(middle.x, middle.y, middle.z);
        const double half = 0.5 * glm::length(high - low), nearest = double(at.z) - perSpace * half;
        if (spatial && !(nearest > 0.05)) return double(at.z) + perSpace * half > 0; // around the eye
        const double reach = half * scene.pxPerUnit / nearest * 1.5;
        return double(at.x) + reach > px.x && double(at.x) - reach<px.z&& double(at.y) + reach> px.y &&
               double(at.y) - reach < px.w;
    };
    return m_pyramid->speakers(edge, seen, mostSpeakers);
}

/// In the plane: which label is seen from which zoom on. Begun anew with another picture; else only what came into sight is added.
void Labels::layOut(const Scene& scene) {
    const Laid now{m_classesOf, scene.ask.names, scene.ask.still, asksPyramid(scene), scene.look.scale};
    if (now != m_laid || m_placards.placards().size() > mostPlaced) {
        m_laid = now, m_known.clear();
        std::vector<Placard> placards;
        if (scene.ask.names)
            for (std::size_t c = 0; c < m_classes.size(); ++c) placards.push_back(placardOf(scene, -1 - std::int64_t(c)));
        if (scene.speak && !now.fine) {
            const bool all = scene.ask.still && m_first.size() <= mostAtOnce;
            for (const std::int64_t row : firstRows(all ? mostAtOnce : mostMoving)) placards.push_back(placardOf(scene, row));
        }
        const Rect home = scene.sight.home(); // the coarsest zoom: all of it in a tenth of the window
        const double extent = std::max(home.high.x - home.low.x, home.high.y - home.low.y);
        m_placards.begin(std::move(placards), double(scene.look.px(100)) / std::max(extent, 1e-300),
                         glm::vec2(scene.look.px(longestName / 2 + 3), scene.look.px(LabelPictures::sidePx / 2 + 1)));
        m_askedAt = {0, 0, 0};
    }
    const glm::vec3 origin = scene.toPixels(0, 0, 0);
    const glm::dvec3 at(origin.x, origin.y, scene.pxPerUnit);
    if (now.fine && (at != m_askedAt || scene.free != m_askedPx)) {
        m_askedAt = at, m_askedPx = scene.free;
        std::vector<Placard> more;
        for (const std::int64_t row : speakers(scene))
            if (m_known.insert(row).second) more.push_back(placardOf(scene, row));
        m_placards.add(std::move(more));
    }
    if (!m_placards.proceed(placedInAFrame)) m_settled = false;
}

void Labels::draw(ImDrawList* list, const Look& look, const Shown& shown, const Sight& sight, const ToPixels& toPixels,
                  double pxPerUnit, const glm::dvec4& free, const Ask& ask) {
    m_pictures.clear(), m_titles.clear();
    m_settled = true;
    if (!shown.table() || (!ask.names && !ask.pictures)) return m_standing.forget();
    const bool pictured = ask.pictures && shown.table()->thumbnails;
    const Scene scene{
        look, shown, sight, toPixels, pxPerUnit, free, ask, pictured, pictured || (ask.names && !shown.table()->tokens.empty())};
    follow(scene);
    if (shown.spatial())
        drawSpace(list, scene);
    else
        drawPlane(list, scene);
    drawTitles(list, scene);
}

} // namespace orrery::ui::emb
