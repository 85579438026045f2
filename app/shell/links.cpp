// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/links.h"

#include "app/shell/translator.h"

#include <QCoreApplication>
#include <QUrl>

namespace orrery::app {

namespace {

struct Parts {
    QString verb, key, value; ///< key is the whole rest when there is no '='
};

Parts parse(const QString& link) {
    const QString text = QUrl::fromPercentEncoding(link.toUtf8());
    if (!text.startsWith("orrery:")) return {};
    const QString rest = text.mid(7);
    const QString argument = rest.section('/', 1);
    return {rest.section('/', 0, 0), argument.section('=', 0, 0), argument.section('=', 1)};
}

} // namespace

void follow(Workbench& bench, const QString& link) {
    const Parts parts = parse(link);
    const std::string key = parts.key.toStdString();
    if (!bench.hasSession()) return;
    lab::Transport& transport = bench.session().transport();
    bool number = false;
    const double share = parts.key.toDouble(&number);
    if (parts.verb == "scenario")
        bench.openScenario(key);
    else if (parts.verb == "set")
        bench.setText(key, parts.value.toStdString());
    else if (parts.verb == "play")
        transport.play();
    else if (parts.verb == "pause")
        transport.pause();
    else if (parts.verb == "seek" && number)
        transport.pause(), transport.seek(share * transport.steps());
    else if (parts.verb == "do")
        bench.act(key);
    else
        throw Error("the link '" + link.toStdString() + "' says nothing that Orrery can do");
}

QString describeLink(const Workbench& bench, const QString& link) {
    const Parts parts = parse(link);
    if (parts.verb == "play") return tr("Play");
    if (parts.verb == "pause") return tr("Pause");
    if (parts.verb == "seek") return tr("Go to %1 of the way").arg(parts.key);
    if (parts.verb == "scenario") return tr("Open the scenario %1").arg(parts.key);
    if (parts.verb == "set" && bench.hasSession()) {
        const lab::Parameter* parameter = bench.session().declaration().find(parts.key.toStdString());
        return tr("Set %1 to %2").arg(parameter ? say(parameter->label) : parts.key, parts.value);
    }
    if (parts.verb == "do" && bench.hasSession())
        for (const lab::Action& action : bench.session().declaration().actions)
            if (action.key == parts.key.toStdString()) return say(action.label);
    return link;
}

} // namespace orrery::app
