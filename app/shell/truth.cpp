// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/truth.h"

#include "app/shell/theme.h"
#include "app/shell/translator.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace orrery::app {

using Verdict = lab::Check::Verdict;

namespace {

constexpr int high = 28, dotAt = 14, textAt = 26;
constexpr std::size_t mostShown = 2; // the rest is in the tooltip

int badness(Verdict verdict) {
    switch (verdict) {
        case Verdict::disagrees:
            return 3;
        case Verdict::explained:
            return 2;
        case Verdict::matches:
            return 1;
        case Verdict::pending:
            return 0;
    }
    return 0;
}

QColor colourOf(Verdict verdict) {
    switch (verdict) {
        case Verdict::disagrees:
            return colours().bad;
        case Verdict::explained:
            return colours().brass;
        case Verdict::matches:
            return colours().ok;
        case Verdict::pending:
            return colours().faint;
    }
    return {};
}

QString pair(const lab::Check& check) {
    const bool counts = check.tolerance == 0 && check.measured == std::floor(check.measured) &&
                        check.expected == std::floor(check.expected) && std::abs(check.expected) < 1e5;
    const auto shown = [&](double value) { return counts ? QString::number(value, 'f', 0) : figure(value); };
    return say(check.label) + ' ' + shown(check.measured) + " / " + shown(check.expected);
}

} // namespace

QString figure(double value) {
    if (!std::isfinite(value)) return QString::number(value);
    const double size = std::abs(value);
    if (size != 0 && (size < 1e-3 || size >= 1e5)) return QString::number(value, 'e', 3);
    return QString::number(value, 'f', size < 10 ? 4 : size < 1000 ? 2 : 0);
}

TruthMark::TruthMark(QWidget* parent) : QWidget(parent) {
    setObjectName("truth");
    setFocusPolicy(Qt::TabFocus); // what the tooltip says is reachable by keyboard and screen reader
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&Look::instance(), &Look::changed, this, qOverload<>(&QWidget::update));
    show({});
}

void TruthMark::show(const std::vector<lab::Check>& all) {
    std::vector<lab::Check> checks = all;
    // The worst first; a number beside zero says less than one beside a number.
    const auto rank = [](const lab::Check& check) { return std::pair(-badness(check.verdict), check.expected == 0); };
    std::ranges::stable_sort(checks, {}, rank);
    setVisible(!checks.empty()); // a lab may have nothing to hold against anything just now
    m_verdict = checks.empty() ? Verdict::pending : checks.front().verdict;
    const QString words[] = {tr("Measuring"), tr("Matches theory"), tr("Difference explained"), tr("Disagrees with theory")};
    QStringList shown, details;
    for (const lab::Check& check : checks) {
        if (check.verdict != Verdict::pending && std::size_t(shown.size()) < mostShown) shown << pair(check);
        QString line = QString("<b>%1</b>: %2 %3").arg(pair(check), words[badness(check.verdict)].toLower(), say(check.unit));
        if (check.tolerance > 0) line += QString("<br>") + tr("tolerance %1").arg(figure(check.tolerance));
        if (!check.because.empty()) line += QString("<br>") + say(check.because).toHtmlEscaped();
        details << line;
    }
    m_text = words[badness(m_verdict)];
    if (!shown.isEmpty()) m_text += ": " + shown.join(QString::fromUtf8(" · "));
    setToolTip("<p>" + tr("Measured / expected.") + "</p><p>" + details.join("</p><p>") + "</p>");
    setAccessibleName(m_text);
    setAccessibleDescription(toolTip());
    const int wide = textAt + fontMetrics().horizontalAdvance(m_text) + 16;
    if (wide > m_widest || wide < m_widest - 60) { // a digit more or less must not move what stands beside it
        m_widest = wide;
        updateGeometry();
    }
    update();
}

QSize TruthMark::sizeHint() const { return {m_widest, high}; }

void TruthMark::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hasFocus() ? colours().brass : colours().line);
    painter.setBrush(colours().card);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colourOf(m_verdict));
    painter.drawEllipse(QPointF(dotAt, rect().height() / 2.0), 4.5, 4.5);
    painter.setPen(m_verdict == Verdict::pending ? colours().faint : colours().text);
    const QRect room = rect().adjusted(textAt, 0, -10, 0);
    painter.drawText(room, Qt::AlignVCenter | Qt::AlignLeft, fontMetrics().elidedText(m_text, Qt::ElideRight, room.width()));
}

} // namespace orrery::app
