// SPDX-License-Identifier: GPL-3.0-or-later
// A chart as a file: what is seen, on white paper where the file is for paper.
#include "app/charts/chart.h"
#include "app/charts/plot.h"
#include "app/shell/translator.h"
#include "engine/error.h"

#include <QFileInfo>
#include <QSaveFile>
#include <QSvgGenerator>

namespace orrery::app {

namespace {

constexpr int wide = 560, high = 340; // logical pixels of a saved chart

QString quoted(QString text) { return '"' + text.replace('"', "\"\"") + '"'; }

} // namespace

void Chart::saveSvg(const QString& file) {
    QSvgGenerator generator;
    generator.setFileName(file);
    generator.setSize({wide, high});
    generator.setViewBox(QRect(0, 0, wide, high));
    generator.setTitle(say(m_name));
    QCPPainter painter;
    if (!painter.begin(&generator)) throw Error(file.toStdString() + ": cannot be written");
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    m_plot->toPainter(&painter, wide, high);
    painter.end();
}

void Chart::saveCsv(const QString& file) const {
    QSaveFile out(file);
    QByteArray lines = "series,unit,clock,value\n";
    for (const Curve& curve : m_curves)
        for (const QCPGraphData& sample : *curve.graph->data())
            lines +=
                (quoted(QString::fromStdString(curve.series->key)) + ',' + quoted(QString::fromStdString(curve.series->unit)) +
                 ',' + QString::number(sample.key, 'g', 9) + ',' + QString::number(sample.value, 'g', 9) + '\n')
                    .toUtf8();
    if (!out.open(QIODevice::WriteOnly) || out.write(lines) != lines.size() || !out.commit())
        throw Error(file.toStdString() + ": " + out.errorString().toStdString());
}

void Chart::save(const QString& file) {
    const QString suffix = QFileInfo(file).suffix().toLower();
    if (suffix == "csv") return saveCsv(file);
    const bool paper = suffix == "pdf" || suffix == "svg";
    if (!paper && suffix != "png") throw Error(file.toStdString() + ": a chart is saved as .pdf, .svg, .png or .csv");
    if (!QFileInfo(QFileInfo(file).absolutePath()).isWritable())
        throw Error(file.toStdString() + ": the folder cannot be written to; choose another");
    if (paper) paint(Colours(ui::lightTheme()), Qt::white);
    bool good = true;
    if (suffix == "pdf") good = m_plot->savePdf(file, wide, high);
    if (suffix == "svg") saveSvg(file);
    if (suffix == "png") good = m_plot->savePng(file, wide, high, 2.0);
    if (paper) paint(colours(), colours().dock);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    if (!good) throw Error(file.toStdString() + ": cannot be written");
}

} // namespace orrery::app
