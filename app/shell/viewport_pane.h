// SPDX-License-Identifier: GPL-3.0-or-later
// The place of the viewport among the widgets: the viewport itself, or in plain words why there is none.
#pragma once

#include "app/shell/viewport.h"

#include <QLabel>
#include <QStackedWidget>
#include <QVulkanInstance>

namespace orrery::app {

class ViewportPane : public QStackedWidget {
    Q_OBJECT

 public:
    explicit ViewportPane(Workbench& bench, QWidget* parent = nullptr);
    ~ViewportPane() override;

    Viewport* viewport() { return m_viewport; } ///< null where there is no Vulkan
    QString explanation() const;                ///< empty while the viewport is shown

 protected:
    void changeEvent(QEvent* event) override;

 private:
    void explain(const QString& why);
    void retranslate();

    Workbench* m_bench;
    QVulkanInstance m_vulkan; ///< outlives the viewport, whose surface it destroys
    Viewport* m_viewport = nullptr;
    QWidget* m_container = nullptr;
    QWidget* m_page;
    QLabel *m_head, *m_why, *m_advice;
};

} // namespace orrery::app
