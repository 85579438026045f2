// SPDX-License-Identifier: GPL-3.0-or-later
// Who gets an event: ImGui always hears of it; a press then belongs to ImGui, the view or the camera until its release.
#include "ui/keys.h"
#include "ui/stage_impl.h"

namespace orrery::ui {

namespace {

constexpr double stillPx = 3; ///< logical pixels that a click may move

} // namespace

bool Stage::Impl::toView(const Input& event) {
    bool used = false;
    guarded([&] { used = view->input(event, camera); });
    return used;
}

void Stage::Impl::forgetHands() {
    hand = Hand::none;
    handButton = Input::Button::none;
    navigation.cancel();
    viewHovered = false;
}

void Stage::Impl::leaveView() {
    if (!viewHovered) return;
    Input leave;
    leave.kind = Input::Kind::leave;
    toView(leave);
    viewHovered = false;
}

bool Stage::Impl::press(const Input& event) {
    if (hand != Hand::none) return true; // a second button while one is held
    handButton = event.button;
    if (bridge::covers(event.px)) {
        hand = Hand::imgui;
        return true;
    }
    panel.blur();
    if (!navigation.claims(event) && toView(event)) {
        hand = Hand::view;
        return true;
    }
    hand = Hand::camera;
    const bool left = event.button == Input::Button::left && !navigation.claims(event);
    mayClick = !event.doubleClick && (left || event.button == Input::Button::right);
    pressed = event.px;
    return navigation.input(event, camera);
}

bool Stage::Impl::move(const Input& event) {
    if (hand == Hand::camera) {
        mayClick = mayClick && glm::distance(event.px, pressed) <= stillPx * scale;
        return navigation.input(event, camera);
    }
    pointer = event.px;
    if (hand == Hand::imgui || (hand == Hand::none && bridge::covers(event.px))) {
        leaveView();
        return true;
    }
    viewHovered = true;
    return toView(event);
}

bool Stage::Impl::keyboard(const Input& event) {
    if (bridge::takesText()) return true;
    if (event.kind == Input::Kind::key && event.key == Input::Key::tab && !event.control && !event.alt) {
        panel.setShown(!panel.shown());
        return true;
    }
    return panel.key(event, session) || toView(event) || navigation.input(event, camera);
}

bool Stage::Impl::input(const Input& event) {
    ContextScope scope(context);
    inbox.add(event);
    bool used = false;
    switch (event.kind) {
        case Input::Kind::press:
            used = press(event);
            break;
        case Input::Kind::move:
            used = move(event);
            break;
        case Input::Kind::release: {
            if (hand == Hand::none || event.button != handButton) break;
            if (hand == Hand::camera && mayClick) guarded([&] { view->click(event, camera); });
            used = hand == Hand::camera ? navigation.input(event, camera) : hand == Hand::view ? toView(event) : true;
            hand = Hand::none;
            break;
        }
        case Input::Kind::wheel:
            if (bridge::covers(event.px)) return true;
            used = toView(event) || navigation.input(event, camera);
            break;
        case Input::Kind::key:
        case Input::Kind::keyRelease:
        case Input::Kind::text:
            used = keyboard(event);
            break;
        case Input::Kind::leave:
            if (hand == Hand::none) leaveView();
            break;
        case Input::Kind::focusLost:
            toView(event);
            forgetHands();
            break;
    }
    if (navigation.takeMoved()) fitted = false;
    if (navigation.takeFit()) fitted = true;
    return used;
}

bool Stage::input(const Input& event) { return m_impl->input(event); }
std::vector<lab::Fact> Stage::keys() const {
    const auto* own = dynamic_cast<const Keys*>(m_impl->view.get());
    return own ? own->keys() : std::vector<lab::Fact>();
}

} // namespace orrery::ui
