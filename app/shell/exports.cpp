// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/exports.h"

#include "app/shell/translator.h"
#include "engine/model/npy.h"

#include <QApplication>
#include <QClipboard>
#include <QFileInfo>
#include <QInputDialog>
#include <QSaveFile>

#include <algorithm>

namespace orrery::app {

Exports::Exports(Workbench& bench, Files& files, QWidget* window)
    : QObject(window), m_bench(&bench), m_files(&files), m_window(window) {}

QImage Exports::view(double scale) {
    Viewport* port = viewport ? viewport() : nullptr;
    if (!port || !m_bench->hasSession()) throw Error("there is no view to save");
    const ui::Picture picture = port->picture(scale);
    const QImage image(picture.rgba.data(), int(picture.width), int(picture.height), QImage::Format_RGBA8888);
    return image.convertToFormat(QImage::Format_RGB32); // also copies: the picture's bytes go
}

void Exports::saveViewDialog() {
    if (!m_bench->hasSession()) return;
    const QString name = QString::fromStdString(m_bench->session().declaration().name + ".png");
    const QString path = m_files->askSave(tr("Save view"), name, tr("Pictures (%1)").arg("*.png"));
    if (!path.isEmpty()) saveView(path);
}

bool Exports::saveView(const QString& path, double scale) {
    return m_bench->attempt([&] {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || !view(scale).save(&file, "PNG") || !file.commit())
            throw Error(path.toStdString() + ": " + file.errorString().toStdString());
        Q_EMIT m_bench->noticed(tr("Saved %1").arg(path), NoticeKind::info);
    });
}

void Exports::copyView() {
    m_bench->attempt([&] {
        QApplication::clipboard()->setImage(view(1));
        Q_EMIT m_bench->noticed(tr("The view is on the clipboard."), NoticeKind::info);
    });
}

void Exports::saveDataDialog() {
    if (!m_bench->hasSession()) return;
    const auto& arrays = m_bench->session().declaration().arrays;
    QStringList names;
    for (const lab::Array& array : arrays)
        names << QString("%1 %2   %3")
                     .arg(QString::fromStdString(array.key), QString::fromStdString(array.shape), say(array.meaning));
    const auto& outputs = m_bench->session().declaration().outputs;
    for (const lab::Output& output : outputs)
        names << QString("%1 .%2   %3")
                     .arg(QString::fromStdString(output.key), QString::fromStdString(output.extension), say(output.meaning));
    if (names.isEmpty()) return;
    bool chosen = false;
    const QString name = QInputDialog::getItem(m_window, tr("Save data"), tr("Which array?"), names, 0, false, &chosen);
    if (!chosen) return;
    const auto row = std::size_t(names.indexOf(name));
    const bool file = row >= arrays.size();
    const std::string key = file ? outputs[row - arrays.size()].key : arrays[row].key;
    const QString kind = file ? QString::fromStdString(outputs[row - arrays.size()].extension) : QString("npy");
    const QString path = m_files->askSave(tr("Save data"), QString::fromStdString(key) + "." + kind,
                                          file ? QString("%1 (*.%1)").arg(kind) : QString("NumPy (*.npy);;CSV (*.csv)"));
    if (path.isEmpty()) return;
    file ? saveOutput(path, key) : saveData(path, key);
}

bool Exports::saveOutput(const QString& path, const std::string& output) {
    return m_bench->attempt([&] {
        m_bench->session().lab().save(output, path.toStdString());
        Q_EMIT m_bench->noticed(tr("Saved %1").arg(path), NoticeKind::info);
    });
}

bool Exports::saveData(const QString& path, const std::string& array) {
    return m_bench->attempt([&] {
        const lab::HostArray data = m_bench->session().lab().array(m_bench->device(), array);
        if (QFileInfo(path).suffix().compare("csv", Qt::CaseInsensitive) == 0)
            writeCsv(path, data);
        else
            model::writeNpy(path.toStdString(), data.shape, data.values);
        Q_EMIT m_bench->noticed(tr("Saved %1").arg(path), NoticeKind::info);
    });
}

void writeCsv(const QString& path, const lab::HostArray& array) {
    const std::size_t columns = array.shape.empty() ? 1 : std::max<std::size_t>(1, array.shape.back());
    QSaveFile file(path);
    bool good = file.open(QIODevice::WriteOnly | QIODevice::Text);
    QByteArray lines;
    for (std::size_t i = 0; good && i < array.values.size(); ++i) {
        lines += QByteArray::number(double(array.values[i]), 'g', 9); // 9 digits bring back the same float
        lines += (i + 1) % columns ? ',' : '\n';
        if (lines.size() > 1 << 20 || i + 1 == array.values.size()) {
            good = file.write(lines) == lines.size();
            lines.clear();
        }
    }
    if (!good || !file.commit()) throw Error(path.toStdString() + ": " + file.errorString().toStdString());
}

} // namespace orrery::app
