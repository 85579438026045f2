// SPDX-License-Identifier: GPL-3.0-or-later
// An expression in the cloud: its words, the parallelogram of an analogy, and the best answers.
#pragma once

#include "engine/labs/embedding/words_expression.h"
#include "ui/labs/embedding/shown.h"
#include "ui/labs/embedding/words_page.h"

namespace orrery::ui::emb {

inline constexpr std::size_t mostNamedAnswers = 5;

/// `terms`: of the expression; `told`: its answers. The first answer that is no word of the question is the end of the arrows.
void drawExpression(ImDrawList* list, const Look& look, const Shown& shown, const ToPixels& toPixels,
                    std::span<const embedding::Term> terms, const WordsTold& told);

} // namespace orrery::ui::emb
