// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/icons.h"

#include "app/shell/theme.h"
#include "engine/assets.h"

#include <QPainter>
#include <QSvgRenderer>

namespace orrery::app {

QByteArray tinted(QByteArray svg, const QColor& colour) { return svg.replace("currentColor", colour.name().toUtf8()); }

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, qreal ratio) {
    const auto bytes = asset("icons/" + name.toStdString() + ".svg");
    if (!bytes) return {};
    QSvgRenderer renderer(tinted(QByteArray(bytes->data(), qsizetype(bytes->size())), colour));
    QPixmap pixmap(qRound(size * ratio), qRound(size * ratio));
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    renderer.render(&painter);
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

QIcon icon(const QString& name, const QColor& colour, const QColor& active, int size) {
    QIcon icon;
    for (const qreal ratio : {1.0, 2.0, 3.0}) {
        icon.addPixmap(iconPixmap(name, colour, size, ratio));
        icon.addPixmap(iconPixmap(name, colours().faint, size, ratio), QIcon::Disabled);
        if (active.isValid()) icon.addPixmap(iconPixmap(name, active, size, ratio), QIcon::Normal, QIcon::On);
    }
    return icon;
}

QIcon applicationIcon() { return icon("orrery", QColor(0xDC, 0xAB, 0x5A), {}, 64); }

} // namespace orrery::app
