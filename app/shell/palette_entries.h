// SPDX-License-Identifier: GPL-3.0-or-later
// What the palette can find: actions, parameters, scenarios, lesson steps; and what typing a value after a parameter does.
#pragma once

#include "app/shell/actions.h"
#include "app/shell/workbench.h"

#include <QString>

#include <functional>
#include <vector>

namespace orrery::app {

struct PaletteEntry {
    QString icon, title, detail, shortcut;
    std::function<void()> run;
    QString continueWith; ///< not empty: choosing it types this into the field instead of running
};

struct LessonStepName {
    QString title;
    std::function<void()> open;
};

class PaletteEntries {
 public:
    PaletteEntries(Workbench& bench, Actions& actions) : m_bench(&bench), m_actions(&actions) {}
    std::function<std::vector<LessonStepName>()> lessonSteps;
    std::function<void(const std::string& key)> reveal; ///< shows a parameter's control in the panel

    std::vector<PaletteEntry> find(const QString& query) const; ///< best first

 private:
    /// A row that does not act now: it says with what it would, and shows that.
    PaletteEntry elsewhere(const char* icon, const QString& title, const std::string& shownWhen) const;
    void addParameter(std::vector<PaletteEntry>& list, const lab::Parameter& parameter) const;
    void addAssignments(std::vector<PaletteEntry>& list, const QString& query) const;
    std::vector<PaletteEntry> all() const;

    Workbench* m_bench;
    Actions* m_actions;
};

} // namespace orrery::app
