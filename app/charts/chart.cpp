// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/charts/chart.h"

#include "app/charts/plot.h"
#include "app/shell/translator.h"
#include "app/shell/truth.h"

#include <QMenu>
#include <QToolTip>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace orrery::app {

namespace {

constexpr int widestHead = 320;   // pixels that a heading may claim for its chart
constexpr int fullDots = 150;     // more than this are drawn thinned out
constexpr double leastSpan = 0.2; // of the values themselves: noise in the third digit must not look like a disagreement

/// "mean x, particles" is "mean x" of the "particles": curves that share the first part share a colour.
std::pair<QString, QString> parts(const QString& label) {
    static const QRegularExpression comma(QString::fromUtf8("[,，、]\\s*"));
    const qsizetype at = label.indexOf(comma);
    if (at < 0) return {label, {}};
    return {label.left(at), label.mid(at + 1).trimmed()};
}

} // namespace

Chart::Chart(const lab::Declaration& lab, std::string name, QWidget* parent)
    : QWidget(parent),
      m_name(std::move(name)),
      m_lab(&lab),
      m_plot(new QCustomPlot(this)),
      m_title(new QCPTextElement(m_plot)),
      m_reading(new QCPTextElement(m_plot)),
      m_cursor(new QCPItemStraightLine(m_plot)) {
    setObjectName(QString::fromStdString("chart." + m_name));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 6, 8, 4);
    column->addWidget(m_plot);
    m_plot->setMinimumSize(160, 90);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setNoAntialiasingOnDrag(true);
    m_plot->installEventFilter(this);
    m_plot->setMouseTracking(true);

    for (const lab::Series& series : lab.series)
        if (series.chart == m_name) {
            m_hasTheory = m_hasTheory || series.theory;
            m_logarithmic = m_logarithmic || series.scale == lab::Scale::logarithmic;
            m_axis = series.axis;
        }
    QStringList names;
    for (const lab::Series& series : lab.series) {
        if (series.chart != m_name) continue;
        const QString first = parts(QString::fromStdString(series.label)).first;
        if (!names.contains(first)) names << first;
        QCPGraph* graph = m_plot->addGraph();
        graph->setProperty("colour", series.colour >= 0 ? series.colour : int(names.indexOf(first)));
        graph->setLayer(series.theory ? "main" : "axes"); // dots lie over lines
        m_curves.push_back({&series, graph, 0, {}});
    }
    auto* head = new QCPLayoutGrid;
    m_plot->plotLayout()->insertRow(0);
    m_plot->plotLayout()->addElement(0, 0, head);
    head->addElement(0, 0, m_title);
    m_plot->axisRect()->insetLayout()->take(m_plot->legend);
    head->addElement(0, 1, m_reading);
    head->addElement(0, 2, m_plot->legend);
    head->setColumnSpacing(10);
    head->setColumnStretchFactors({0.001, 1, 0.001});
    m_plot->plotLayout()->setRowStretchFactor(0, 0.001);
    m_plot->plotLayout()->setRowSpacing(2);
    m_plot->legend->setVisible(true);
    m_plot->legend->setFillOrder(QCPLegend::foColumnsFirst);
    m_plot->axisRect()->setMinimumMargins(QMargins(36, 2, 6, 4));
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) axis->setSubTicks(false);
    m_plot->xAxis->ticker()->setTickCount(5);
    m_plot->yAxis->ticker()->setTickCount(4);
    if (m_logarithmic) {
        const QSharedPointer<QCPAxisTickerLog> octaves(new QCPAxisTickerLog);
        octaves->setLogBase(2);
        octaves->setSubTickCount(0);
        m_plot->yAxis->setScaleType(QCPAxis::stLogarithmic);
        m_plot->yAxis->setTicker(octaves);
        m_plot->yAxis->setRange(0.1, 1);
    }
    m_cursor->setVisible(m_axis.empty());
    m_cursor->point1->setType(QCPItemPosition::ptPlotCoords);
    m_cursor->point2->setType(QCPItemPosition::ptPlotCoords);
    m_plot->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_plot, &QWidget::customContextMenuRequested, this, &Chart::menu);
    connect(&Look::instance(), &Look::changed, this, [this] {
        paint(colours(), colours().dock);
        m_plot->replot();
    });
    retranslate();
}

void Chart::retranslate() {
    setAccessibleName(say(m_name));
    m_plot->xAxis->setLabel(say(m_axis.empty() ? m_lab->clock.name : m_axis));
    m_plot->legend->clearItems();
    QStringList named;
    QString unit, dots, line;
    for (Curve& curve : m_curves) {
        const auto [first, second] = parts(say(curve.series->label));
        curve.graph->setName(m_hasTheory ? first : say(curve.series->label));
        (curve.series->theory ? line : dots) = second;
        unit = say(curve.series->unit);
        if (!named.contains(curve.graph->name())) curve.graph->addToLegend();
        named << curve.graph->name();
    }
    m_plot->yAxis->setLabel(unit);
    m_title->setText(say(m_name));
    m_readingText = m_hasTheory && !dots.isEmpty() ? tr("dots: %1, line: %2").arg(dots, line) : QString();
    if (m_hasTheory && m_plot->legend->itemCount() == 1) m_plot->legend->clearItems(); // the title says it
    paint(colours(), colours().dock);
    fitHead();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void Chart::fitHead() {
    const auto wide = [](const QFont& font, const QString& text) { return QFontMetrics(font).horizontalAdvance(text); };
    int needed = wide(m_title->font(), m_title->text()) + 30;
    for (int i = 0; i < m_plot->legend->itemCount(); ++i)
        if (auto* item = qobject_cast<QCPPlottableLegendItem*>(m_plot->legend->item(i)))
            needed += wide(m_plot->legend->font(), item->plottable()->name()) + 34; // with its icon and the gap before it
    setMinimumWidth(std::min(needed, widestHead));
    const int room = m_plot->width() - needed;
    m_reading->setText(wide(m_reading->font(), m_readingText) < room ? m_readingText : QString(" "));
}

void Chart::paint(const Colours& c, const QColor& ground) {
    m_plot->setBackground(ground);
    m_title->setFont(textFont(12));
    m_title->setTextColor(c.text);
    m_title->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
    m_reading->setFont(textFont(11));
    m_reading->setTextColor(c.faint);
    m_reading->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
    m_plot->legend->setBrush(Qt::NoBrush);
    m_plot->legend->setBorderPen(Qt::NoPen);
    m_plot->legend->setFont(textFont(11));
    m_plot->legend->setTextColor(c.secondary);
    m_plot->legend->setIconSize(14, 10);
    m_plot->legend->setMargins(QMargins(0, 3, 0, 0));
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setBasePen(QPen(c.line, 1));
        axis->setTickPen(QPen(c.line, 1));
        axis->setTickLabelColor(c.faint);
        axis->setTickLabelFont(numberFont(10));
        axis->setLabelColor(c.faint);
        axis->setLabelFont(textFont(10));
        axis->setLabelPadding(2);
        axis->setTickLengthIn(0);
        axis->setTickLengthOut(3);
        QColor grid = c.line;
        grid.setAlphaF(0.45F);
        axis->grid()->setPen(QPen(grid, 1));
        axis->grid()->setZeroLinePen(QPen(c.line, 1));
    }
    for (const Curve& curve : m_curves) paint(curve);
    m_cursor->setPen(QPen(c.brass, 1));
}

void Chart::paint(const Curve& curve) const {
    const QColor colour = seriesColour(curve.graph->property("colour").toInt());
    const bool dots = m_hasTheory && !curve.series->theory, alone = curve.taken == 1; // one sample makes no line
    curve.graph->setPen(QPen(colour, curve.series->theory ? 1.4 : 1.8));
    curve.graph->setLineStyle(dots ? QCPGraph::lsNone : QCPGraph::lsLine);
    curve.graph->setScatterStyle(dots || alone ? QCPScatterStyle(QCPScatterStyle::ssDisc, colour, dots ? 3.2 : 4.5)
                                               : QCPScatterStyle());
    curve.graph->setAntialiased(true);
}

/// True when the graph changed.
bool Chart::take(Curve& curve, std::span<const lab::Sample> samples) {
    const auto same = [&] {
        const lab::Sample& last = samples[curve.taken - 1];
        return last.step == curve.last.step && last.value == curve.last.value;
    };
    const bool goesOn = curve.taken == 0 || (samples.size() >= curve.taken && same());
    if (goesOn && samples.size() == curve.taken) return false;
    if (!goesOn) {
        curve.graph->data()->clear();
        curve.taken = 0;
    }
    for (const lab::Sample& sample : samples.subspan(curve.taken)) curve.graph->addData(sample.clock, sample.value);
    curve.taken = samples.size();
    if (curve.taken) curve.last = samples.back();
    curve.graph->setScatterSkip(std::max(0, int(curve.taken) / fullDots - 1));
    paint(curve);
    return true;
}

void Chart::fitAxes(const lab::Lab& lab) {
    double low = lab.clock(0), high = low;
    for (const lab::Mark& mark : lab.marks()) {
        low = std::min(low, lab.clock(mark.step));
        high = std::max(high, lab.clock(mark.step));
    }
    if (!m_axis.empty()) {
        low = high = 0;
        for (const Curve& curve : m_curves)
            if (curve.taken > 0) high = std::max(high, curve.last.clock);
    }
    m_plot->xAxis->setRange(low, high > low ? high : low + 1);
    QCPRange all;
    bool any = false;
    for (const Curve& curve : m_curves) {
        bool found = false;
        const QCPRange range = curve.graph->getValueRange(found);
        if (!found) continue;
        all = any ? all.expanded(range) : range;
        any = true;
    }
    if (!any) all = {m_logarithmic ? 0.1 : 0, 1};
    if (m_logarithmic) {
        const double room = std::pow(std::max(all.upper / all.lower, 2.0), 0.06);
        return m_plot->yAxis->setRange(all.lower / room, all.upper * room);
    }
    const bool nothing = all.size() == 0 && all.center() == 0; // zeros alone
    const double least = nothing ? 1 : std::max(leastSpan * std::abs(all.center()), 1e-6);
    const double room = std::max(0.06 * all.size(), (least - all.size()) / 2);
    m_plot->yAxis->setRange(all.lower - room, all.upper + room);
}

void Chart::follow(const lab::Lab& lab, int step) {
    bool grown = false;
    for (Curve& curve : m_curves) grown |= take(curve, lab.series(curve.series->key));
    if (grown) fitAxes(lab);
    const double now = lab.clock(std::clamp(step, 0, lab.steps()));
    if (!grown && m_shownCursor == now) return;
    m_shownCursor = now;
    m_cursor->point1->setCoords(now, 0);
    m_cursor->point2->setCoords(now, 1);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool Chart::shown(const lab::Settings& settings) const {
    return std::ranges::any_of(m_curves, [&](const Curve& curve) { return settings.hold(curve.series->shownWhen); });
}

int Chart::points(const std::string& series) const {
    for (const Curve& curve : m_curves)
        if (curve.series->key == series) return curve.graph->dataCount();
    return 0;
}

double Chart::cursor() const { return m_cursor->point1->key(); }

QString Chart::valuesAt(double clock) const {
    const bool counts = m_lab->clock.counts || !m_axis.empty();
    const std::string& axis = m_axis.empty() ? m_lab->clock.name : m_axis;
    QStringList lines{QString("%1 %2").arg(say(axis)).arg(clock, 0, 'f', counts ? 0 : 3)};
    for (const Curve& curve : m_curves) {
        const auto data = curve.graph->data();
        const auto at = data->findBegin(clock, true);
        if (at == data->constEnd()) continue;
        lines << QString("<span style='color:%1'>●</span> %2 %3 %4")
                     .arg(curve.graph->pen().color().name(), say(curve.series->label), figure(at->value),
                          say(curve.series->unit));
    }
    return "<p style='white-space:pre'>" + lines.join("<br>") + "</p>";
}

bool Chart::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::Resize) fitHead();
    if (event->type() == QEvent::ToolTip) {
        const auto& help = static_cast<QHelpEvent&>(*event);
        if (m_plot->axisRect()->rect().contains(help.pos()))
            QToolTip::showText(help.globalPos(), valuesAt(m_plot->xAxis->pixelToCoord(help.pos().x())), m_plot);
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void Chart::menu(const QPoint& place) {
    QMenu menu;
    for (const char* suffix : {"pdf", "svg", "png", "csv"})
        menu.addAction(tr("Save as %1…").arg(QString(suffix).toUpper()), this,
                       [this, suffix] { Q_EMIT saveWanted(this, suffix); });
    menu.exec(m_plot->mapToGlobal(place));
}

} // namespace orrery::app
