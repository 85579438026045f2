// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/palette.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::app {

namespace {

constexpr int rowHeight = 42, wide = 620, mostRows = 9, margin = 8;

class Row : public QStyledItemDelegate {
 public:
    Row(const std::vector<PaletteEntry>& shown, QObject* parent) : QStyledItemDelegate(parent), m_shown(&shown) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {wide - 40, rowHeight}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto row = std::size_t(index.row());
        if (row >= m_shown->size()) return;
        const PaletteEntry& entry = (*m_shown)[row];
        const bool selected = option.state & QStyle::State_Selected;
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        if (selected) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(colours().raised);
            painter->drawRoundedRect(option.rect.adjusted(2, 1, -2, -1), 7, 7);
        }
        const QPixmap picture =
            iconPixmap(entry.icon, selected ? colours().brass : colours().faint, 18, painter->device()->devicePixelRatioF());
        painter->drawPixmap(option.rect.left() + 12, option.rect.top() + (rowHeight - 18) / 2, picture);
        QRect room = option.rect.adjusted(42, 5, -14, -5);
        painter->setFont(numberFont(12));
        painter->setPen(selected ? colours().brass : colours().secondary);
        const int right = std::min(220, painter->fontMetrics().horizontalAdvance(entry.shortcut));
        painter->drawText(room, Qt::AlignRight | Qt::AlignVCenter,
                          painter->fontMetrics().elidedText(entry.shortcut, Qt::ElideRight, 220));
        room.adjust(0, 0, -right - 12, 0);
        painter->setFont(textFont(13));
        painter->setPen(colours().text);
        const bool two = !entry.detail.isEmpty();
        painter->drawText(room, Qt::AlignLeft | (two ? Qt::AlignTop : Qt::AlignVCenter),
                          painter->fontMetrics().elidedText(entry.title, Qt::ElideRight, room.width()));
        painter->setFont(textFont(11));
        painter->setPen(colours().faint);
        painter->drawText(room, Qt::AlignLeft | Qt::AlignBottom,
                          painter->fontMetrics().elidedText(entry.detail, Qt::ElideRight, room.width()));
        painter->restore();
    }

 private:
    const std::vector<PaletteEntry>* m_shown;
};

} // namespace

CommandPalette::CommandPalette(PaletteEntries entries, QWidget* window)
    // A popup of its own: the viewport is a native window, no widget can lie over it.
    : QWidget(window, Qt::Popup | Qt::FramelessWindowHint),
      m_entries(std::move(entries)),
      m_field(new QLineEdit),
      m_list(new QListWidget) {
    setObjectName("palette");
    setProperty("role", "palette");
    setAttribute(Qt::WA_StyledBackground);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(margin, margin, margin, margin);
    column->setSpacing(4);
    auto* line = new QFrame;
    line->setProperty("role", "line");
    line->setFixedHeight(1);
    column->addWidget(m_field);
    column->addWidget(line);
    column->addWidget(m_list);
    m_list->setItemDelegate(new Row(m_shown, m_list));
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_field->installEventFilter(this);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::search);
    connect(m_list, &QListWidget::itemClicked, this, &CommandPalette::choose);
}

void CommandPalette::open(const QString& query) {
    m_field->setPlaceholderText(tr("Action, parameter, scenario, lesson step; or: beta_max 12"));
    m_field->setAccessibleName(tr("Find anything"));
    m_list->setAccessibleName(tr("What was found"));
    m_field->setText(query);
    search(query);
    const QWidget* window = parentWidget();
    const QPoint place = window->mapToGlobal(QPoint((window->width() - wide) / 2, std::max(40, window->height() / 8)));
    setFixedWidth(wide);
    move(place);
    show();
    m_field->setFocus();
}

void CommandPalette::search(const QString& query) {
    m_shown = m_entries.find(query);
    m_list->clear();
    for (const PaletteEntry& entry : m_shown) { // the text is for screen readers; the delegate paints the entry
        auto* item = new QListWidgetItem(m_list);
        item->setData(Qt::AccessibleTextRole, entry.title + ". " + entry.detail);
    }
    m_list->setCurrentRow(0);
    const int rows = std::clamp(int(m_shown.size()), 1, mostRows);
    m_list->setFixedHeight(rows * rowHeight + 4);
    adjustSize();
}

void CommandPalette::choose() {
    const int row = m_list->currentRow();
    if (row < 0 || std::size_t(row) >= m_shown.size()) return;
    const PaletteEntry entry = m_shown[std::size_t(row)];
    if (!entry.continueWith.isEmpty()) {
        m_field->setText(entry.continueWith);
        return;
    }
    hide(); // before it runs: what it opens may need the focus
    if (entry.run) entry.run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_field || event->type() != QEvent::KeyPress) return QWidget::eventFilter(watched, event);
    const auto& key = static_cast<QKeyEvent&>(*event);
    const int rows = m_list->count(), now = m_list->currentRow();
    const auto go = [&](int row) {
        if (rows) m_list->setCurrentRow((row + rows) % rows);
        return true;
    };
    switch (key.key()) {
        case Qt::Key_Down:
            return go(now + 1);
        case Qt::Key_Up:
            return go(now - 1);
        case Qt::Key_PageDown:
            return go(std::min(rows - 1, now + mostRows));
        case Qt::Key_PageUp:
            return go(std::max(0, now - mostRows));
        case Qt::Key_Return:
        case Qt::Key_Enter:
            choose();
            return true;
        case Qt::Key_Escape:
            hide();
            return true;
        case Qt::Key_Tab: // completes to the entry's name
            if (now >= 0 && !m_shown[std::size_t(now)].continueWith.isEmpty())
                m_field->setText(m_shown[std::size_t(now)].continueWith);
            return true;
        default:
            return QWidget::eventFilter(watched, event);
    }
}

} // namespace orrery::app
