// SPDX-License-Identifier: GPL-3.0-or-later
// "Send to Embedding": the rows that a lab has to hand over, written by a job, then opened as a cloud in the embedding lab.
#pragma once

#include "app/shell/workbench.h"
#include "engine/lab/sending.h"

class QWidget;

namespace orrery::app {

class Sending : public QObject {
    Q_OBJECT

 public:
    Sending(Workbench& bench, QWidget* window);

    bool offered() const; ///< the lab that is open can send something, if not now
    bool possible() const;
    QString meaning() const; ///< of the action, for its tip: what would be sent, or why nothing can be

    void start(); ///< asks which rows when there are several
    void send(const std::string& output);

 private:
    void open(const lab::Sent& sent, const std::string& from);

    Workbench* m_bench;
    QWidget* m_window;
};

} // namespace orrery::app
