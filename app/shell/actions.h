// SPDX-License-Identifier: GPL-3.0-or-later
// Everything a person can do in the window, in one table. Menus, shortcuts, the palette and the sheet of shortcuts are
// made from it.
#pragma once

#include <QAction>
#include <QHash>
#include <QObject>

#include <functional>
#include <span>

namespace orrery::app {

struct ActionRow {
    const char* id;   ///< "run.play"; "-" is a separator
    const char* menu; ///< "File", "View/Language", …
    const char* text;
    const char* shortcut = ""; ///< several: apart by blanks
    const char* meaning = "";
    bool checkable = false;
    bool viewportOnly = false; ///< the viewport handles the key itself; the shortcut is only shown
};
std::span<const ActionRow> actionTable();

class Actions : public QObject {
    Q_OBJECT

 public:
    explicit Actions(QWidget* owner);

    QAction& operator[](const char* id) const; ///< asserts that the table has it
    void on(const char* id, std::function<void()> run);
    void onToggle(const char* id, std::function<void(bool)> run);
    void retranslate();

    static QString shortcutText(const ActionRow& row);

 private:
    QHash<QString, QAction*> m_actions;
};

} // namespace orrery::app
