// SPDX-License-Identifier: GPL-3.0-or-later
// Input into Dear ImGui, and everything else in ui outside ui/render that differs between its versions (1.86 … 1.92).
#pragma once

#include "ui/render/input.h"

#include <imgui.h>

#include <deque>
#include <functional>
#include <string>

namespace orrery::ui::bridge {

/// The system's clipboard, from whoever owns the window.
struct Clipboard {
    std::function<std::string()> read;
    std::function<void(const std::string&)> write;
    std::string buffer; ///< ImGui keeps a pointer to what it read
};

/// Prepares the current context: keys, clipboard, where text is entered. Both must outlive the context.
void attach(Clipboard* clipboard, ImVec2* textCursor);

/// Events wait here until a frame can show each of them: a press and its release that arrive between two frames are
/// still a click, and a press happens where the pointer was at that moment.
class Inbox {
 public:
    void add(const Input& event);
    /// Call before ImGui::NewFrame: hands over as many events as one frame may hold.
    void deliver();
    bool empty() const { return m_events.empty(); }

 private:
    void send(const Input& event);
    std::deque<Input> m_events;
};

/// A window, popup or active item of ImGui at that place: the view and the camera must not get the press.
bool covers(glm::dvec2 px);
/// Takes the pointer away from the item that holds it.
void letGo();
/// A text field has the keyboard.
bool takesText();

float fontSize(const ImFont* font);
ImVec2 textSize(const ImFont* font, const char* begin, const char* end, float wrap = 0);

} // namespace orrery::ui::bridge
