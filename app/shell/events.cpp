// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/shell/events.h"

namespace orrery::app {

using ui::Input;

namespace {

void addModifiers(Input& input, Qt::KeyboardModifiers modifiers) {
    input.shift = modifiers.testFlag(Qt::ShiftModifier);
    input.control = modifiers.testFlag(Qt::ControlModifier);
    input.alt = modifiers.testFlag(Qt::AltModifier);
}

Input::Button button(Qt::MouseButton button) {
    switch (button) {
        case Qt::LeftButton:
            return Input::Button::left;
        case Qt::RightButton:
            return Input::Button::right;
        case Qt::MiddleButton:
            return Input::Button::middle;
        default:
            return Input::Button::none;
    }
}

Input::Key key(int code) {
    switch (code) {
        case Qt::Key_Tab:
        case Qt::Key_Backtab:
            return Input::Key::tab;
        case Qt::Key_Left:
            return Input::Key::left;
        case Qt::Key_Right:
            return Input::Key::right;
        case Qt::Key_Up:
            return Input::Key::up;
        case Qt::Key_Down:
            return Input::Key::down;
        case Qt::Key_Home:
            return Input::Key::home;
        case Qt::Key_End:
            return Input::Key::end;
        case Qt::Key_PageUp:
            return Input::Key::pageUp;
        case Qt::Key_PageDown:
            return Input::Key::pageDown;
        case Qt::Key_Delete:
            return Input::Key::del;
        case Qt::Key_Backspace:
            return Input::Key::backspace;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            return Input::Key::enter;
        case Qt::Key_Escape:
            return Input::Key::escape;
        case Qt::Key_Space:
            return Input::Key::space;
        case Qt::Key_A:
            return Input::Key::a;
        case Qt::Key_C:
            return Input::Key::c;
        case Qt::Key_V:
            return Input::Key::v;
        case Qt::Key_X:
            return Input::Key::x;
        case Qt::Key_Y:
            return Input::Key::y;
        case Qt::Key_Z:
            return Input::Key::z;
        default:
            return Input::Key::none;
    }
}

} // namespace

Input fromMouse(const QMouseEvent& event, double ratio) {
    Input input;
    const bool released = event.type() == QEvent::MouseButtonRelease;
    const bool moved = event.type() == QEvent::MouseMove;
    input.kind = moved ? Input::Kind::move : released ? Input::Kind::release : Input::Kind::press;
    input.button = button(event.button());
    input.doubleClick = event.type() == QEvent::MouseButtonDblClick;
    input.px = {event.position().x() * ratio, event.position().y() * ratio};
    addModifiers(input, event.modifiers());
    return input;
}

Input fromWheel(const QWheelEvent& event, double ratio) {
    constexpr double eighthsPerNotch = 120, pixelsPerNotch = 40;
    Input input;
    input.kind = Input::Kind::wheel;
    input.px = {event.position().x() * ratio, event.position().y() * ratio};
    // With Alt, some platforms turn the wheel sideways.
    const QPoint angle = event.angleDelta(), pixels = event.pixelDelta();
    const int eighths = angle.y() ? angle.y() : angle.x();
    input.wheel = eighths ? eighths / eighthsPerNotch : pixels.y() / pixelsPerNotch;
    if (event.inverted()) input.wheel = -input.wheel;
    addModifiers(input, event.modifiers());
    return input;
}

std::optional<Input> fromKey(const QKeyEvent& event) {
    Input input;
    input.key = key(event.key());
    if (input.key == Input::Key::none) return std::nullopt;
    input.kind = event.type() == QEvent::KeyRelease ? Input::Kind::keyRelease : Input::Kind::key;
    addModifiers(input, event.modifiers());
    return input;
}

std::optional<Input> textOfKey(const QKeyEvent& event) {
    const QString text = event.text();
    const bool command = event.modifiers() & (Qt::ControlModifier | Qt::AltModifier | Qt::MetaModifier);
    if (event.type() != QEvent::KeyPress || command || text.isEmpty() || !text[0].isPrint()) return std::nullopt;
    Input input;
    input.kind = Input::Kind::text;
    input.text = text.toStdString();
    return input;
}

std::optional<Input> fromCommit(const QInputMethodEvent& event) {
    if (event.commitString().isEmpty()) return std::nullopt;
    Input input;
    input.kind = Input::Kind::text;
    input.text = event.commitString().toStdString();
    return input;
}

} // namespace orrery::app
