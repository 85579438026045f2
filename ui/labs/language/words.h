// SPDX-License-Identifier: GPL-3.0-or-later
// What happens at a moment, and what a node is, in sentences and figures.
#pragma once

#include "ui/labs/language/page.h"

namespace orrery::ui::lang {

/// "%1" … "%9" of a translated text replaced.
std::string filled(std::string text, const std::vector<std::string>& values);

/// The newest moment in one sentence: "Coin .482 is below .913: ·lamp is kept."
std::string telling(const Look& look, const Scene& scene);
/// "Round 7 of 20 · small model drafts 12 tokens · drawn, with replacement"
std::string roundLine(const Look& look, const Scene& scene);
/// Everything of a node; -1: the root, nodes.size(): the token after the accepted ones.
Told tellNode(const Look& look, const Scene& scene, int node);

/// A drafter's own name ("a set of 4 Medusa heads") as the panel calls it, and a lane's ("Medusa heads, tree").
std::string drafterName(const Look& look, const std::string& name);
std::string laneName(const Look& look, const std::string& name);

std::string quoted(const Scene& scene, std::int32_t token); ///< the token between quotation marks

} // namespace orrery::ui::lang
