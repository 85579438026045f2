// SPDX-License-Identifier: GPL-3.0-or-later
// The small pictures of some rows side by side in a texture: of all rows where they are few, else of those that were shown lately.
#pragma once

#include "ui/labs/embedding/shown.h"
#include "ui/render/layers.h"

#include <unordered_map>

namespace orrery::ui::emb {

class LabelPictures {
 public:
    struct Row {
        std::int64_t row = 0;
        float opacity = 1;
    };
    static constexpr float sidePx = 26; ///< logical pixels

    void draw(const Frame& frame, Layers& layers, const Shown& shown, const ToPixels& toPixels, const std::vector<Row>& rows);

 private:
    void hold(gpu::Device& device, const embedding::Table& table, const std::vector<Row>& rows);
    void fill(gpu::Device& device, const embedding::Table& table);

    gpu::Image m_sheet;
    const embedding::Table* m_of = nullptr;
    std::vector<std::int64_t> m_rows;                     ///< in the sheet
    std::unordered_map<std::int64_t, std::size_t> m_slot; ///< of a row, in the sheet
    int m_width = 0, m_height = 0;                        ///< of a picture in the sheet, texels
};

} // namespace orrery::ui::emb
