// SPDX-License-Identifier: GPL-3.0-or-later
// How far the picture can be believed, and what it still costs.
#include "engine/lab/names.h"
#include "ui/labs/embedding/cards.h"
#include "ui/labs/embedding/cards_parts.h"
#include "ui/panels/numbers.h"
#include "ui/panels/spoken.h"

#include <cmath>

namespace orrery::ui::emb {

namespace {

std::string withError(const embedding::Estimate& estimate) {
    if (!(estimate.error > 0)) return formatFixed(estimate.value, 3);
    return formatFixed(estimate.value, 3) + " \xC2\xB1 " + formatFixed(estimate.error, 3);
}

} // namespace

void Cards::drawQuality(const Look& look, float width, const Told& told) {
    if (told.loss) {
        head(look, look.tr(told.tsne ? "Loss, in nats" : "Loss per edge"));
        pair(look, width, look.tr("loss"), lab::figures(told.loss->total), look.theme.text);
        pair(look, width, look.tr("attraction"), lab::figures(told.loss->attraction), glm::vec4(categories[2], 1));
        pair(look, width, look.tr("repulsion"), lab::figures(told.loss->repulsion), glm::vec4(categories[5], 1));
        // What no picture changes: the entropy of the table's own probabilities (t-SNE), or of its graph.
        if (const double fixed = told.loss->total - told.loss->attraction - told.loss->repulsion;
            std::abs(fixed) > 1e-3 * std::abs(told.loss->total))
            pair(look, width, look.tr("fixed by the table"), lab::figures(fixed), look.theme.faint);
        if (!told.how.empty()) sentence(look, width, spoken(look, told.how), look.theme.faint);
    }
    if (!told.quality || told.quality->rows.empty()) return;
    const embedding::Quality& q = *told.quality;
    head(look, look.tr("Can it be believed") + "  k = " + std::to_string(q.k));
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const auto figure = [&](const std::string& name, const std::string& label, const embedding::Estimate& estimate) {
        const ImVec2 low = ImGui::GetCursorScreenPos();
        pair(look, width, label, withError(estimate), look.theme.text);
        shareBar(look, width, estimate.value, estimate.error, look.theme.info);
        note(name, low, {low.x + width, ImGui::GetCursorScreenPos().y});
    };
    figure("trust", look.tr("trustworthiness"), q.trust);
    figure("continuity", look.tr("continuity"), q.continuity);
    figure("recall", look.tr("recall"), q.recall);
    if (q.accuracy.value >= 0) figure("accuracy", look.tr("class accuracy") + " (10)", q.accuracy);
    pair(look, width, look.tr("correlation of distances"), formatFixed(q.correlation, 3), look.theme.text);
    std::string judged = lab::rounded(double(q.rows.size()));
    if (std::int64_t(q.rows.size()) < told.shown.rows()) judged += " / " + lab::rounded(double(told.shown.rows()));
    pair(look, width, look.tr("rows judged"), judged, look.theme.faint);
    if (told.qualityAt >= 0) pair(look, width, look.tr("judged at step"), std::to_string(told.qualityAt), look.theme.faint);
    note("quality", at, {at.x + width, ImGui::GetCursorScreenPos().y});
    const Touch all = button(look, "measure", width, look.tr("Judge all"));
    note("measure", all.low, all.high);
    if (all.changed) m_wishes.act = "measure";
}

} // namespace orrery::ui::emb
