// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/transport.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"
#include "app/shell/translator.h"

#include <QEvent>
#include <QHBoxLayout>

#include <cmath>

namespace orrery::app {

namespace {

QString speedText(double speed) {
    if (speed < 1) return QString::fromUtf8("1/%1×").arg(std::lround(1 / speed));
    return QString::fromUtf8("%1×").arg(speed, 0, 'f', 1);
}

QString clockText(const lab::ClockNames& clock, double value) {
    return QString::number(value, 'f', !clock.counts && std::abs(value) < 100 ? 3 : 0);
}

} // namespace

TransportBar::TransportBar(Workbench& bench, Actions& actions, QWidget* parent)
    : QWidget(parent),
      m_bench(&bench),
      m_actions(&actions),
      m_back(round("run.back", 30)),
      m_play(round("run.play", 36)),
      m_forward(round("run.forward", 30)),
      m_speed(new QToolButton),
      m_loop(new QToolButton),
      m_cancel(new QToolButton),
      m_scrubber(new Scrubber),
      m_job(new QLabel),
      m_progress(new QProgressBar) {
    setProperty("role", "bar");
    setAttribute(Qt::WA_StyledBackground);
    setObjectName("transport");
    setFixedHeight(58);
    m_play->setProperty("role", "play");
    m_speed->setObjectName("speed");
    m_speed->setFont(numberFont());
    m_speed->setFixedWidth(62);
    m_speed->setPopupMode(QToolButton::InstantPopup);
    m_speed->setMenu(&m_speeds);
    for (double speed = 1.0 / 16; speed <= 16; speed *= 2)
        m_speeds.addAction(speedText(speed), this, [this, speed] {
            if (m_bench->hasSession()) m_bench->session().transport().setSpeed(speed);
            refresh();
        });
    m_loop->setDefaultAction(&actions["run.loop"]);
    m_loop->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_cancel->setObjectName("cancelJob");
    m_cancel->setProperty("role", "tiny");
    m_progress->setTextVisible(false);
    m_progress->setFixedWidth(90);
    m_progress->setRange(0, 1000);
    m_job->setProperty("role", "secondary");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 4, 14, 4);
    row->setSpacing(10);
    row->addWidget(m_back);
    row->addWidget(m_play);
    row->addWidget(m_forward);
    row->addWidget(m_speed);
    row->addWidget(m_scrubber, 1);
    row->addWidget(m_loop);
    row->addWidget(m_job);
    row->addWidget(m_progress);
    row->addWidget(m_cancel);
    connect(m_cancel, &QToolButton::clicked, &actions["run.cancel"], &QAction::trigger);
    connect(m_bench, &Workbench::changed, this, &TransportBar::refreshMarks);
    connect(m_bench, &Workbench::sessionCame, this, &TransportBar::refreshMarks);
    connect(&Look::instance(), &Look::changed, this, &TransportBar::redraw);
    connectActions();
    redraw();
    refreshMarks();
}

QToolButton* TransportBar::round(const char* action, int size) {
    auto* button = new QToolButton(this);
    button->setObjectName(QString("transport.") + action);
    button->setProperty("role", "round");
    button->setFixedSize(size, size);
    button->setFocusPolicy(Qt::TabFocus);
    connect(button, &QToolButton::clicked, &(*m_actions)[action], &QAction::trigger);
    return button;
}

void TransportBar::connectActions() {
    const auto onTransport = [this](const char* id, auto change) {
        m_actions->on(id, [this, change] {
            if (!m_bench->hasSession()) return;
            change(m_bench->session().transport());
            refresh();
            Q_EMIT moved();
        });
    };
    using lab::Transport;
    onTransport("run.play", [](Transport& t) { t.toggle(); });
    onTransport("run.forward", [](Transport& t) { t.step(1); });
    onTransport("run.back", [](Transport& t) { t.step(-1); });
    onTransport("run.start", [](Transport& t) { t.seek(0); });
    onTransport("run.end", [](Transport& t) { t.seek(t.steps()); });
    onTransport("run.faster", [](Transport& t) { t.setSpeed(t.speed() * 2); });
    onTransport("run.slower", [](Transport& t) { t.setSpeed(t.speed() / 2); });
    onTransport("run.speedOne", [](Transport& t) { t.setSpeed(1); });
    onTransport("run.loop", [](Transport& t) { t.setLoop(!t.loop()); });
    connect(m_scrubber, &Scrubber::sought, this, [this](double step) {
        if (!m_bench->hasSession()) return;
        m_bench->session().transport().pause();
        m_bench->session().transport().seek(step);
        refresh();
        Q_EMIT moved();
    });
}

void TransportBar::redraw() {
    const Colours& c = colours();
    m_back->setIcon(icon("step-back", c.secondary, {}, 16));
    m_forward->setIcon(icon("step-forward", c.secondary, {}, 16));
    m_play->setIcon(icon(m_showsPause ? "pause" : "play", c.light ? c.card : c.ground, {}, 20));
    m_play->setIconSize({20, 20});
    m_loop->setIcon(icon("loop", c.secondary, c.brass, 16));
    m_cancel->setIcon(icon("close", c.secondary, {}, 16));
    m_back->setAccessibleName(tr("Step back"));
    m_back->setToolTip(tr("Step back (Left)"));
    m_forward->setAccessibleName(tr("Step forward"));
    m_forward->setToolTip(tr("Step forward (Right)"));
    m_play->setAccessibleName(m_showsPause ? tr("Pause") : tr("Play"));
    m_play->setToolTip(m_showsPause ? tr("Pause (Space)") : tr("Play (Space)"));
    m_speed->setAccessibleName(tr("Speed"));
    m_speed->setToolTip(tr("Speed: at 1.0 the whole way takes six seconds"));
    m_scrubber->setAccessibleName(tr("Time"));
    m_cancel->setAccessibleName(tr("Cancel"));
    m_cancel->setToolTip(tr("Cancel running jobs"));
}

void TransportBar::refreshMarks() {
    if (m_bench->hasSession()) m_scrubber->setMarks(m_bench->session().lab().marks());
    refresh();
}

void TransportBar::refresh() {
    const bool there = m_bench->hasSession();
    setEnabled(there);
    if (!there) {
        for (QWidget* part : std::initializer_list<QWidget*>{m_job, m_progress, m_cancel}) part->hide();
        return;
    }
    lab::Session& session = m_bench->session();
    const lab::Transport& transport = session.transport();
    if (transport.steps() != m_marked) { // a job has brought another length
        m_marked = transport.steps();
        m_scrubber->setMarks(session.lab().marks());
    }
    if (transport.playing() != m_showsPause) {
        m_showsPause = transport.playing();
        redraw();
    }
    m_scrubber->setTime(transport.position(), session.lab().position(), transport.steps(),
                        clockText(session.declaration().clock, session.lab().clock(session.lab().position())));
    m_speed->setText(speedText(transport.speed()));
    (*m_actions)["run.loop"].setChecked(transport.loop());
    refreshJobs();
}

void TransportBar::refreshJobs() {
    const auto& jobs = m_bench->session().lab().jobs().all();
    const bool busy = !jobs.empty();
    m_job->setVisible(busy);
    m_progress->setVisible(busy);
    m_cancel->setVisible(busy);
    (*m_actions)["run.cancel"].setEnabled(busy);
    if (!busy) return;
    const lab::Job& job = *jobs.front();
    m_job->setText(say(job.name()));
    m_job->setToolTip(QString::fromStdString(job.status()));
    m_progress->setToolTip(m_job->toolTip());
    m_progress->setAccessibleName(m_job->text());
    m_progress->setValue(int(job.fraction() * 1000));
}

void TransportBar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) {
        redraw();
        refreshMarks();
    }
    QWidget::changeEvent(event);
}

} // namespace orrery::app
