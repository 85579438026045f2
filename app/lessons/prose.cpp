// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/lessons/prose.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"

#include <QAbstractTextDocumentLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QSvgRenderer>
#include <QTextBlock>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace orrery::app {

namespace {

constexpr int textPixels = 14;
constexpr qreal lineHeight = 138; // per cent
constexpr int cardMargin = 14;

} // namespace

Prose::Prose(const QString& markdown, QWidget* parent) : QTextBrowser(parent) {
    setFrameShape(QFrame::NoFrame);
    setOpenLinks(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTextInteractionFlags(Qt::TextBrowserInteraction | Qt::LinksAccessibleByKeyboard);
    viewport()->setAutoFillBackground(false);
    document()->setDocumentMargin(0);
    document()->setDefaultFont(textFont(textPixels));
    document()->setMarkdown(markdown, QTextDocument::MarkdownDialectGitHub);
    dress();
    connect(&Look::instance(), &Look::changed, this, &Prose::dress);
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            [this](const QSizeF& size) { setFixedHeight(int(std::ceil(size.height())) + 1); });
}

void Prose::dress() {
    QTextCursor cursor(document());
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        QTextBlockFormat format = block.blockFormat();
        format.setLineHeight(lineHeight, QTextBlockFormat::ProportionalHeight);
        format.setTopMargin(0);
        format.setBottomMargin(block.next().isValid() ? (block.textList() ? 3 : 10) : 0);
        cursor.setPosition(block.position());
        cursor.setBlockFormat(format);
        for (auto part = block.begin(); !part.atEnd(); ++part) {
            const QTextFragment fragment = part.fragment();
            QTextCharFormat look;
            const bool link = fragment.charFormat().isAnchor();
            look.setForeground(link ? colours().brass : colours().text);
            if (link) {
                look.setUnderlineStyle(QTextCharFormat::DotLine);
                look.setUnderlineColor(colours().brass);
            }
            cursor.setPosition(fragment.position());
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor::KeepAnchor);
            cursor.mergeCharFormat(look);
        }
    }
}

void Prose::resizeEvent(QResizeEvent* event) {
    QTextBrowser::resizeEvent(event);
    setFixedHeight(int(std::ceil(document()->size().height())) + 1);
}

void Prose::keyPressEvent(QKeyEvent* event) {
    const bool paging = event->key() == Qt::Key_PageDown || event->key() == Qt::Key_PageUp || event->key() == Qt::Key_Up ||
                        event->key() == Qt::Key_Down;
    if (paging)
        event->ignore(); // the page scrolls, not this part of it
    else
        QTextBrowser::keyPressEvent(event);
}

bool Prose::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && describe) {
        const auto& help = static_cast<QHelpEvent&>(*event);
        const QString link = anchorAt(viewport()->mapFrom(this, help.pos()));
        if (link.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(help.globalPos(), describe(link), this);
        return true;
    }
    return QTextBrowser::event(event);
}

Formula::Formula(QByteArray svg, const QString& tex, QWidget* parent) : QWidget(parent), m_svg(std::move(svg)) {
    setAccessibleName(tex);
    setToolTip(QString());
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_size = QSvgRenderer(m_svg).defaultSize();
    connect(&Look::instance(), &Look::changed, this, qOverload<>(&QWidget::update));
}

QSize Formula::sizeHint() const { return {200, int(std::ceil(m_size.height())) + 2 * cardMargin}; }

void Formula::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours().card);
    painter.drawRoundedRect(QRectF(rect()), 9, 9);
    QSvgRenderer renderer(tinted(m_svg, colours().text));
    QSizeF size = m_size;
    const qreal room = std::max(1, width() - 2 * cardMargin);
    if (size.width() > room) size *= room / size.width();
    renderer.render(&painter, QRectF((width() - size.width()) / 2, (height() - size.height()) / 2, size.width(), size.height()));
}

} // namespace orrery::app
