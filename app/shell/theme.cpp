// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/theme.h"

#include "app/shell/style_sheet.h"
#include "engine/assets.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyleFactory>

namespace orrery::app {

namespace {

QColor colour(const glm::vec4& c) { return QColor::fromRgbF(c.r, c.g, c.b, c.a); }

QPalette palette(const Colours& c) {
    QPalette p;
    p.setColor(QPalette::Window, c.dock);
    p.setColor(QPalette::WindowText, c.text);
    p.setColor(QPalette::Base, c.card);
    p.setColor(QPalette::AlternateBase, c.dock);
    p.setColor(QPalette::Text, c.text);
    p.setColor(QPalette::PlaceholderText, c.faint);
    p.setColor(QPalette::Button, c.card);
    p.setColor(QPalette::ButtonText, c.text);
    p.setColor(QPalette::BrightText, c.bad);
    p.setColor(QPalette::ToolTipBase, c.card);
    p.setColor(QPalette::ToolTipText, c.text);
    p.setColor(QPalette::Highlight, c.brass);
    p.setColor(QPalette::HighlightedText, c.light ? c.card : c.ground);
    p.setColor(QPalette::Link, c.brass);
    p.setColor(QPalette::LinkVisited, c.brass);
    p.setColor(QPalette::Light, c.raised);
    p.setColor(QPalette::Midlight, c.raised);
    p.setColor(QPalette::Mid, c.line);
    p.setColor(QPalette::Dark, c.line);
    p.setColor(QPalette::Shadow, c.ground);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, c.faint);
    return p;
}

// The viewport's own fonts come with the program; the window takes them too where the system has none.
void loadFonts() {
    static bool loaded = false;
    if (loaded) return;
    loaded = true;
    for (const char* name : {"fonts/sans", "fonts/mono"})
        if (const auto bytes = asset(name))
            QFontDatabase::addApplicationFontFromData(QByteArray(bytes->data(), qsizetype(bytes->size())));
}

} // namespace

Colours::Colours(const ui::Theme& t)
    : light(t.light),
      ground(colour(t.ground)),
      dock(colour(t.dock)),
      card(colour(t.card)),
      raised(colour(t.raised)),
      line(colour(t.line)),
      text(colour(t.text)),
      secondary(colour(t.secondary)),
      faint(colour(t.faint)),
      brass(colour(t.brass)),
      dimBrass(colour(t.dimBrass)),
      ok(colour(t.ok)),
      bad(colour(t.bad)),
      info(colour(t.info)) {}

Look::Look() : m_colours(ui::darkTheme()) {}

Look& Look::instance() {
    static Look look;
    return look;
}

void Look::apply() {
    loadFonts();
    QApplication::setStyle(QStyleFactory::create("Fusion"));
    QApplication::setFont(textFont());
    QApplication::setPalette(palette(m_colours));
    qApp->setStyleSheet(styleSheet(m_colours));
    Q_EMIT changed();
}

void Look::setLight(bool light) {
    m_colours = Colours(light ? ui::lightTheme() : ui::darkTheme());
    apply();
}

QFont textFont(int pixels, QFont::Weight weight) {
    QFont font;
    font.setFamilies({"Inter", "Noto Sans", "DejaVu Sans", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Microsoft YaHei",
                      "PingFang SC", "sans-serif"});
    font.setPixelSize(pixels);
    font.setWeight(weight);
    return font;
}

QFont numberFont(int pixels) {
    QFont font;
    font.setFamilies(
        {"JetBrains Mono", "DejaVu Sans Mono", "Consolas", "Menlo", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "monospace"});
    font.setStyleHint(QFont::Monospace);
    font.setPixelSize(pixels);
    return font;
}

QColor seriesColour(int index) {
    const glm::vec3 c = ui::categories[std::size_t(index) % ui::categories.size()];
    return QColor::fromRgbF(c.r, c.g, c.b);
}

} // namespace orrery::app
