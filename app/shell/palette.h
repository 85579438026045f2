// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+K: a field and a list that find anything.
#pragma once

#include "app/shell/palette_entries.h"

#include <QLineEdit>
#include <QListWidget>

namespace orrery::app {

class CommandPalette : public QWidget {
    Q_OBJECT

 public:
    CommandPalette(PaletteEntries entries, QWidget* window);
    void open(const QString& query = {});
    QLineEdit& field() { return *m_field; }
    const std::vector<PaletteEntry>& shown() const { return m_shown; }
    PaletteEntries& entries() { return m_entries; }

 protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

 private:
    void search(const QString& query);
    void choose();

    PaletteEntries m_entries;
    std::vector<PaletteEntry> m_shown;
    QLineEdit* m_field;
    QListWidget* m_list;
};

} // namespace orrery::app
