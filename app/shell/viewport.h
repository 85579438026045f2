// SPDX-License-Identifier: GPL-3.0-or-later
// The window inside the window that shows what Vulkan draws: frames, sizes, pointer, keys and input methods for one Stage.
#pragma once

#include "app/shell/presentation.h"
#include "app/shell/workbench.h"
#include "ui/stage.h"

#include <QElapsedTimer>
#include <QTimer>
#include <QWindow>

#include <memory>
#include <optional>
#include <set>

class QMimeData;

namespace orrery::app {

class Viewport : public QWindow {
    Q_OBJECT

 public:
    /// With an instance frames come to the window by a swapchain, without one Qt paints them.
    Viewport(Workbench& bench, QVulkanInstance* instance);
    ~Viewport() override;

    /// Null before the first exposure and while the device is being rebuilt.
    ui::Stage* stage() { return m_stage.get(); }
    bool idle() const;                                ///< nothing moves, and the newest frame is on the screen
    void wake();                                      ///< something changed: draw, and go on drawing for a moment
    std::uint64_t frames() const { return m_frames; } ///< drawn so far

    void setLight(bool light);
    void setPanelShown(bool shown);
    void setHudShown(bool shown);
    void setTranslate(ui::Translate translate);
    void setReduceMotion(bool reduce);
    std::set<std::string> foldedGroups() const;
    void setFoldedGroups(std::set<std::string> groups);
    void fit();
    void setCamera(const lab::CameraState& state);
    lab::CameraState camera() const;
    /// The view as a picture, `scale` times the size that it has on the screen.
    ui::Picture picture(double scale = 1);

    std::function<bool(const QMimeData*)> acceptsDrop;
    std::function<void(const QMimeData*)> dropped;

 Q_SIGNALS:
    void drawn();                              ///< after each frame
    void stageMade();                          ///< a new Stage stands
    void tabPressed();                         ///< and nothing in the viewport wanted it
    void fileWanted(const QString& parameter); ///< the panel's control of a file was clicked
    void sendWanted();                         ///< and its button that sends
    void failed(const QString& why);           ///< this surface cannot be drawn to

 protected:
    bool event(QEvent* event) override;

 private:
    bool atRest() const; ///< nothing moves: frames are drawn only now and then
    bool makeStage();
    std::unique_ptr<Presentation> makePresentation();
    void releaseStage();
    void tick();
    void draw(const ui::Target& target);
    void schedule(int milliseconds);
    bool handleKey(QKeyEvent& event);
    bool handleDrop(QEvent& event);
    bool give(const ui::Input& input); ///< true when something in the viewport used it
    bool typing() const;
    void tellInputMethod();

    Workbench* m_bench;
    std::unique_ptr<Presentation> m_presentation;
    std::unique_ptr<ui::Stage> m_stage;
    QTimer m_timer;
    QElapsedTimer m_sinceFrame, m_sinceWake;
    std::uint64_t m_frames = 0, m_revision = 0;
    bool m_wanted = true; ///< a frame, though nothing moves
    bool m_broken = false;
    bool m_typed = false; ///< what the input method was told last
    glm::dvec2 m_typedAt{0, 0};
    int m_swallow = 0;  ///< the key that was used up before shortcuts saw it
    int m_failures = 0; ///< frames that failed, one after the other

    // What a new Stage is given, so that it looks like the one before.
    bool m_light = false, m_panel = true, m_hud = true, m_reduceMotion = false;
    std::set<std::string> m_folded;
    ui::Translate m_translate;
    std::optional<lab::CameraState> m_camera;
};

} // namespace orrery::app
