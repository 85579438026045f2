// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/help.h"

#include "app/shell/actions.h"
#include "app/shell/theme.h"
#include "app/shell/translator.h"

#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDialogButtonBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace orrery::app {

namespace {

QString html(const std::string& text) { return say(text).toHtmlEscaped(); }

/// Not modal: it can stay open beside what it explains.
QVBoxLayout* dialog(QWidget* window, const QString& title, QSize size) {
    auto* box = new QDialog(window);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setObjectName("help");
    box->setWindowTitle(title);
    box->resize(size);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(20, 18, 20, 16);
    column->setSpacing(12);
    auto* head = new QLabel(title);
    head->setProperty("role", "title");
    column->addWidget(head);
    box->show();
    return column;
}

void closeButton(QVBoxLayout* column) {
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    auto* box = qobject_cast<QDialog*>(column->parentWidget());
    QObject::connect(buttons, &QDialogButtonBox::rejected, box, &QDialog::close);
    column->addWidget(buttons);
}

void page(QWidget* window, const QString& title, const QString& body, QSize size) {
    QVBoxLayout* column = dialog(window, title, size);
    auto* text = new QTextBrowser;
    text->document()->setDefaultStyleSheet(
        QString("td { padding: 3px 18px 3px 0; } .k { color: %1; font-family: '%2'; }"
                ".h { color: %3; } .d { color: %4; }")
            .arg(colours().brass.name(), numberFont().family(), colours().faint.name(), colours().secondary.name()));
    text->setHtml(body);
    column->addWidget(text, 1);
    closeButton(column);
}

} // namespace

QString deviceReport(const Workbench& bench) {
    QString report = QString("Orrery %1, Qt %2\n").arg(ORRERY_VERSION, qVersion());
    if (!bench.hasDevice()) return report + bench.unavailable();
    const gpu::Device& device = *bench.device();
    for (const gpu::DeviceInfo& info : bench.instance()->devices()) {
        const bool used = info.handle == device.info().handle;
        report += QString("\n%1 %2 (%3)\n").arg(used ? "*" : " ", QString::fromStdString(info.name), gpu::toString(info.kind));
        report += QString("    Vulkan %1, %2\n").arg(QString::fromStdString(info.version()), QString::fromStdString(info.driver));
        if (!info.usable) report += QString("    %1\n").arg(QString::fromStdString(info.whyNot));
        report += QString("    %1 MiB memory, subgroups of %2, %3 KiB shared memory\n")
                      .arg(info.deviceMemory >> 20)
                      .arg(info.subgroupSize)
                      .arg(info.limits.maxComputeSharedMemorySize >> 10);
        QStringList features;
        if (info.storage16) features << "16-bit storage";
        if (info.float16) features << "float16";
        if (info.cooperativeMatrix) features << "cooperative matrix";
        if (info.atomicFloat) features << "atomic float";
        report += "    " + (features.isEmpty() ? QString("no optional features") : features.join(", ")) + '\n';
    }
    report += QString("\n%1\n").arg(QString::fromStdString(device.whyChosen()));
    report +=
        QString("memory in use %1 MiB of %2 MiB reserved\n").arg(device.memory().used >> 20).arg(device.memory().reserved >> 20);
    return report;
}

void showAbout(Workbench& bench, QWidget* window) {
    QVBoxLayout* column = dialog(window, tr("About Orrery"), {620, 460});
    auto* words =
        new QLabel(tr("A laboratory that shows how machine learning works, live on your own machine. "
                      "Free software under the GNU General Public License, version 3 or later."));
    words->setWordWrap(true);
    auto* report = new QPlainTextEdit(deviceReport(bench));
    report->setReadOnly(true);
    report->setFont(numberFont());
    report->setAccessibleName(tr("Report on the graphics device"));
    column->addWidget(words);
    column->addWidget(report, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    QPushButton* copy = buttons->addButton(tr("Copy report"), QDialogButtonBox::ActionRole);
    QObject::connect(copy, &QPushButton::clicked, report,
                     [report] { QApplication::clipboard()->setText(report->toPlainText()); });
    QObject::connect(buttons, &QDialogButtonBox::rejected, qobject_cast<QDialog*>(column->parentWidget()), &QDialog::close);
    column->addWidget(buttons);
}

void showShortcuts(QWidget* window, const std::vector<lab::Fact>& ofTheView) {
    QString body, menu;
    for (const ActionRow& row : actionTable()) {
        if (row.id[0] == '-' || !*row.shortcut) continue;
        if (menu != row.menu) {
            menu = row.menu;
            body += QString("<tr><td colspan=2 class=h><br>%1</td></tr>")
                        .arg(QCoreApplication::translate("Menu", row.menu).toUpper());
        }
        body +=
            QString("<tr><td class=k>%1</td><td>%2</td></tr>")
                .arg(Actions::shortcutText(row).toHtmlEscaped(), QCoreApplication::translate("Action", row.text).toHtmlEscaped());
    }
    body += QString("<tr><td colspan=2 class=h><br>%1</td></tr>").arg(tr("In the picture").toUpper());
    const std::pair<QString, QString> hands[] = {{tr("wheel"), tr("Zoom to the pointer")},
                                                 {tr("drag"), tr("Move the picture; brush points where the shape is drawn")},
                                                 {tr("click"), tr("Choose a trail; Shift and a click adds it or takes it away")},
                                                 {tr("hover"), tr("What is this number, at this place")}};
    for (const auto& [what, does] : hands) body += QString("<tr><td class=k>%1</td><td>%2</td></tr>").arg(what, does);
    for (const lab::Fact& key : ofTheView)
        body += QString("<tr><td class=k>%1</td><td>%2</td></tr>").arg(html(key.label), html(key.text));
    page(window, tr("Shortcuts"), "<table>" + body + "</table>", {520, 640});
}

void showNumbers(Workbench& bench, QWidget* window) {
    if (!bench.hasSession()) return;
    const lab::Declaration& lab = bench.session().declaration();
    QString body = QString("<p class=d>%1</p>").arg(tr("Point at anything in the panel to see the same."));
    std::string group;
    body += "<table width='100%'>";
    for (const lab::Parameter& p : lab.parameters) {
        if (p.group != group) body += QString("<tr><td colspan=3 class=h><br>%1</td></tr>").arg(html(p.group).toUpper());
        group = p.group;
        QString meaning = html(p.meaning);
        if (!p.formula.empty())
            meaning += QString("<br><span class=k>%1</span>").arg(QString::fromStdString(p.formula).toHtmlEscaped());
        body += QString("<tr><td>%1</td><td class=k>%2</td><td class=d>%3 %4</td></tr>")
                    .arg(html(p.label), QString::fromStdString(p.key), meaning, html(p.unit));
    }
    body += QString("<tr><td colspan=3 class=h><br>%1</td></tr>").arg(tr("Curves").toUpper());
    for (const lab::Series& s : lab.series)
        body += QString("<tr><td>%1</td><td class=k>%2</td><td class=d>%3 %4</td></tr>")
                    .arg(html(s.label), QString::fromStdString(s.key), html(s.meaning), html(s.unit));
    body += QString("<tr><td colspan=3 class=h><br>%1</td></tr>").arg(tr("Data").toUpper());
    for (const lab::Array& a : lab.arrays)
        body += QString("<tr><td>%1</td><td class=k>%2</td><td class=d>%3 %4</td></tr>")
                    .arg(QString::fromStdString(a.key), QString::fromStdString(a.shape), html(a.meaning), html(a.unit));
    for (const lab::Output& o : lab.outputs)
        body += QString("<tr><td>%1</td><td class=k>.%2</td><td class=d>%3</td></tr>")
                    .arg(QString::fromStdString(o.key), QString::fromStdString(o.extension), html(o.meaning));
    page(window, tr("What is this number?"), body + "</table>", {760, 700});
}

} // namespace orrery::app
