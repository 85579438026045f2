// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/precision/view.h"

#include "ui/labs/precision/page.h"

namespace orrery::ui {

PrecisionView::PrecisionView(lab::Session& session)
    : m_session(session), m_lab(dynamic_cast<precision::PrecisionLab&>(session.lab())) {
    add("bits", makeBitsPage(session, m_lab));
    add("sums", makeSumsPage(session, m_lab));
    add("gradients", makeGradientsPage(session, m_lab));
    add("curves", makeCurvesPage(session, m_lab));
    add("histograms", makeLayersPage(session, m_lab));
    add("weight", makeWeightPage(session, m_lab));
    add("policy", makePolicyPage(session, m_lab));
}

std::string PrecisionView::pageName() const {
    return m_lab.show() == "training" ? m_session.settings().text("look") : m_lab.show();
}

} // namespace orrery::ui
