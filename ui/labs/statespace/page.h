// SPDX-License-Identifier: GPL-3.0-or-later
// One page of the state-space view, of one choice of the parameter `show`. A further page is a class like these and one line in
// view.cpp.
#pragma once

#include "engine/labs/statespace/lab.h"
#include "ui/panels/session_page.h"

namespace orrery::ui::ssm {

using ui::Box;
using ui::Place;
using ui::Told;

class Page : public SessionPage {
 public:
    Page(lab::Session& session, const statespace::StatespaceLab& lab) : SessionPage(session), m_lab(lab) {}

 protected:
    const statespace::StatespaceLab& m_lab;
};

std::unique_ptr<Page> makeMemoryPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeStructurePage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeKernelPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeOrdersPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeDerivationPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeSelectivePage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeBoardPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeTrapsPage(lab::Session& session, const statespace::StatespaceLab& lab);
std::unique_ptr<Page> makeTablePage(lab::Session& session, const statespace::StatespaceLab& lab);

} // namespace orrery::ui::ssm
