// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/charts/charts.h"

#include "app/shell/translator.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QScrollArea>

#include <algorithm>

namespace orrery::app {

namespace {

constexpr int intervalMs = 100;

} // namespace

Charts::Charts(Workbench& bench, Files& files, QWidget* parent)
    : QWidget(parent), m_bench(&bench), m_files(&files), m_row(new QWidget) {
    setProperty("role", "bar");
    setAttribute(Qt::WA_StyledBackground);
    setObjectName("charts");
    setMinimumHeight(130);
    auto* whole = new QHBoxLayout(this);
    whole->setContentsMargins(0, 0, 0, 0);
    auto* scrolled = new QScrollArea(this); // sideways, where the headings of many charts want more room than there is
    scrolled->setFrameShape(QFrame::NoFrame);
    scrolled->setWidgetResizable(true);
    scrolled->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_row->setProperty("role", "bar");
    scrolled->setWidget(m_row);
    whole->addWidget(scrolled);
    auto* row = new QHBoxLayout(m_row);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_later.setSingleShot(true);
    connect(&m_later, &QTimer::timeout, this, &Charts::draw);
    connect(m_bench, &Workbench::sessionCame, this, &Charts::rebuild);
    connect(m_bench, &Workbench::sessionGoing, this, [this] { m_later.stop(); });
    rebuild();
}

void Charts::rebuild() {
    for (Chart* chart : m_charts) delete chart;
    m_charts.clear();
    for (QFrame* line : m_lines) delete line;
    m_lines.clear();
    if (!m_bench->hasSession()) return;
    const lab::Declaration& lab = m_bench->session().declaration();
    std::vector<std::string> names;
    for (const lab::Series& series : lab.series)
        if (std::ranges::find(names, series.chart) == names.end()) names.push_back(series.chart);
    for (const std::string& name : names) {
        if (!m_charts.empty()) {
            auto* line = new QFrame(m_row);
            line->setProperty("role", "line");
            line->setFixedWidth(1);
            m_row->layout()->addWidget(line);
            m_lines.push_back(line);
        }
        auto* chart = new Chart(lab, name, m_row);
        m_row->layout()->addWidget(chart);
        connect(chart, &Chart::saveWanted, this, &Charts::saveAs);
        m_charts.push_back(chart);
    }
    choose();
}

/// Shows the charts of what the lab does now, with a line between each two.
void Charts::choose() {
    bool before = false;
    for (std::size_t i = 0; i < m_charts.size(); ++i) {
        const bool shown = m_charts[i]->shown(m_bench->session().settings());
        if (i > 0) m_lines[i - 1]->setVisible(shown && before);
        m_charts[i]->setVisible(shown);
        before = before || shown;
    }
}

void Charts::refresh() {
    if (m_later.isActive() || !isVisible()) return;
    const qint64 since = m_drawn.isValid() ? m_drawn.elapsed() : intervalMs;
    m_later.start(int(std::max<qint64>(0, intervalMs - since)));
}

void Charts::draw() {
    m_drawn.start();
    if (!m_bench->hasSession()) return;
    const lab::Session& session = m_bench->session();
    choose();
    for (Chart* chart : m_charts) chart->follow(session.lab(), session.lab().position());
}

void Charts::saveAs(Chart* chart, const QString& suffix) {
    const QString filters = suffix.isEmpty() ? QString("PDF (*.pdf);;SVG (*.svg);;PNG (*.png);;CSV (*.csv)")
                                             : QString("%1 (*.%2)").arg(suffix.toUpper(), suffix);
    const QString name = QString::fromStdString(chart->name()).toLower() + '.' + (suffix.isEmpty() ? QString("pdf") : suffix);
    const QString path = m_files->askSave(tr("Save chart"), name, filters);
    if (path.isEmpty()) return;
    if (m_bench->attempt([&] { chart->save(path); })) Q_EMIT m_bench->noticed(tr("Saved %1").arg(path), NoticeKind::info);
}

void Charts::saveDialog() {
    if (m_charts.empty()) return;
    QStringList names;
    for (const Chart* chart : m_charts) names << say(chart->name());
    bool chosen = names.size() == 1;
    const QString name =
        chosen ? names.front() : QInputDialog::getItem(this, tr("Save chart"), tr("Which chart?"), names, 0, false, &chosen);
    if (chosen) saveAs(m_charts[std::size_t(names.indexOf(name))], {});
}

void Charts::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange)
        for (Chart* chart : m_charts) chart->retranslate();
    QWidget::changeEvent(event);
}

} // namespace orrery::app
