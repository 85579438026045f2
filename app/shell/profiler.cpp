// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/profiler.h"

#include "app/shell/translator.h"
#include "engine/bench/ceilings.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace orrery::app {

namespace {

enum Column { kernel, calls, total, each, share, bandwidth, ofCopy, rate, ofFma, columnCount };

constexpr int refreshMs = 500;

QString number(double value, int digits = 3) { return value > 0 ? QString::number(value, 'g', digits) : QString(); }
QString percent(double value, double of) {
    return value > 0 && of > 0 ? QString::number(100 * value / of, 'f', value / of < 0.1 ? 1 : 0) + " %" : QString();
}

} // namespace

Profiler::Profiler(Workbench& bench, QWidget* parent)
    : QWidget(parent),
      m_bench(&bench),
      m_table(new QTableWidget),
      m_ceilings(new QLabel),
      m_reset(new QToolButton),
      m_measure(new QToolButton) {
    m_table->setColumnCount(columnCount);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_ceilings->setProperty("role", "secondary");
    auto* row = new QHBoxLayout;
    row->addWidget(m_ceilings, 1);
    row->addWidget(m_measure);
    row->addWidget(m_reset);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(10, 4, 10, 6);
    column->setSpacing(4);
    column->addLayout(row);
    column->addWidget(m_table, 1);
    connect(m_reset, &QToolButton::clicked, this, &Profiler::reset);
    connect(m_measure, &QToolButton::clicked, this, &Profiler::measureCeilings);
    connect(m_bench, &Workbench::sessionCame, this, [this] { setProfiling(isVisible()); }); // perhaps on a new device
    m_timer.setInterval(refreshMs);
    connect(&m_timer, &QTimer::timeout, this, &Profiler::refresh);
    retranslate();
}

void Profiler::setProfiling(bool on) {
    if (m_bench->hasDevice()) m_bench->device().profiling = on;
}

void Profiler::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    setProfiling(true);
    reset();
    m_timer.start();
}

void Profiler::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_timer.stop();
    setProfiling(false);
}

void Profiler::reset() {
    if (m_bench->hasDevice()) m_bench->device().resetProfile();
    refresh();
}

void Profiler::measureCeilings() {
    m_bench->attempt([this] {
        m_copy = bench::copyBandwidth(m_bench->device());
        m_fma = bench::fmaGflops(m_bench->device());
    });
    retranslate();
    reset(); // the measurement is no part of the lab's work
}

void Profiler::refresh() {
    if (!m_bench->hasDevice()) return;
    std::vector<gpu::Timing> rows;
    m_bench->attempt([&] { rows = m_bench->device().profile(); });
    std::ranges::sort(rows, std::ranges::greater(), &gpu::Timing::milliseconds);
    double all = 0;
    for (const gpu::Timing& timing : rows) all += timing.milliseconds;
    m_table->setRowCount(int(rows.size()));
    for (int r = 0; r < int(rows.size()); ++r) {
        const gpu::Timing& t = rows[std::size_t(r)];
        const double gigabytes = t.milliseconds > 0 ? t.bytes / t.milliseconds * 1e-6 : 0,
                     gigaflops = t.milliseconds > 0 ? t.flops / t.milliseconds * 1e-6 : 0;
        const QString texts[columnCount] = {
            QString::fromStdString(t.name), QString::number(t.calls),
            number(t.milliseconds, 4),      number(t.milliseconds / double(std::max<std::uint64_t>(t.calls, 1))),
            percent(t.milliseconds, all),   number(gigabytes),
            percent(gigabytes, m_copy),     number(gigaflops),
            percent(gigaflops, m_fma)};
        for (int c = 0; c < columnCount; ++c) {
            QTableWidgetItem* item = m_table->item(r, c);
            if (!item) {
                item = new QTableWidgetItem;
                item->setTextAlignment((c == kernel ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
                m_table->setItem(r, c, item);
            }
            if (item->text() != texts[c]) item->setText(texts[c]);
        }
    }
}

void Profiler::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void Profiler::retranslate() {
    m_table->setHorizontalHeaderLabels({tr("Kernel"), tr("Calls"), tr("ms in all"), tr("ms each"), tr("of the time"), "GB/s",
                                        tr("of copying"), "GFLOP/s", tr("of multiply-add")});
    m_reset->setText(tr("Count anew"));
    m_measure->setText(tr("Measure ceilings"));
    m_measure->setToolTip(tr("Copying and multiply-add as fast as this device can; the picture stands still meanwhile"));
    m_table->setAccessibleName(tr("Profile of the kernels"));
    m_ceilings->setText(m_copy > 0 ? tr("Ceilings: copying %1 GB/s, multiply-add %2 GFLOP/s").arg(number(m_copy), number(m_fma))
                                   : tr("GB/s: what a kernel's buffers span, read and written, over its time"));
}

} // namespace orrery::app
