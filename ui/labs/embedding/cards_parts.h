// SPDX-License-Identifier: GPL-3.0-or-later
// Pieces that the embedding lab's cards are made of. They put themselves at ImGui's cursor.
#pragma once

#include "engine/labs/embedding/table.h"
#include "ui/panels/look.h"

namespace orrery::ui::emb {

void head(const Look& look, const std::string& text); ///< small capitals, with air above
void pair(const Look& look, float width, const std::string& label, const std::string& value, const glm::vec4& colour);
void sentence(const Look& look, float width, const std::string& text, const glm::vec4& colour);
/// A share as a bar, with an error that is drawn as a whisker (0: none).
void shareBar(const Look& look, float width, double share, double error, const glm::vec4& colour);
/// viridis with a number at each end; does not move the cursor.
void numberBar(ImDrawList* list, const Look& look, ImVec2 at, float width, double low, double high);
/// The picture of a row as squares, its longer side `side` pixels; of one channel as ink of that colour.
void drawThumbnail(ImDrawList* list, const embedding::Thumbnails& pictures, std::int64_t row, ImVec2 at, float side,
                   const glm::vec4& ink);

} // namespace orrery::ui::emb
