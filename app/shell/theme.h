// SPDX-License-Identifier: GPL-3.0-or-later
// Colours, fonts and the style sheet of the window, made from the same table as the viewport's (ui/render/theme.h).
#pragma once

#include "ui/render/theme.h"

#include <QColor>
#include <QFont>
#include <QObject>

namespace orrery::app {

struct Colours {
    explicit Colours(const ui::Theme& theme);
    bool light;
    QColor ground, dock, card, raised, line, text, secondary, faint, brass, dimBrass, ok, bad, info;
};

/// The look of the whole program. One instance; what paints itself listens to changed().
class Look : public QObject {
    Q_OBJECT

 public:
    static Look& instance();

    const Colours& colours() const { return m_colours; }
    bool light() const { return m_colours.light; }
    void setLight(bool light); ///< gives the application its palette, font and style sheet
    void apply();              ///< once at the start

    bool reduceMotion() const { return m_reduceMotion; }
    void setReduceMotion(bool on) { m_reduceMotion = on; }

 Q_SIGNALS:
    void changed();

 private:
    Look();
    Colours m_colours;
    bool m_reduceMotion = false;
};

inline const Colours& colours() { return Look::instance().colours(); }
QFont textFont(int pixels = 13, QFont::Weight weight = QFont::Normal);
QFont numberFont(int pixels = 12); ///< tabular: numbers change, their width must not
QColor seriesColour(int index);    ///< Okabe-Ito

} // namespace orrery::app
