// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/display.h"

#include <QLibrary>

#include <cstdlib>

namespace orrery::app {

std::string whyNoDisplay() {
#if defined(Q_OS_UNIX) && !defined(Q_OS_MACOS)
    const auto given = [](const char* name) {
        const char* value = std::getenv(name);
        return value && *value ? std::string(value) : std::string();
    };
    const std::string platform = given("QT_QPA_PLATFORM"), display = given("DISPLAY");
    if (!platform.empty() && platform.find("xcb") == std::string::npos && platform.find("wayland") == std::string::npos)
        return {};
    if (!given("WAYLAND_DISPLAY").empty()) return {};
    const std::string advice = "; \"orrery run\" works without one";
    if (display.empty()) return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)" + advice;
    // Asked through the library that Qt's plugin uses anyway, so nothing more has to be installed or linked.
    QLibrary xcb("xcb", 1);
    using Connect = void* (*)(const char*, int*);
    using HasError = int (*)(void*);
    using Disconnect = void (*)(void*);
    const auto connect = reinterpret_cast<Connect>(xcb.resolve("xcb_connect"));
    const auto hasError = reinterpret_cast<HasError>(xcb.resolve("xcb_connection_has_error"));
    const auto disconnect = reinterpret_cast<Disconnect>(xcb.resolve("xcb_disconnect"));
    if (!connect || !hasError || !disconnect) return {};
    void* connection = connect(nullptr, nullptr);
    const bool broken = hasError(connection) != 0;
    disconnect(connection);
    if (broken) return "the display " + display + " cannot be opened" + advice;
#endif
    return {};
}

} // namespace orrery::app
