// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/style_sheet.h"

#include "app/shell/theme.h"

namespace orrery::app {

namespace {

// $name stands for a colour of the theme. Widgets are addressed by the property "role", so that the sheet is the only
// place that knows how a chip or a card looks.
constexpr const char* sheet = R"(
QMainWindow, QDialog, QWidget#Ground { background: $dock; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $dimBrass; }
QDialog { border: 1px solid $line; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
QToolTip { background: $card; color: $text; border: 1px solid $line; padding: 6px 8px; }

QMenuBar { background: $dock; color: $secondary; border-bottom: 1px solid $line; padding: 2px 4px; }
QMenuBar::item { padding: 4px 9px; background: transparent; border-radius: 5px; }
QMenuBar::item:selected { background: $raised; color: $text; }
QMenu { background: $card; color: $text; border: 1px solid $line; padding: 5px; }
QMenu::item { padding: 6px 26px 6px 12px; border-radius: 5px; }
QMenu::item:selected { background: $raised; color: $brass; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $line; margin: 5px 8px; }
QMenu::indicator { width: 14px; height: 14px; margin-left: 6px; }
QMenu::icon { padding-left: 8px; }

QWidget[role="bar"] { background: $dock; }
QWidget[role="card"] { background: $card; border-radius: 8px; }
QFrame[role="line"] { background: $line; border: none; }
QLabel { background: transparent; color: $text; }
QLabel[role="title"] { font-size: 16px; font-weight: 600; }
QLabel[role="group"] { color: $faint; font-size: 11px; }
QLabel[role="secondary"] { color: $secondary; }
QLabel[role="faint"] { color: $faint; }
QLabel[role="brand"] { color: $brass; font-weight: 700; }

QToolButton, QPushButton { background: transparent; color: $secondary; border: none; border-radius: 7px; padding: 5px 9px; }
QToolButton:hover, QPushButton:hover { background: $raised; color: $text; }
QToolButton:checked { color: $brass; }
QToolButton:disabled, QPushButton:disabled { color: $faint; }
QToolButton:focus, QPushButton:focus { border: 1px solid $brass; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[role="chip"], QPushButton[role="chip"] { background: $card; border: 1px solid $line; padding: 4px 10px; }
QToolButton[role="chip"]:hover, QPushButton[role="chip"]:hover { border-color: $dimBrass; color: $text; }
QToolButton[role="chip"]:focus, QPushButton[role="chip"]:focus { border-color: $brass; }
QPushButton[role="primary"] { background: $brass; color: $onBrass; padding: 6px 14px; font-weight: 600; }
QPushButton[role="primary"]:hover { background: $dimBrass; color: $text; }
QPushButton[role="primary"]:focus { border: 2px solid $text; }
QPushButton[role="plain"], QDialog QPushButton { background: $card; border: 1px solid $line; padding: 6px 14px; color: $text; }
QPushButton[role="plain"]:focus, QDialog QPushButton:focus { border-color: $brass; }
QToolButton[role="rail"] { color: $secondary; border-radius: 9px; padding: 9px 2px 7px 2px; font-size: 11px;
                           border-left: 3px solid transparent; }
QToolButton[role="rail"]:hover { background: $card; color: $text; }
QToolButton[role="rail"]:checked { background: $raised; color: $text; border-left: 3px solid $brass; }
QToolButton[role="rail"]:focus { border: 1px solid $brass; border-left: 3px solid $brass; }
QToolButton[role="round"] { background: $card; border-radius: 15px; padding: 0; }
QToolButton[role="round"]:hover { background: $raised; }
QToolButton[role="play"] { background: $brass; border-radius: 18px; padding: 0; }
QToolButton[role="play"]:hover { background: $playHover; }
QToolButton[role="play"]:focus { border: 2px solid $text; }
QToolButton[role="play"]:disabled { background: $raised; }
QToolButton[role="tiny"] { padding: 1px; border-radius: 4px; }

QLineEdit, QPlainTextEdit, QSpinBox { background: $card; color: $text; border: 1px solid $line; border-radius: 7px; padding: 5px 9px;
            selection-background-color: $brass; selection-color: $onBrass; }
QLineEdit:focus, QPlainTextEdit:focus, QSpinBox:focus { border-color: $brass; }
QTextBrowser { background: transparent; color: $text; border: none; selection-background-color: $brass; selection-color: $onBrass; }

QListView, QTreeView, QTableView { background: transparent; color: $text; border: none; outline: none; }
QListView::item { padding: 0; border-radius: 6px; }
QTableView::item { padding: 3px 8px; }
QDockWidget { color: $faint; }
QDockWidget > QWidget { background: $dock; }
QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $raised; border-radius: 3px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: $line; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { background: $raised; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $brass; border-radius: 3px; }

QWidget[role="notice"] { background: $card; border-bottom: 1px solid $line; }
QWidget[role="notice"][kind="error"] { border-left: 4px solid $bad; }
QWidget[role="notice"][kind="warning"] { border-left: 4px solid $brass; }
QWidget[role="notice"][kind="info"] { border-left: 4px solid $info; }
QWidget[role="palette"] { background: $card; border: 1px solid $dimBrass; border-radius: 10px; }
QWidget[role="palette"] QLineEdit { background: transparent; border: none; font-size: 16px; padding: 8px 12px; }
QWidget[role="quote"] { border-left: 3px solid $brass; background: $card; }
)";

} // namespace

QString styleSheet(const Colours& c) {
    const std::pair<const char*, QColor> names[] = {
        {"ground", c.ground},
        {"dock", c.dock},
        {"card", c.card},
        {"raised", c.raised},
        {"line", c.line},
        {"text", c.text},
        {"secondary", c.secondary},
        {"faint", c.faint},
        {"brass", c.brass},
        {"dimBrass", c.dimBrass},
        {"onBrass", c.light ? c.card : c.ground},
        {"playHover", c.light ? c.brass.lighter(115) : c.brass.lighter(108)},
        {"bad", c.bad},
        {"info", c.info},
    };
    QString out;
    const QString source = QString::fromUtf8(sheet);
    for (qsizetype at = 0; at < source.size(); ++at) {
        if (source[at] != '$') {
            out += source[at];
            continue;
        }
        qsizetype end = at + 1;
        while (end < source.size() && source[end].isLetter()) ++end;
        const QString name = source.mid(at + 1, end - at - 1);
        for (const auto& [key, value] : names)
            if (name == key) out += value.name();
        at = end - 1;
    }
    return out;
}

} // namespace orrery::app
