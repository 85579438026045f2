// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/rail.h"

#include "app/shell/icons.h"
#include "app/shell/theme.h"
#include "app/shell/translator.h"

#include <QEvent>
#include <QToolButton>
#include <QVBoxLayout>

namespace orrery::app {

Rail::Rail(Workbench& bench, QWidget* parent) : QWidget(parent), m_bench(&bench) {
    setProperty("role", "bar");
    setAttribute(Qt::WA_StyledBackground);
    setObjectName("rail");
    setFixedWidth(96);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(6, 8, 6, 8);
    column->setSpacing(4);
    m_buttons.setExclusive(true);
    int id = 0;
    for (const lab::Entry& entry : lab::registry()) {
        auto* button = new QToolButton;
        button->setProperty("role", "rail");
        button->setObjectName(QString::fromStdString("lab." + entry.declaration->name));
        button->setCheckable(true);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIconSize({24, 24});
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        m_buttons.addButton(button, id++);
        column->addWidget(button);
    }
    column->addStretch(1);
    connect(&m_buttons, &QButtonGroup::idClicked, this, [this](int index) {
        const std::string& name = lab::registry()[std::size_t(index)].declaration->name;
        if (!m_bench->hasSession() || m_bench->session().declaration().name != name) m_bench->openLab(name);
        refresh();
    });
    connect(m_bench, &Workbench::sessionCame, this, &Rail::refresh);
    connect(&Look::instance(), &Look::changed, this, &Rail::refresh);
    refresh();
}

void Rail::refresh() {
    for (QAbstractButton* button : m_buttons.buttons()) {
        const lab::Declaration& lab = *lab::registry()[std::size_t(m_buttons.id(button))].declaration;
        button->setText(say(lab.title));
        button->setToolTip(say(lab.summary));
        button->setAccessibleName(say(lab.title));
        button->setAccessibleDescription(say(lab.summary));
        button->setIcon(icon(QString::fromStdString(lab.name), colours().secondary, colours().brass, 24));
        button->setEnabled(m_bench->hasDevice());
        button->setChecked(m_bench->hasSession() && m_bench->session().declaration().name == lab.name);
    }
}

void Rail::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) refresh();
    QWidget::changeEvent(event);
}

} // namespace orrery::app
