// SPDX-License-Identifier: GPL-3.0-or-later
// The pages of the precision view, one for each choice of the parameter `show`. A further page is a class like these and one
// line in view.cpp.
#pragma once

#include "engine/labs/precision/lab.h"
#include "ui/panels/pages.h"

namespace orrery::ui {

std::unique_ptr<Page> makeBitsPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeSumsPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeGradientsPage(lab::Session& session, const precision::PrecisionLab& lab);
// Of the training, by what is looked at.
std::unique_ptr<Page> makeCurvesPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeLayersPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makeWeightPage(lab::Session& session, const precision::PrecisionLab& lab);
std::unique_ptr<Page> makePolicyPage(lab::Session& session, const precision::PrecisionLab& lab);

} // namespace orrery::ui
