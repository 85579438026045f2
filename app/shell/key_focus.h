// SPDX-License-Identifier: GPL-3.0-or-later
// Shortcuts without a modifier (Space, arrows, letters) would take those keys from buttons, sliders and text fields that
// have the focus. This filter lets such a control keep the keys it lives on.
#pragma once

#include <QObject>

namespace orrery::app {

class KeyFocus : public QObject {
    Q_OBJECT

 public:
    using QObject::QObject;
    bool eventFilter(QObject* watched, QEvent* event) override;
};

} // namespace orrery::app
