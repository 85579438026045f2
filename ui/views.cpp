// SPDX-License-Identifier: GPL-3.0-or-later
// One line per lab.
#include "ui/labs/diffusion/view.h"
#include "ui/labs/embedding/view.h"
#include "ui/labs/language/view.h"
#include "ui/labs/precision/view.h"
#include "ui/labs/segmentation/view.h"
#include "ui/labs/statespace/view.h"
#include "ui/view.h"

namespace orrery::ui {

std::unique_ptr<View> makeView(lab::Session& session) {
    const std::string& name = session.declaration().name;
    if (name == "diffusion") return std::make_unique<DiffusionView>(session);
    if (name == "embedding") return std::make_unique<EmbeddingView>(session);
    if (name == "language") return std::make_unique<LanguageView>(session);
    if (name == "precision") return std::make_unique<PrecisionView>(session);
    if (name == "segmentation") return std::make_unique<SegmentationView>(session);
    if (name == "statespace") return std::make_unique<StatespaceView>(session);
    throw Error("the lab '" + name + "' has no view; `orrery run " + name + "` computes it without one");
}

} // namespace orrery::ui
