// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/actions.h"

namespace orrery::app {

#define T(text) QT_TRANSLATE_NOOP("Action", text)

namespace {

constexpr ActionRow table[] = {
    {"file.open", "File", T("Open…"), "Ctrl+O", T("A data file or a scenario")},
    {"file.saveScenario", "File", T("Save scenario…"), "Ctrl+S", T("A file that brings all of this back")},
    {"-", "File", ""},
    {"file.saveView", "File", T("Save view as PNG…"), "Ctrl+E", T("The picture in the viewport, twice as fine")},
    {"file.copyView", "File", T("Copy view"), "Ctrl+Shift+C", T("The picture in the viewport, to the clipboard")},
    {"file.saveChart", "File", T("Save charts…"), "Ctrl+Shift+E", T("As PDF, SVG, PNG or CSV")},
    {"file.saveData", "File", T("Save data…"), "Ctrl+D", T("An array of the lab as NPY or CSV, or what it has learned")},
    {"file.send", "File", T("Send to Embedding…"), "Ctrl+M", T("Rows of this lab become a cloud in the embedding lab")},
    {"-", "File", ""},
    {"file.restore", "File", T("Bring the last scenario back at start"), "", "", true},
    {"file.quit", "File", T("Quit"), "Ctrl+Q"},

    {"edit.undo", "Edit", T("Undo"), "Ctrl+Z"},
    {"edit.redo", "Edit", T("Redo"), "Ctrl+Shift+Z Ctrl+Y"},
    {"-", "Edit", ""},
    {"edit.defaults", "Edit", T("Parameters back to default"), "Ctrl+Backspace", T("Every parameter of this lab; can be undone")},
    {"edit.find", "Edit", T("Find anything…"), "Ctrl+K Ctrl+Shift+P", T("Actions, parameters, scenarios and lesson steps")},

    {"view.panel", "View", T("Parameter panel"), "Tab", T("The panel over the viewport"), true, true},
    {"view.hud", "View", T("Figures over the viewport"), "H", T("Device, frame time, kernels, memory"), true},
    {"view.fit", "View", T("Fit"), "F", T("Show everything")},
    {"-", "View", ""},
    {"view.lesson", "View", T("Lesson"), "Ctrl+L", "", true},
    {"view.charts", "View", T("Charts"), "Ctrl+G", "", true},
    {"view.profiler", "View", T("Profiler"), "Ctrl+Shift+K", T("Time, traffic and arithmetic of every kernel"), true},
    {"view.rail", "View", T("List of labs"), "Ctrl+B", "", true},
    {"view.transport", "View", T("Transport bar"), "Ctrl+T", "", true},
    {"view.reset", "View", T("Reset layout")},
    {"-", "View", ""},
    {"view.light", "View", T("Light theme"), "Ctrl+Shift+L", T("For projectors and daylight"), true},
    {"view.english", "View/Language", "English", "", "", true},
    {"view.chinese", "View/Language", "简体中文", "", "", true},
    {"view.calm", "View", T("Reduce motion"), "", T("Nothing slides or fades"), true},
    {"view.fullScreen", "View", T("Full screen"), "F11", "", true},

    {"run.play", "Run", T("Play or pause"), "Space"},
    {"run.forward", "Run", T("Step forward"), "Right ."},
    {"run.back", "Run", T("Step back"), "Left ,"},
    {"run.start", "Run", T("To the start"), "Shift+Left"},
    {"run.end", "Run", T("To the end"), "Shift+Right"},
    {"-", "Run", ""},
    {"run.restart", "Run", T("Restart"), "R", T("From the first step, and play")},
    {"run.noise", "Run", T("New noise"), "N", T("The same run with the next seed")},
    {"run.seed", "Run", T("Set seed…"), "", T("Same seed, same parameters, same device: same bits")},
    {"-", "Run", ""},
    {"run.faster", "Run", T("Faster"), "]"},
    {"run.slower", "Run", T("Slower"), "["},
    {"run.speedOne", "Run", T("Normal speed"), "="},
    {"run.loop", "Run", T("Loop"), "L", T("Start again at the end"), true},
    {"run.cancel", "Run", T("Cancel running jobs"), "Ctrl+."},

    {"lesson.next", "Help", T("Next lesson step"), "Alt+Right"},
    {"lesson.back", "Help", T("Previous lesson step"), "Alt+Left"},
    {"-", "Help", ""},
    {"help.number", "Help", T("What is this number?"), "F1", T("Every parameter and curve: meaning, formula, unit")},
    {"help.shortcuts", "Help", T("Shortcuts"), "? Shift+F1"},
    {"help.about", "Help", T("About Orrery"), "", T("Version, licence and a report on the graphics device")},
};

} // namespace

std::span<const ActionRow> actionTable() { return table; }

} // namespace orrery::app
