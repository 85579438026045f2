// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/notice.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QStyle>

namespace orrery::app {

NoticeBar::NoticeBar(QWidget* parent) : QWidget(parent), m_text(new QLabel), m_close(new QToolButton) {
    setProperty("role", "notice");
    setAttribute(Qt::WA_StyledBackground);
    setObjectName("notice");
    m_text->setWordWrap(true);
    m_text->setTextFormat(Qt::PlainText);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_close->setProperty("role", "tiny");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 7, 8, 7);
    row->addWidget(m_text, 1);
    row->addWidget(m_close, 0, Qt::AlignTop);
    m_away.setSingleShot(true);
    connect(&m_away, &QTimer::timeout, this, &QWidget::hide);
    connect(m_close, &QToolButton::clicked, this, &QWidget::hide);
    connect(&Look::instance(), &Look::changed, this, [this] { m_close->setIcon(icon("close", colours().secondary, {}, 16)); });
    m_close->setIcon(icon("close", colours().secondary, {}, 16));
    retranslate();
    hide();
}

void NoticeBar::retranslate() {
    m_close->setToolTip(tr("Close"));
    m_close->setAccessibleName(tr("Close the notice"));
}

void NoticeBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void NoticeBar::tell(const QString& text, NoticeKind kind) {
    m_text->setText(text);
    setAccessibleName(text);
    setProperty("kind", kind == NoticeKind::error ? "error" : kind == NoticeKind::warning ? "warning" : "info");
    style()->unpolish(this);
    style()->polish(this);
    show();
    if (kind == NoticeKind::error)
        m_away.stop();
    else
        m_away.start(kind == NoticeKind::warning ? 15000 : 6000);
}

} // namespace orrery::app
