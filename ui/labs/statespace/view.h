// SPDX-License-Identifier: GPL-3.0-or-later
// The state-space lab to look at: one page for each choice of `show`.
#pragma once

#include "engine/labs/statespace/lab.h"
#include "ui/panels/pages.h"

namespace orrery::ui {

class StatespaceView : public PagedView {
 public:
    explicit StatespaceView(lab::Session& session);

 private:
    std::string pageName() const override;

    statespace::StatespaceLab& m_lab;
};

} // namespace orrery::ui
