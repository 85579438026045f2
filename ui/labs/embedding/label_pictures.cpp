// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/embedding/label_pictures.h"

#include "ui/render/texture.h"

#include <algorithm>

namespace orrery::ui::emb {

namespace {

constexpr std::int64_t mostTexels = 1 << 22; ///< of a sheet that holds every row
constexpr std::size_t mostLately = 1024;     ///< rows of one that does not
constexpr int mostSide = 32;                 ///< texels of a picture in it: more than are seen of them

} // namespace

/// Sees to it that the sheet has these rows.
void LabelPictures::hold(gpu::Device& device, const embedding::Table& table, const std::vector<Row>& rows) {
    const embedding::Thumbnails& t = table.thumbnails;
    if (m_of != &table) {
        m_of = &table, m_sheet = {}, m_rows.clear(), m_slot.clear();
        const int shrink = std::max(1, (std::max(t.width, t.height) + mostSide - 1) / mostSide);
        m_width = std::max(1, t.width / shrink), m_height = std::max(1, t.height / shrink);
        if (table.rows() * m_width * m_height <= mostTexels) {
            for (std::int64_t row = 0; row < table.rows(); ++row) m_rows.push_back(row);
            return fill(device, table);
        }
    }
    std::vector<std::int64_t> missing;
    for (const Row& each : rows)
        if (!m_slot.contains(each.row)) missing.push_back(each.row);
    if (missing.empty()) return;
    if (m_rows.size() + missing.size() > mostLately) {
        m_rows.clear();
        for (const Row& each : rows) m_rows.push_back(each.row);
    } else {
        m_rows.insert(m_rows.end(), missing.begin(), missing.end());
    }
    fill(device, table);
}

void LabelPictures::fill(gpu::Device& device, const embedding::Table& table) {
    const embedding::Thumbnails& t = table.thumbnails;
    m_slot.clear();
    for (std::size_t slot = 0; slot < m_rows.size(); ++slot) m_slot[m_rows[slot]] = slot;
    const auto perRow = std::size_t(std::clamp(4096 / m_width, 1, 64));
    const std::size_t across = std::min(perRow, m_rows.size()), down = (m_rows.size() + across - 1) / across;
    const std::size_t width = across * std::size_t(m_width), height = down * std::size_t(m_height);
    std::vector<std::uint8_t> texels(width * height * 4, 255);
    for (std::size_t slot = 0; slot < m_rows.size(); ++slot)
        for (int y = 0; y < m_height; ++y)
            for (int x = 0; x < m_width; ++x) { // the mean of what falls into the texel
                const int left = x * t.width / m_width, right = (x + 1) * t.width / m_width, top = y * t.height / m_height,
                          bottom = (y + 1) * t.height / m_height;
                std::array<int, 3> sum{};
                for (int v = top; v < bottom; ++v)
                    for (int u = left; u < right; ++u) {
                        const std::size_t from =
                            ((std::size_t(m_rows[slot]) * std::size_t(t.height) + std::size_t(v)) * std::size_t(t.width) +
                             std::size_t(u)) *
                            std::size_t(t.channels);
                        for (int c = 0; c < 3; ++c)
                            sum[std::size_t(c)] += t.pixels[from + std::size_t(std::min(c, t.channels - 1))];
                    }
                const std::size_t px = slot % across * std::size_t(m_width) + std::size_t(x);
                const std::size_t py = slot / across * std::size_t(m_height) + std::size_t(y);
                const int area = std::max(1, (right - left) * (bottom - top));
                for (std::size_t c = 0; c < 3; ++c) texels[(py * width + px) * 4 + c] = std::uint8_t(sum[c] / area);
            }
    m_sheet = makeTexture(device, Texel::rgba8, std::uint32_t(width), std::uint32_t(height), std::as_bytes(std::span(texels)));
}

void LabelPictures::draw(const Frame& frame, Layers& layers, const Shown& shown, const ToPixels& toPixels,
                         const std::vector<Row>& rows) {
    if (rows.empty() || !shown.table() || !shown.table()->thumbnails) return;
    hold(frame.recorder.device(), *shown.table(), rows);
    std::vector<Sprite> sprites;
    for (const Row& each : rows) {
        const auto slot = m_slot.find(each.row);
        if (slot == m_slot.end() || each.row >= shown.rows()) continue;
        const glm::vec3 place = shown.place(each.row), px = toPixels(place.x, place.y, place.z);
        const glm::vec3& own = shown.colouring().colours[std::size_t(each.row)];
        const glm::vec3 ink = frame.theme.light ? own * 0.8F : glm::mix(own, glm::vec3(1), 0.35F);
        sprites.push_back({glm::vec2(px), sidePx * frame.scale / 2, float(slot->second), glm::vec4(ink, each.opacity)});
    }
    layers.sprites(
        frame, sprites, m_sheet,
        {m_width, m_height, shown.table()->thumbnails.channels == 1, glm::vec4(glm::vec3(frame.theme.ground), 0.72F), 1});
}

} // namespace orrery::ui::emb
