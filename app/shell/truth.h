// SPDX-License-Identifier: GPL-3.0-or-later
// "Is it true": whether what is shown agrees with theory, with both numbers, and on hover why.
#pragma once

#include "engine/lab/lab.h"

#include <QWidget>

namespace orrery::app {

class TruthMark : public QWidget {
    Q_OBJECT

 public:
    explicit TruthMark(QWidget* parent = nullptr);
    void show(const std::vector<lab::Check>& checks);

    lab::Check::Verdict verdict() const { return m_verdict; } ///< the worst of all
    QString text() const { return m_text; }
    QSize sizeHint() const override;

 protected:
    void paintEvent(QPaintEvent* event) override;

 private:
    lab::Check::Verdict m_verdict = lab::Check::Verdict::pending;
    QString m_text;
    int m_widest = 0;
};

/// Of fixed width where it can be: numbers change, their place must not.
QString figure(double value);

} // namespace orrery::app
