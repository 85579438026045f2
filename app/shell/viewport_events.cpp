// SPDX-License-Identifier: GPL-3.0-or-later
// What the window system tells the viewport.
#include "app/shell/events.h"
#include "app/shell/viewport.h"

#include <QDropEvent>
#include <QGuiApplication>
#include <QInputMethod>
#include <QPlatformSurfaceEvent>

namespace orrery::app {

namespace {

ui::Input signal(ui::Input::Kind kind) {
    ui::Input input;
    input.kind = kind;
    return input;
}

} // namespace

bool Viewport::typing() const {
    glm::dvec2 px;
    return m_stage && m_stage->textCursor(px);
}

// A field of the panel opened or closed, or its cursor moved: candidates belong beside it.
void Viewport::tellInputMethod() {
    glm::dvec2 px{0, 0};
    const bool typing = m_stage && m_stage->textCursor(px);
    if (typing == m_typed && px == m_typedAt) return;
    m_typed = typing, m_typedAt = px;
    if (QGuiApplication::focusWindow() == this) QGuiApplication::inputMethod()->update(Qt::ImQueryInput | Qt::ImEnabled);
}

bool Viewport::give(const ui::Input& input) {
    if (!m_stage) return false;
    bool used = false;
    m_bench->attempt([&] { used = m_stage->input(input); });
    m_bench->poll();
    wake();
    return used;
}

bool Viewport::handleKey(QKeyEvent& event) {
    if (!m_stage) return false;
    const auto key = fromKey(event);
    if (event.type() == QEvent::ShortcutOverride) {
        m_swallow = 0;
        // While a number is typed into the panel, its letters are not shortcuts.
        if (typing()) return key || !(event.modifiers() & Qt::ControlModifier);
        // A control of the panel that has the focus gets arrows and Enter before the transport does.
        const bool plain = key && !(event.modifiers() & ~Qt::KeypadModifier) && key->key != ui::Input::Key::space &&
                           key->key != ui::Input::Key::tab;
        if (plain && give(*key)) m_swallow = event.key();
        return m_swallow != 0;
    }
    if (event.type() == QEvent::KeyPress && m_swallow == event.key()) {
        m_swallow = 0;
        return true;
    }
    if (key && key->key == ui::Input::Key::tab && !typing()) {
        if (event.type() == QEvent::KeyPress) Q_EMIT tabPressed();
        return true;
    }
    const auto text = textOfKey(event);
    const bool usedKey = key && give(*key), usedText = text && give(*text);
    return usedKey || usedText;
}

bool Viewport::handleDrop(QEvent& event) {
    auto& drop = static_cast<QDropEvent&>(event);
    const bool wanted = acceptsDrop && acceptsDrop(drop.mimeData());
    drop.setAccepted(wanted);
    if (!wanted) return true;
    drop.setDropAction(Qt::CopyAction);
    if (event.type() == QEvent::Drop && dropped) dropped(drop.mimeData());
    return true;
}

bool Viewport::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::Expose:
            if (isExposed()) wake();
            break;
        case QEvent::Resize:
            if (m_presentation)
                m_presentation->resized(std::uint32_t(width() * devicePixelRatio()),
                                        std::uint32_t(height() * devicePixelRatio()));
            wake();
            break;
        case QEvent::PlatformSurface:
            if (static_cast<QPlatformSurfaceEvent*>(event)->surfaceEventType() ==
                QPlatformSurfaceEvent::SurfaceAboutToBeDestroyed)
                releaseStage(); // the surface goes right after this
            break;
        case QEvent::MouseButtonPress:
        case QEvent::MouseButtonDblClick:
            requestActivate();
            [[fallthrough]];
        case QEvent::MouseButtonRelease:
        case QEvent::MouseMove:
            give(fromMouse(*static_cast<QMouseEvent*>(event), devicePixelRatio()));
            return true;
        case QEvent::Wheel:
            give(fromWheel(*static_cast<QWheelEvent*>(event), devicePixelRatio()));
            return true;
        case QEvent::Leave:
            give(signal(ui::Input::Kind::leave));
            break;
        case QEvent::FocusOut:
            give(signal(ui::Input::Kind::focusLost));
            break;
        case QEvent::ShortcutOverride:
        case QEvent::KeyPress:
        case QEvent::KeyRelease:
            if (handleKey(*static_cast<QKeyEvent*>(event))) {
                event->accept();
                return true;
            }
            break;
        case QEvent::InputMethod:
            if (const auto text = fromCommit(*static_cast<QInputMethodEvent*>(event))) give(*text);
            return true;
        case QEvent::InputMethodQuery: {
            auto* query = static_cast<QInputMethodQueryEvent*>(event);
            glm::dvec2 px{0, 0};
            const bool editing = m_stage && m_stage->textCursor(px);
            query->setValue(Qt::ImEnabled, editing);
            query->setValue(Qt::ImHints, int(Qt::ImhNone));
            if (editing)
                query->setValue(Qt::ImCursorRectangle, QRectF(px.x / devicePixelRatio(), px.y / devicePixelRatio(), 1, 18));
            event->accept();
            return true;
        }
        case QEvent::DragEnter:
        case QEvent::DragMove:
        case QEvent::Drop:
            return handleDrop(*event);
        default:
            break;
    }
    return QWindow::event(event);
}

} // namespace orrery::app
