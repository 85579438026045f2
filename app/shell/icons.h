// SPDX-License-Identifier: GPL-3.0-or-later
// Icons drawn as SVG with currentColor (assets/icons), tinted to the theme.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>

namespace orrery::app {

/// Sharp at any device pixel ratio; empty when there is no such icon.
QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal ratio);
/// `active` is used while checked.
QIcon icon(const QString& name, const QColor& colour, const QColor& active = {}, int size = 20);
QByteArray tinted(QByteArray svg, const QColor& colour); ///< currentColor replaced
QIcon applicationIcon();

} // namespace orrery::app
