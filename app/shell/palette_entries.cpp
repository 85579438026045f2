// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/palette_entries.h"

#include "app/shell/fuzzy.h"
#include "app/shell/topbar.h"
#include "app/shell/translator.h"
#include "engine/lab/condition.h"

#include <QCoreApplication>

#include <algorithm>

namespace orrery::app {

namespace {

constexpr std::size_t mostShown = 60;

QString range(const lab::Parameter& p) {
    return QString::fromUtf8("%1 … %2 %3").arg(p.low, 0, 'g', 6).arg(p.high, 0, 'g', 7).arg(say(p.unit)).trimmed();
}

bool hasRange(const lab::Parameter& p) { return p.type != lab::Type::file && p.type != lab::Type::text; }
bool takesValue(const lab::Parameter& p) { return p.type != lab::Type::points; }

/// The first choice that must be made otherwise for the parameter to act, and what it must be: "Shape: mixture".
struct Missing {
    std::string key;
    QString words;
};
Missing missing(const lab::Settings& settings, const std::string& shownWhen) {
    for (const lab::Condition& condition : lab::conditions(shownWhen)) {
        const lab::Parameter& other = *settings.declaration().find(condition.key);
        if (!settings.acts(other)) return missing(settings, other.shownWhen);
        if ((std::ranges::count(condition.choices, settings.text(other)) > 0) != condition.negated) continue;
        QStringList labels;
        for (const std::string& key : condition.choices) {
            const auto choice = std::ranges::find(other.choices, key, &lab::Choice::key);
            labels << (choice == other.choices.end() || choice->label.empty() ? QString::fromStdString(key) : say(choice->label));
        }
        return {other.key,
                say(other.label) + (condition.negated ? QString::fromUtf8(" \xE2\x89\xA0 ") : ": ") + labels.join(", ")};
    }
    return {};
}

} // namespace

PaletteEntry PaletteEntries::elsewhere(const char* icon, const QString& title, const std::string& shownWhen) const {
    const Missing what = missing(m_bench->session().settings(), shownWhen);
    return {.icon = icon,
            .title = title,
            .detail = tr("Acts only with %1").arg(what.words),
            .shortcut = {},
            .run =
                [show = reveal, name = what.key] {
                    if (show) show(name);
                },
            .continueWith = {}};
}

void PaletteEntries::addParameter(std::vector<PaletteEntry>& list, const lab::Parameter& p) const {
    const lab::Settings& settings = m_bench->session().settings();
    const QString key = QString::fromStdString(p.key), now = QString::fromStdString(settings.text(p).substr(0, 64));
    if (!settings.acts(p)) { // not in the panel: what brings it there is
        list.push_back(elsewhere("slider", say(p.label) + "   " + key, p.shownWhen));
        return;
    }
    PaletteEntry entry{.icon = "slider",
                       .title = say(p.label) + "   " + key,
                       .detail = say(p.meaning),
                       .shortcut = p.type == lab::Type::points ? QString() : now,
                       .run = {},
                       .continueWith = {}};
    if (p.type == lab::Type::flag) {
        entry.shortcut = settings.flag(p.key) ? tr("on") : tr("off");
        entry.run = [bench = m_bench, name = p.key, on = settings.flag(p.key)] { bench->set(name, !on); };
    } else if (takesValue(p)) {
        entry.continueWith = key + ' ';
    } else { // edited in the picture, and in the panel's table
        entry.run = [show = reveal, name = p.key] {
            if (show) show(name);
        };
    }
    list.push_back(std::move(entry));
}

// "beta_max 12": the words before the value name a parameter by key or label.
void PaletteEntries::addAssignments(std::vector<PaletteEntry>& list, const QString& query) const {
    QString text = query;
    text.replace('=', ' ');
    for (const lab::Parameter& p : m_bench->session().declaration().parameters) {
        if (!takesValue(p) || !m_bench->session().settings().acts(p)) continue;
        for (const QString& name : {QString::fromStdString(p.key), say(p.label), QString::fromStdString(p.label)}) {
            if (!text.startsWith(name + ' ', Qt::CaseInsensitive)) continue;
            const QString value = text.mid(name.size() + 1).trimmed();
            if (p.type == lab::Type::choice) {
                for (const lab::Choice& choice : p.choices) {
                    const QString label = say(choice.label);
                    if (!value.isEmpty() && !fuzzyScore(value, label + ' ' + QString::fromStdString(choice.key))) continue;
                    list.push_back({.icon = "slider",
                                    .title = tr("Set %1 to %2").arg(say(p.label), label),
                                    .detail = say(choice.meaning),
                                    .shortcut = {},
                                    .run = [bench = m_bench, key = p.key, to = choice.key] { bench->set(key, to); },
                                    .continueWith = {}});
                }
            } else if (value.isEmpty()) {
                list.push_back({.icon = "slider",
                                .title = tr("%1: type a value").arg(say(p.label)),
                                .detail = hasRange(p) ? range(p) : say(p.meaning),
                                .shortcut = QString::fromStdString(m_bench->session().settings().text(p)),
                                .run = {},
                                .continueWith = QString::fromStdString(p.key) + ' '});
            } else {
                list.push_back({.icon = "slider",
                                .title = tr("Set %1 to %2").arg(say(p.label), value),
                                .detail = hasRange(p) ? range(p) : say(p.meaning),
                                .shortcut = QString::fromStdString(m_bench->session().settings().text(p)),
                                .run = [bench = m_bench, key = p.key, to = value.toStdString()] { bench->setText(key, to); },
                                .continueWith = {}});
            }
            break;
        }
    }
}

std::vector<PaletteEntry> PaletteEntries::all() const {
    std::vector<PaletteEntry> list;
    for (const ActionRow& row : actionTable()) {
        if (row.id[0] == '-' || QString(row.id) == "edit.find") continue;
        QAction* action = &(*m_actions)[row.id];
        if (!action->isEnabled()) continue;
        const QString meaning = *row.meaning ? action->toolTip() : QString();
        list.push_back({.icon = "action",
                        .title = action->text().section('\t', 0, 0),
                        .detail = meaning,
                        .shortcut = Actions::shortcutText(row).section("  ", 0, 0),
                        .run = [action] { action->trigger(); },
                        .continueWith = {}});
    }
    if (!m_bench->hasSession()) return list;
    const lab::Declaration& lab = m_bench->session().declaration();
    for (const lab::Parameter& p : lab.parameters) addParameter(list, p);
    for (const lab::Action& action : lab.actions) {
        if (action.key == "restart" || action.key == "reseed") continue; // in the table above
        if (!m_bench->session().settings().acts(action)) {
            list.push_back(elsewhere("action", say(action.label), action.shownWhen));
            continue;
        }
        list.push_back({.icon = "action",
                        .title = say(action.label),
                        .detail = say(action.meaning),
                        .shortcut = {},
                        .run = [bench = m_bench, key = action.key] { bench->act(key); },
                        .continueWith = {}});
    }
    for (const lab::Entry& entry : lab::registry()) {
        if (entry.declaration->name != lab.name)
            list.push_back({.icon = QString::fromStdString(entry.declaration->name),
                            .title = say(entry.declaration->title),
                            .detail = say(entry.declaration->summary),
                            .shortcut = {},
                            .run = [bench = m_bench, name = entry.declaration->name] { bench->openLab(name); },
                            .continueWith = {}});
    }
    for (const lab::Scenario& scenario : lab::embeddedScenarios(lab.name))
        list.push_back({.icon = "scenario",
                        .title = titleOf(scenario),
                        .detail = summaryOf(scenario),
                        .shortcut = {},
                        .run = [bench = m_bench, scenario] { bench->openScenario(scenario); },
                        .continueWith = {}});
    if (lessonSteps)
        for (LessonStepName& step : lessonSteps())
            list.push_back({.icon = "lesson",
                            .title = step.title,
                            .detail = tr("Lesson"),
                            .shortcut = {},
                            .run = step.open,
                            .continueWith = {}});
    return list;
}

std::vector<PaletteEntry> PaletteEntries::find(const QString& query) const {
    std::vector<PaletteEntry> found;
    if (m_bench->hasSession()) addAssignments(found, query);
    std::vector<std::pair<int, PaletteEntry>> scored;
    for (PaletteEntry& entry : all()) {
        const int score = std::max(2 * fuzzyScore(query, entry.title), fuzzyScore(query, entry.detail) > 1000 ? 500 : 0);
        if (score > 0) scored.emplace_back(score, std::move(entry));
    }
    std::ranges::stable_sort(scored, [](auto& a, auto& b) { return a.first > b.first; });
    // Where something has the words themselves, letters scattered over a sentence are no match.
    const int least = !scored.empty() && scored.front().first > 1500 ? 400 : 1;
    for (auto& [score, entry] : scored)
        if (score >= least && found.size() < mostShown) found.push_back(std::move(entry));
    return found;
}

} // namespace orrery::app
