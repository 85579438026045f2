// SPDX-License-Identifier: GPL-3.0-or-later
// Qt's events as the viewport's (ui/render/input.h): framebuffer pixels, wheel notches, keys by name.
#pragma once

#include "ui/render/input.h"

#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <optional>

namespace orrery::app {

ui::Input fromMouse(const QMouseEvent& event, double ratio);
ui::Input fromWheel(const QWheelEvent& event, double ratio);
std::optional<ui::Input> fromKey(const QKeyEvent& event);   ///< nothing for keys that the viewport does not know
std::optional<ui::Input> textOfKey(const QKeyEvent& event); ///< what the key types, if it types
std::optional<ui::Input> fromCommit(const QInputMethodEvent& event);

} // namespace orrery::app
