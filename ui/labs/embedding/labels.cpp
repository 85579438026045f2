// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/labels.h"

#include "ui/labs/embedding/cards_parts.h"
#include "ui/render/texture.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::ui::emb {

namespace {

constexpr float thumbPx = 26, gapPx = 6, longestNamePx = 150;
constexpr std::size_t mostClasses = 64;
constexpr std::int64_t mostForClasses = 50000; // rows whose median is taken
constexpr std::uint32_t widestSheet = 4096;

/// Rows in an order that depends on nothing but their number.
std::uint32_t hashOf(std::uint32_t v) {
    v ^= v >> 16, v *= 0x7FEB352Du, v ^= v >> 15, v *= 0x846CA68Bu, v ^= v >> 16; // Wellons' lowbias32
    return v;
}

glm::vec2 middlePx(const ToPixels& toPixels, const Sight& sight) {
    const glm::vec3 middle(sight.middle());
    return glm::vec2(toPixels(middle.x, middle.y, middle.z));
}

} // namespace

/// All pictures of a table side by side, as many as a texture holds.
void Labels::makeSheet(gpu::Device& device, const embedding::Table& table) {
    m_sheetOf = &table, m_sheet = {};
    const embedding::Thumbnails& t = table.thumbnails;
    if (!t || t.width > 256 || t.height > 256) return;
    const std::uint32_t side = std::min(widestSheet, device.info().limits.maxImageDimension2D);
    const std::uint32_t across = std::max(1u, std::min(side / std::uint32_t(t.width), std::uint32_t(table.rows())));
    const std::uint32_t down =
        std::min((std::uint32_t(table.rows()) + across - 1) / across, std::max(1u, side / std::uint32_t(t.height)));
    const std::uint32_t width = across * std::uint32_t(t.width), height = down * std::uint32_t(t.height);
    std::vector<std::uint8_t> texels(std::size_t(width) * height * 4, 255);
    const auto held = std::min<std::int64_t>(table.rows(), std::int64_t(across) * down);
    for (std::int64_t row = 0; row < held; ++row)
        for (int y = 0; y < t.height; ++y)
            for (int x = 0; x < t.width; ++x) {
                const std::size_t from =
                    ((std::size_t(row) * std::size_t(t.height) + std::size_t(y)) * std::size_t(t.width) + std::size_t(x)) *
                    std::size_t(t.channels);
                const std::size_t px = std::size_t(row % across) * std::size_t(t.width) + std::size_t(x);
                const std::size_t py = std::size_t(row / across) * std::size_t(t.height) + std::size_t(y);
                for (int c = 0; c < 3; ++c)
                    texels[(py * width + px) * 4 + std::size_t(c)] = t.pixels[from + std::size_t(std::min(c, t.channels - 1))];
            }
    m_inked = t.channels == 1;
    m_sheet = makeTexture(device, Texel::rgba8, width, height, std::as_bytes(std::span(texels)));
}

void Labels::drawPictures(const Frame& frame, Layers& layers, const Shown& shown, const ToPixels& toPixels) {
    if (!shown.table()) return;
    if (m_sheetOf != shown.table()) makeSheet(frame.recorder.device(), *shown.table()), m_pictures.clear();
    if (!m_sheet || m_pictures.empty()) return;
    const embedding::Thumbnails& t = shown.table()->thumbnails;
    const auto held =
        std::int64_t(m_sheet.options().width / std::uint32_t(t.width)) * (m_sheet.options().height / std::uint32_t(t.height));
    std::vector<Sprite> sprites;
    for (const std::int64_t row : m_pictures) {
        if (row >= shown.rows() || row >= held) continue;
        const glm::vec3 place = shown.place(row), px = toPixels(place.x, place.y, place.z);
        const glm::vec3 ink = frame.theme.light ? shown.colouring().colours[std::size_t(row)] * 0.8F
                                                : glm::mix(shown.colouring().colours[std::size_t(row)], glm::vec3(1), 0.35F);
        sprites.push_back({glm::vec2(px), thumbPx * frame.scale / 2, float(row), glm::vec4(ink, 1)});
    }
    layers.sprites(frame, sprites, m_sheet, {t.width, t.height, m_inked, glm::vec4(glm::vec3(frame.theme.ground), 0.72F), 1});
}

Placard Labels::placardOf(const Look& look, const Shown& shown, const Sight& sight, std::int64_t row, const Ask& ask) const {
    const glm::dvec3 place(shown.place(row));
    const bool picture = ask.pictures && shown.table()->thumbnails;
    Placard placard{row, sight.planeOf(place - sight.middle()), {0, 0}, {0, 0}};
    if (!shown.spatial()) placard.at = glm::dvec2(place);
    if (picture) {
        placard.half = glm::vec2(look.px(thumbPx / 2 + 1));
    } else {
        const float width = std::min(textWidth(look.fonts.body, shown.nameOf(row)), look.px(longestNamePx));
        placard.half = {width / 2 + look.px(3), fontHeight(look.fonts.body) / 2 + look.px(1)};
        placard.offset = {width / 2 + look.px(gapPx), 0};
    }
    return placard;
}

/// Where the median of a class lies: outliers do not draw it away. Items −1, −2, …
void Labels::placeClasses(const Look& look, const Shown& shown, const Sight& sight, std::vector<Placard>& first) const {
    const Colouring& colouring = shown.colouring();
    if (colouring.numbers || colouring.entries.size() < 2 || colouring.entries.size() > mostClasses) return;
    std::vector<std::vector<std::int64_t>> sample = shown.sampleOfEntries(mostForClasses);
    for (std::size_t e = 0; e < colouring.entries.size(); ++e) {
        std::vector<std::int64_t>& rows = sample[e];
        if (rows.empty()) continue;
        glm::dvec3 median(0);
        for (int d = 0; d < (shown.spatial() ? 3 : 2); ++d) {
            const std::span<const float> axis = shown.cloud().axis(d);
            const auto middle = rows.begin() + std::ptrdiff_t(rows.size() / 2);
            std::nth_element(rows.begin(), middle, rows.end(),
                             [&](std::int64_t a, std::int64_t b) { return axis[std::size_t(a)] < axis[std::size_t(b)]; });
            median[d] = double(axis[std::size_t(*middle)]);
        }
        const float width = textWidth(look.fonts.title, colouring.entries[e].name);
        Placard placard{-1 - std::int64_t(e),
                        shown.spatial() ? sight.planeOf(median - sight.middle()) : glm::dvec2(median),
                        {0, 0},
                        {width / 2 + look.px(6), fontHeight(look.fonts.title) / 2 + look.px(3)}};
        first.push_back(placard);
    }
}

/// Words of a file come by their frequency; other rows have no order, so theirs is a hash.
void Labels::findCandidates(const Shown& shown, bool named) {
    m_candidates.clear();
    if (named) {
        for (std::int64_t row = 0; row < shown.rows() && m_candidates.size() < most; ++row)
            if (shown.visible(row)) m_candidates.push_back(row);
        return;
    }
    std::vector<std::pair<std::uint32_t, std::int64_t>> order;
    for (std::int64_t row = 0; row < shown.rows(); ++row)
        if (shown.visible(row)) order.emplace_back(hashOf(std::uint32_t(row)), row);
    const std::size_t count = std::min(most, order.size());
    std::partial_sort(order.begin(), order.begin() + std::ptrdiff_t(count), order.end());
    for (std::size_t i = 0; i < count; ++i) m_candidates.push_back(order[i].second);
}

void Labels::begin(const Look& look, const Shown& shown, const Sight& sight, const Ask& ask) {
    std::vector<Placard> placards;
    if (ask.names) placeClasses(look, shown, sight, placards);
    const bool named = ask.names && !shown.table()->tokens.empty(), pictured = ask.pictures && shown.table()->thumbnails;
    if (named || pictured) {
        const Candidates now{shown.table(), shown.marksRevision(), named};
        if (now != m_candidatesOf) findCandidates(shown, named), m_candidatesOf = now;
        const std::size_t wanted = std::min(ask.still ? most : mostMoving, m_candidates.size());
        for (std::size_t i = 0; i < wanted; ++i) placards.push_back(placardOf(look, shown, sight, m_candidates[i], ask));
    }
    const Rect home = sight.home(); // the coarsest zoom: all of it in a tenth of the window
    const double all = std::max(home.high.x - home.low.x, home.high.y - home.low.y);
    m_placards.begin(std::move(placards), double(look.px(100)) / std::max(all, 1e-300));
}

void Labels::draw(ImDrawList* list, const Look& look, const Shown& shown, const Sight& sight, const ToPixels& toPixels,
                  double pxPerUnit, const glm::dvec4& free, const Ask& ask) {
    m_pictures.clear();
    m_drawn = 0, m_settled = true;
    if (!shown.table() || (!ask.names && !ask.pictures)) return;
    const glm::vec4 turn = sight.spatial() ? glm::vec4(toPixels.rows[2]) : glm::vec4(0);
    const Made now{shown.table(), shown.cloud().revision(), sight.spatial(), ask.names, ask.pictures, ask.still, turn,
                   look.scale};
    if (now != m_made) begin(look, shown, sight, ask), m_made = now;
    m_settled = m_placards.proceed(placedInAFrame);

    const int level = m_placards.levelOf(pxPerUnit);
    const auto& levels = m_placards.level();
    const Colouring& colouring = shown.colouring();
    std::vector<std::pair<std::size_t, glm::vec2>> titles; // over the names
    for (std::size_t i = 0; i < levels.size() && m_drawn < mostDrawn; ++i) {
        if (levels[i] > level) continue;
        const Placard& placard = m_placards.placards()[i];
        glm::vec2 px;
        if (placard.item >= 0) {
            const glm::vec3 place = shown.place(placard.item), seen = toPixels(place.x, place.y, place.z);
            if (!(seen.z > 0)) continue;
            px = glm::vec2(seen);
        } else if (sight.spatial()) {
            px = glm::vec2(placard.at.x, -placard.at.y) * float(pxPerUnit) + middlePx(toPixels, sight);
        } else {
            px = glm::vec2(toPixels(float(placard.at.x), float(placard.at.y), 0));
        }
        if (!(px.x > free.x && px.x < free.z && px.y > free.y && px.y < free.w)) continue;
        if (std::binary_search(ask.silent.begin(), ask.silent.end(), placard.item)) continue;
        ++m_drawn;
        if (placard.item < 0) {
            titles.emplace_back(std::size_t(-1 - placard.item), px);
        } else if (ask.pictures && shown.table()->thumbnails) {
            m_pictures.push_back(placard.item);
        } else {
            const std::string name = shown.nameOf(placard.item);
            look.texts.note(name);
            const float y = px.y - fontHeight(look.fonts.body) / 2, x = px.x + look.px(gapPx);
            const std::string fits = clipped(look.fonts.body, name, look.px(longestNamePx));
            drawText(list, look.fonts.body, {x + 1, y + 1}, toColour(look.theme.ground, 0.9F), fits);
            drawText(list, look.fonts.body, {x, y}, toColour(look.theme.text, 0.9F), fits);
        }
    }
    for (const auto& [entry, px] : titles) {
        const std::string& name = colouring.entries[entry].name;
        look.texts.note(name);
        const float half = textWidth(look.fonts.title, name) / 2, tall = fontHeight(look.fonts.title) / 2;
        list->AddRectFilled({px.x - half - look.px(6), px.y - tall - look.px(2)},
                            {px.x + half + look.px(6), px.y + tall + look.px(2)}, toColour(look.theme.ground, 0.72F), look.px(6));
        drawText(list, look.fonts.title, {px.x - half, px.y - tall},
                 toColour(glm::vec4(glm::mix(colouring.entries[entry].colour, glm::vec3(look.theme.text), 0.4F), 1)), name);
    }
}

} // namespace orrery::ui::emb
