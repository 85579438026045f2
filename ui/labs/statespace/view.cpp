// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/statespace/view.h"

#include "ui/labs/statespace/page.h"

namespace orrery::ui {

StatespaceView::StatespaceView(lab::Session& session) : m_lab(dynamic_cast<statespace::StatespaceLab&>(session.lab())) {
    add("memory", ssm::makeMemoryPage(session, m_lab));
    add("structure", ssm::makeStructurePage(session, m_lab));
    add("kernel", ssm::makeKernelPage(session, m_lab));
    add("orders", ssm::makeOrdersPage(session, m_lab));
    add("derivation", ssm::makeDerivationPage(session, m_lab));
    add("selective", ssm::makeSelectivePage(session, m_lab));
    add("board", ssm::makeBoardPage(session, m_lab));
    add("traps", ssm::makeTrapsPage(session, m_lab));
    add("table", ssm::makeTablePage(session, m_lab));
}

std::string StatespaceView::pageName() const { return m_lab.show(); }

} // namespace orrery::ui
