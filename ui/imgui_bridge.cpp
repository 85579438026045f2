// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/imgui_bridge.h"

#include <imgui_internal.h>

#include <array>
#include <cfloat>
#include <utility>

namespace orrery::ui::bridge {

namespace {

constexpr std::array<std::pair<Input::Key, ImGuiKey>, 20> keys = {{
    {Input::Key::tab, ImGuiKey_Tab},
    {Input::Key::left, ImGuiKey_LeftArrow},
    {Input::Key::right, ImGuiKey_RightArrow},
    {Input::Key::up, ImGuiKey_UpArrow},
    {Input::Key::down, ImGuiKey_DownArrow},
    {Input::Key::home, ImGuiKey_Home},
    {Input::Key::end, ImGuiKey_End},
    {Input::Key::pageUp, ImGuiKey_PageUp},
    {Input::Key::pageDown, ImGuiKey_PageDown},
    {Input::Key::del, ImGuiKey_Delete},
    {Input::Key::backspace, ImGuiKey_Backspace},
    {Input::Key::enter, ImGuiKey_Enter},
    {Input::Key::escape, ImGuiKey_Escape},
    {Input::Key::space, ImGuiKey_Space},
    {Input::Key::a, ImGuiKey_A},
    {Input::Key::c, ImGuiKey_C},
    {Input::Key::v, ImGuiKey_V},
    {Input::Key::x, ImGuiKey_X},
    {Input::Key::y, ImGuiKey_Y},
    {Input::Key::z, ImGuiKey_Z},
}};

int buttonIndex(Input::Button button) {
    switch (button) {
        case Input::Button::left:
            return 0;
        case Input::Button::right:
            return 1;
        case Input::Button::middle:
            return 2;
        default:
            return -1;
    }
}

const char* readClipboard(Clipboard* clipboard) {
    clipboard->buffer = clipboard->read ? clipboard->read() : clipboard->buffer;
    return clipboard->buffer.c_str();
}

void writeClipboard(Clipboard* clipboard, const char* text) {
    clipboard->buffer = text;
    if (clipboard->write) clipboard->write(clipboard->buffer);
}

#if IMGUI_VERSION_NUM < 18700
bool inBatch(const Input& event) { // may share a frame with its neighbours
    return event.kind == Input::Kind::move || event.kind == Input::Kind::leave || event.kind == Input::Kind::wheel;
}
#endif

} // namespace

void attach(Clipboard* clipboard, ImVec2* textCursor) {
    ImGuiIO& io = ImGui::GetIO();
    io.IniFilename = nullptr; // Qt remembers the layout
    io.LogFilename = nullptr;
    io.UserData = textCursor;
#if IMGUI_VERSION_NUM < 18700
    for (const auto& [ours, theirs] : keys) io.KeyMap[theirs] = int(ours);
    io.ImeSetInputScreenPosFn = [](int x, int y) { *static_cast<ImVec2*>(ImGui::GetIO().UserData) = ImVec2(float(x), float(y)); };
#elif IMGUI_VERSION_NUM < 19110
    io.SetPlatformImeDataFn = [](ImGuiViewport*, ImGuiPlatformImeData* data) {
        *static_cast<ImVec2*>(ImGui::GetIO().UserData) = data->InputPos;
    };
#else
    ImGui::GetPlatformIO().Platform_SetImeDataFn = [](ImGuiContext*, ImGuiViewport*, ImGuiPlatformImeData* data) {
        *static_cast<ImVec2*>(ImGui::GetIO().UserData) = data->InputPos;
    };
#endif
#if IMGUI_VERSION_NUM < 19110
    io.ClipboardUserData = clipboard;
    io.GetClipboardTextFn = [](void* user) { return readClipboard(static_cast<Clipboard*>(user)); };
    io.SetClipboardTextFn = [](void* user, const char* text) { writeClipboard(static_cast<Clipboard*>(user), text); };
#else
    ImGuiPlatformIO& platform = ImGui::GetPlatformIO();
    platform.Platform_ClipboardUserData = clipboard;
    platform.Platform_GetClipboardTextFn = [](ImGuiContext*) {
        return readClipboard(static_cast<Clipboard*>(ImGui::GetPlatformIO().Platform_ClipboardUserData));
    };
    platform.Platform_SetClipboardTextFn = [](ImGuiContext*, const char* text) {
        writeClipboard(static_cast<Clipboard*>(ImGui::GetPlatformIO().Platform_ClipboardUserData), text);
    };
#endif
}

void Inbox::add(const Input& event) {
    // Whoever never draws (a hidden window) must not gather moves for ever.
    if (event.kind == Input::Kind::move && !m_events.empty() && m_events.back().kind == Input::Kind::move)
        m_events.back() = event;
    else
        m_events.push_back(event);
}

void Inbox::deliver() {
#if IMGUI_VERSION_NUM < 18700
    // 1.86 samples its state once per frame: pointer moves, then one change of a button or key.
    while (!m_events.empty()) {
        const Input event = std::move(m_events.front());
        m_events.pop_front();
        send(event);
        if (inBatch(event)) continue;
        while (event.kind == Input::Kind::text && !m_events.empty() && m_events.front().kind == Input::Kind::text) {
            send(m_events.front());
            m_events.pop_front();
        }
        break;
    }
#else
    for (; !m_events.empty(); m_events.pop_front()) send(m_events.front()); // it has a queue of its own
#endif
}

#if IMGUI_VERSION_NUM < 18700
void Inbox::send(const Input& event) {
    ImGuiIO& io = ImGui::GetIO();
    io.KeyCtrl = event.control, io.KeyShift = event.shift, io.KeyAlt = event.alt;
    const int button = buttonIndex(event.button);
    switch (event.kind) {
        case Input::Kind::press:
        case Input::Kind::release:
            if (button >= 0) io.MouseDown[button] = event.kind == Input::Kind::press;
            [[fallthrough]];
        case Input::Kind::move:
            io.MousePos = {float(event.px.x), float(event.px.y)};
            break;
        case Input::Kind::wheel:
            io.MouseWheel += float(event.wheel);
            break;
        case Input::Kind::leave:
            io.MousePos = {-FLT_MAX, -FLT_MAX};
            break;
        case Input::Kind::key:
        case Input::Kind::keyRelease:
            if (event.key != Input::Key::none) io.KeysDown[int(event.key)] = event.kind == Input::Kind::key;
            break;
        case Input::Kind::text:
            io.AddInputCharactersUTF8(event.text.c_str());
            break;
        case Input::Kind::focusLost:
            for (bool& down : io.MouseDown) down = false;
            for (bool& down : io.KeysDown) down = false;
            io.KeyCtrl = io.KeyShift = io.KeyAlt = false;
            io.MousePos = {-FLT_MAX, -FLT_MAX};
            break;
    }
}
#else
void Inbox::send(const Input& event) {
    ImGuiIO& io = ImGui::GetIO();
    const bool command = event.kind != Input::Kind::focusLost;
#if IMGUI_VERSION_NUM < 18837
    constexpr ImGuiKey control = ImGuiKey_ModCtrl, shift = ImGuiKey_ModShift, alt = ImGuiKey_ModAlt;
#else
    constexpr ImGuiKey control = ImGuiMod_Ctrl, shift = ImGuiMod_Shift, alt = ImGuiMod_Alt;
#endif
    io.AddKeyEvent(control, command && event.control);
    io.AddKeyEvent(shift, command && event.shift);
    io.AddKeyEvent(alt, command && event.alt);
    const int button = buttonIndex(event.button);
    switch (event.kind) {
        case Input::Kind::press:
        case Input::Kind::release:
            io.AddMousePosEvent(float(event.px.x), float(event.px.y));
            if (button >= 0) io.AddMouseButtonEvent(button, event.kind == Input::Kind::press);
            break;
        case Input::Kind::move:
            io.AddMousePosEvent(float(event.px.x), float(event.px.y));
            break;
        case Input::Kind::wheel:
            io.AddMouseWheelEvent(0, float(event.wheel));
            break;
        case Input::Kind::leave:
            io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);
            break;
        case Input::Kind::key:
        case Input::Kind::keyRelease:
            for (const auto& [ours, theirs] : keys)
                if (ours == event.key) io.AddKeyEvent(theirs, event.kind == Input::Kind::key);
            break;
        case Input::Kind::text:
            io.AddInputCharactersUTF8(event.text.c_str());
            break;
        case Input::Kind::focusLost:
            for (int i = 0; i < 3; ++i) io.AddMouseButtonEvent(i, false);
            io.AddMousePosEvent(-FLT_MAX, -FLT_MAX);
            io.AddFocusEvent(false);
            break;
    }
}
#endif

bool covers(glm::dvec2 px) {
    const ImGuiContext& g = *ImGui::GetCurrentContext();
    if (g.ActiveId != 0 || g.OpenPopupStack.Size > 0) return true;
    const ImVec2 at(static_cast<float>(px.x), static_cast<float>(px.y));
    for (const ImGuiWindow* window : g.Windows)
        if (window->WasActive && !window->Hidden && !(window->Flags & ImGuiWindowFlags_NoMouseInputs) &&
            window->Rect().Contains(at))
            return true;
    return false;
}

void letGo() { ImGui::ClearActiveID(); }

bool takesText() { return ImGui::GetIO().WantTextInput; }

#if IMGUI_VERSION_NUM < 19200
float fontSize(const ImFont* font) { return font->FontSize; }
ImVec2 textSize(const ImFont* font, const char* begin, const char* end, float wrap) {
    return font->CalcTextSizeA(font->FontSize, FLT_MAX, wrap, begin, end);
}
#else
float fontSize(const ImFont* font) { return font->LegacySize; }
ImVec2 textSize(const ImFont* font, const char* begin, const char* end, float wrap) {
    return const_cast<ImFont*>(font)->CalcTextSizeA(font->LegacySize, FLT_MAX, wrap, begin, end);
}
#endif

} // namespace orrery::ui::bridge
