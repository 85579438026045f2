// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/sending.h"

#include "app/shell/translator.h"

#include <QInputDialog>
#include <QLocale>
#include <QPointer>
#include <QTimer>

#include <algorithm>

namespace orrery::app {

namespace {

bool here(const lab::Offer& offer) { return offer.why.empty(); }

QString meaningOf(const lab::Declaration& lab, const lab::Offer& offer) {
    return say(std::ranges::find(lab.outputs, offer.output, &lab::Output::key)->meaning);
}

/// "300 rows of 64 numbers, 0.1 MB"
QString sizeOf(const lab::Offer& offer) {
    const QLocale locale;
    return tr("%1 rows of %2 numbers, %3 MB")
        .arg(locale.toString(qlonglong(offer.rows)), locale.toString(qlonglong(offer.dims)),
             locale.toString(double(offer.bytes()) * 1e-6, 'f', 1));
}

} // namespace

Sending::Sending(Workbench& bench, QWidget* window) : QObject(window), m_bench(&bench), m_window(window) {}

bool Sending::offered() const { return m_bench->hasSession() && !lab::offers(m_bench->session().lab()).empty(); }

bool Sending::possible() const {
    return m_bench->hasSession() && std::ranges::any_of(lab::offers(m_bench->session().lab()), here);
}

QString Sending::meaning() const {
    const std::vector<lab::Offer> offers =
        m_bench->hasSession() ? lab::offers(m_bench->session().lab()) : std::vector<lab::Offer>();
    if (offers.empty()) return tr("This lab has no rows to send.");
    const auto first = std::ranges::find_if(offers, here);
    return first == offers.end() ? say(offers.front().why) : tr("Rows of this lab become a cloud in the embedding lab");
}

void Sending::start() {
    if (!m_bench->hasSession()) return;
    const lab::Declaration& declaration = m_bench->session().declaration();
    std::vector<lab::Offer> offers = lab::offers(m_bench->session().lab());
    const QString why = meaning();
    std::erase_if(offers, [](const lab::Offer& offer) { return !here(offer); });
    if (offers.empty()) return Q_EMIT m_bench->noticed(why, NoticeKind::warning);
    if (offers.size() == 1) return send(offers.front().output);
    QStringList names;
    for (const lab::Offer& offer : offers) names << meaningOf(declaration, offer) + "   " + sizeOf(offer);
    bool chosen = false;
    const QString name = QInputDialog::getItem(m_window, tr("Send to Embedding"), tr("Which rows?"), names, 0, false, &chosen);
    if (chosen) send(offers[std::size_t(names.indexOf(name))].output);
}

void Sending::send(const std::string& output) {
    m_bench->attempt([&] {
        lab::Lab& lab = m_bench->session().lab();
        const std::string from = lab.declaration().name;
        // Told from within the job of a session that opening another lab would end.
        const auto done = [self = QPointer(this), from](const lab::Sent& sent) {
            if (self) QTimer::singleShot(0, self, [self, sent, from] { self->open(sent, from); });
        };
        lab.jobs().add(lab::sending(lab, output, lab::sentFolder(), done));
        Q_EMIT m_bench->changed(); // frames are drawn, and with them the job goes on
    });
}

void Sending::open(const lab::Sent& sent, const std::string& from) {
    if (!m_bench->hasSession() || m_bench->session().declaration().name != from) return; // gone elsewhere meanwhile
    if (!sent.error.empty()) return Q_EMIT m_bench->noticed(say(sent.error), NoticeKind::error);
    bool opened = false;
    m_bench->attempt([&] { opened = m_bench->openScenario(lab::openedFrom(sent)); });
    if (opened)
        Q_EMIT m_bench->noticed(QString("%1: %2").arg(QString::fromStdString(sent.title), sizeOf(sent.offer)), NoticeKind::info);
}

} // namespace orrery::app
