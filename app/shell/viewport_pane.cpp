// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/viewport_pane.h"

#include <QEvent>
#include <QVBoxLayout>

namespace orrery::app {

ViewportPane::ViewportPane(Workbench& bench, QWidget* parent)
    : QStackedWidget(parent), m_bench(&bench), m_page(new QWidget), m_head(new QLabel), m_why(new QLabel), m_advice(new QLabel) {
    m_page->setObjectName("Ground");
    auto* column = new QVBoxLayout(m_page);
    column->setContentsMargins(60, 40, 60, 40);
    column->setSpacing(14);
    column->addStretch(1);
    m_head->setProperty("role", "title");
    m_advice->setProperty("role", "secondary");
    for (QLabel* label : {m_head, m_why, m_advice}) {
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        column->addWidget(label);
    }
    column->addStretch(2);
    addWidget(m_page);
    retranslate();
    connect(m_bench, &Workbench::deviceGone, this, [this] { explain(m_bench->unavailable()); });
    if (!m_bench->hasDevice()) {
        explain(m_bench->unavailable());
        return;
    }

    const bool painted = m_bench->device().isCpu() && qgetenv("ORRERY_PRESENT") != "swapchain";
    if (!painted) {
        m_vulkan.setVkInstance(m_bench->instance().handle());
        if (!m_bench->instance().canPresent() || !m_vulkan.create()) {
            explain(tr("This window system cannot show what Vulkan draws."));
            return;
        }
    }
    m_viewport = new Viewport(bench, painted ? nullptr : &m_vulkan);
    m_container = createWindowContainer(m_viewport, this);
    m_container->setFocusPolicy(Qt::StrongFocus);
    m_container->setMinimumSize(1, 1);
    m_container->setAccessibleName(tr("The picture"));
    addWidget(m_container);
    setCurrentWidget(m_container);
    m_container->setFocus();
    connect(m_viewport, &Viewport::failed, this, &ViewportPane::explain);
}

ViewportPane::~ViewportPane() {
    delete m_container; // and the viewport in it, while the instance is still there
}

void ViewportPane::explain(const QString& why) {
    m_why->setText(why);
    setCurrentWidget(m_page);
}

QString ViewportPane::explanation() const { return currentWidget() == m_page ? m_why->text() : QString(); }

void ViewportPane::retranslate() {
    m_head->setText(tr("There is no picture, because there is no Vulkan to draw it with"));
    m_advice->setText(
        tr("Orrery computes and draws on any Vulkan 1.2 device, a graphics card or the processor alone. On Debian and "
           "Ubuntu, \"apt install mesa-vulkan-drivers\" brings both kinds. \"orrery devices\" lists what there is; "
           "\"orrery run\" works without a window."));
    if (m_container) m_container->setAccessibleName(tr("The picture"));
}

void ViewportPane::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QStackedWidget::changeEvent(event);
}

} // namespace orrery::app
