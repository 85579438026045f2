// SPDX-License-Identifier: GPL-3.0-or-later
// `orrery COMMAND …` works without a display, exactly as orrery-cli; anything else opens the window.
#include "app/cli/commands.h"
#include "app/shell/display.h"
#include "app/shell/key_focus.h"
#include "app/shell/mainwindow.h"
#include "app/shell/theme.h"

#include <QApplication>

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    using namespace orrery;
    if (argc > 1 && cli::isCommand(argv[1])) return cli::runCommand(argc, argv);
    if (const std::string why = app::whyNoDisplay(); !why.empty()) {
        std::fprintf(stderr, "orrery: %s\n", why.c_str());
        return 1;
    }
    QApplication application(argc, argv); // takes Qt's own options out of argv
    QApplication::setOrganizationName("Orrery");
    QApplication::setApplicationName("orrery");
    app::WindowOptions options;
    if (const int code = app::parseOptions(argc, argv, options); code >= 0) return code;
    try {
        app::KeyFocus keys;
        application.installEventFilter(&keys);
        app::Look::instance().apply();
        app::Translator translator;
        app::MainWindow window(options, translator);
        window.show();
        return QApplication::exec();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "orrery: %s\n", error.what());
        return 1;
    }
}
