// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/docks.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"

#include <QEvent>
#include <QHBoxLayout>

namespace orrery::app {

namespace {

QToolButton* tiny() {
    auto* button = new QToolButton;
    button->setProperty("role", "tiny");
    button->setFixedSize(20, 20);
    button->setFocusPolicy(Qt::TabFocus);
    return button;
}

} // namespace

DockTitle::DockTitle(QDockWidget& dock) : m_dock(&dock), m_text(new QLabel), m_float(tiny()), m_close(tiny()) {
    setProperty("role", "bar");
    setAttribute(Qt::WA_StyledBackground);
    m_text->setProperty("role", "group");
    QFont spaced = textFont(11);
    spaced.setLetterSpacing(QFont::AbsoluteSpacing, 0.8);
    m_text->setFont(spaced);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(18, 8, 10, 4);
    row->setSpacing(2);
    row->addWidget(m_text, 1);
    row->addWidget(m_float);
    row->addWidget(m_close);
    connect(m_float, &QToolButton::clicked, this, [this] { m_dock->setFloating(!m_dock->isFloating()); });
    connect(m_close, &QToolButton::clicked, m_dock, &QDockWidget::close);
    const auto paint = [this] {
        m_float->setIcon(icon("float", colours().faint, {}, 14));
        m_close->setIcon(icon("close", colours().faint, {}, 14));
    };
    connect(&Look::instance(), &Look::changed, this, paint);
    paint();
    retranslate();
}

void DockTitle::setText(const QString& text) { m_text->setText(text); }

void DockTitle::add(QWidget* button) { static_cast<QHBoxLayout*>(layout())->insertWidget(1, button); }

void DockTitle::retranslate() {
    m_float->setToolTip(tr("In a window of its own"));
    m_float->setAccessibleName(m_float->toolTip());
    m_close->setToolTip(tr("Close; the View menu brings it back"));
    m_close->setAccessibleName(tr("Close"));
}

void DockTitle::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

Dock::Dock(const QString& name, QWidget* content, QWidget* parent) : QDockWidget(parent), m_title(new DockTitle(*this)) {
    setObjectName("dock." + name);
    setTitleBarWidget(m_title);
    setWidget(content);
}

} // namespace orrery::app
