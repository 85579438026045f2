// SPDX-License-Identifier: GPL-3.0-or-later
// The precision lab to look at: one page for each choice of `show`, of the training for each of `look`.
#pragma once

#include "engine/labs/precision/lab.h"
#include "ui/panels/pages.h"

namespace orrery::ui {

class PrecisionView : public PagedView {
 public:
    explicit PrecisionView(lab::Session& session);

 private:
    std::string pageName() const override;

    lab::Session& m_session;
    precision::PrecisionLab& m_lab;
};

} // namespace orrery::ui
