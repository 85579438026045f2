// SPDX-License-Identifier: GPL-3.0-or-later
// A stage without a window: events go in, pictures come out.
#pragma once

#include "tests/support/test_main.h"
#include "ui/stage.h"

#include <cmath>
#include <cstdlib>

namespace orrery::test {

class Rig {
 public:
    explicit Rig(std::uint32_t width = 1280, std::uint32_t height = 720, const std::string& labName = "diffusion")
        : session(device(), labName), stage(device(), session), m_offscreen(device(), width, height) {
        stage.onError = [this](const std::string& message) { errors.push_back(message); };
        stage.setReduceMotion(true);
    }
    ~Rig() { stage.forgetTarget(m_offscreen.target().view); }

    ui::Picture frame(double seconds = 0) {
        gpu::Download download;
        device().wait(device().run("frame", [&](gpu::Recorder& recorder) {
            stage.frame(recorder, m_offscreen.target(), scale, seconds);
            download = m_offscreen.read(recorder);
        }));
        return m_offscreen.picture(download);
    }
    ui::Picture frames(int count, double seconds = 0) {
        for (int i = 1; i < count; ++i) frame(seconds);
        return frame(seconds);
    }
    /// Until nothing is under way any more.
    ui::Picture rest() {
        frames(3);
        for (int i = 0; i < 2000 && !stage.settled(); ++i) frame();
        return frames(3);
    }

    static ui::Input pointer(ui::Input::Kind kind, glm::dvec2 px, ui::Input::Button button = ui::Input::Button::left) {
        ui::Input event;
        event.kind = kind, event.px = px;
        event.button = kind == ui::Input::Kind::press || kind == ui::Input::Kind::release ? button : ui::Input::Button::none;
        return event;
    }
    void move(glm::dvec2 px) { stage.input(pointer(ui::Input::Kind::move, px)), frame(); }
    void press(glm::dvec2 px, ui::Input::Button button = ui::Input::Button::left) {
        stage.input(pointer(ui::Input::Kind::press, px, button)), frame();
    }
    void release(glm::dvec2 px, ui::Input::Button button = ui::Input::Button::left) {
        stage.input(pointer(ui::Input::Kind::release, px, button)), frame();
    }
    void click(glm::dvec2 px, ui::Input::Button button = ui::Input::Button::left) {
        move(px), press(px, button), release(px, button);
    }
    void drag(glm::dvec2 from, glm::dvec2 to, int steps = 5, ui::Input::Button button = ui::Input::Button::left) {
        move(from), press(from, button);
        for (int i = 1; i <= steps; ++i) move(glm::mix(from, to, double(i) / steps));
        release(to, button);
    }
    void key(ui::Input::Key key) {
        ui::Input event;
        event.kind = ui::Input::Kind::key, event.key = key;
        stage.input(event), frame();
        event.kind = ui::Input::Kind::keyRelease;
        stage.input(event), frame();
    }
    void type(const std::string& text) {
        ui::Input event;
        event.kind = ui::Input::Kind::text, event.text = text;
        stage.input(event), frame();
    }

    struct Area {
        glm::dvec2 low{0, 0}, high{0, 0};
        glm::dvec2 at(double x, double y = 0.5) const { return glm::mix(low, high, glm::dvec2(x, y)); }
    };
    bool control(const std::string& key, Area& area) const { return stage.controlRect(key, area.low, area.high); }

    lab::Session session;
    ui::Stage stage;
    float scale = 1;
    std::vector<std::string> errors;

 private:
    ui::Offscreen m_offscreen;
};

struct Rgb {
    int r, g, b;
};
inline Rgb pixel(const ui::Picture& picture, int x, int y) {
    const std::size_t at = (std::size_t(y) * picture.width + std::size_t(x)) * 4;
    return {picture.rgba[at], picture.rgba[at + 1], picture.rgba[at + 2]};
}
inline Rgb rgb(const glm::vec4& colour) {
    return {int(std::lround(colour.r * 255)), int(std::lround(colour.g * 255)), int(std::lround(colour.b * 255))};
}
inline int distance(const Rgb& a, const Rgb& b) {
    return std::max({std::abs(a.r - b.r), std::abs(a.g - b.g), std::abs(a.b - b.b)});
}

/// Pixels of a rectangle for which `is` holds, and pixels in which two pictures differ by more than `by`.
template <class Is>
int count(const ui::Picture& picture, glm::dvec2 low, glm::dvec2 high, Is&& is) {
    int n = 0;
    for (int y = std::max(0, int(low.y)); y < std::min(int(picture.height), int(high.y)); ++y)
        for (int x = std::max(0, int(low.x)); x < std::min(int(picture.width), int(high.x)); ++x) n += is(pixel(picture, x, y));
    return n;
}
inline int differing(const ui::Picture& a, const ui::Picture& b, glm::dvec2 low, glm::dvec2 high, int by = 6) {
    int n = 0;
    for (int y = std::max(0, int(low.y)); y < std::min(int(a.height), int(high.y)); ++y)
        for (int x = std::max(0, int(low.x)); x < std::min(int(a.width), int(high.x)); ++x)
            n += distance(pixel(a, x, y), pixel(b, x, y)) > by;
    return n;
}

} // namespace orrery::test
