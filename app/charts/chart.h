// SPDX-License-Identifier: GPL-3.0-or-later
// One chart over the lab's clock: what theory expects as lines, what was measured as dots on top.
#pragma once

#include "app/shell/theme.h"
#include "engine/lab/lab.h"

#include <QWidget>

#include <optional>

class QCPGraph;
class QCPItemStraightLine;
class QCPTextElement;
class QCustomPlot;

namespace orrery::app {

class Chart : public QWidget {
    Q_OBJECT

 public:
    /// `name` is the chart's name in the declared series; English, shown translated.
    Chart(const lab::Declaration& lab, std::string name, QWidget* parent = nullptr);

    const std::string& name() const { return m_name; }
    /// Takes what is new in the series and moves the cursor; draws only when something differs.
    void follow(const lab::Lab& lab, int step);
    bool shown(const lab::Settings& settings) const; ///< any of its series is
    void retranslate();
    void save(const QString& file);              ///< .pdf, .svg, .png or .csv; throws Error
    int points(const std::string& series) const; ///< drawn, for tests
    double cursor() const;

 Q_SIGNALS:
    void saveWanted(orrery::app::Chart* chart, const QString& suffix);

 protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

 private:
    struct Curve {
        const lab::Series* series;
        QCPGraph* graph;
        std::size_t taken = 0; ///< samples that the graph has
        lab::Sample last{};    ///< of those
    };
    bool take(Curve& curve, std::span<const lab::Sample> samples);
    void fitAxes(const lab::Lab& lab);
    void fitHead(); ///< leaves out what a narrow chart has no room for
    void paint(const Colours& colours, const QColor& ground);
    void paint(const Curve& curve) const;
    void saveSvg(const QString& file);
    void saveCsv(const QString& file) const;
    QString valuesAt(double clock) const;
    void menu(const QPoint& place);

    std::string m_name;
    const lab::Declaration* m_lab;
    QCustomPlot* m_plot;
    QCPTextElement *m_title, *m_reading; ///< what dots and lines are
    QCPItemStraightLine* m_cursor;
    std::vector<Curve> m_curves;
    std::optional<double> m_shownCursor;
    bool m_hasTheory = false, m_logarithmic = false;
    std::string m_axis; ///< along which it goes; empty: the lab's clock
    QString m_readingText;
};

} // namespace orrery::app
