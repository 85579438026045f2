// SPDX-License-Identifier: GPL-3.0-or-later
// Everything inside the viewport for one session: view, panel, HUD, camera, ImGui. The window and `--render` both
// drive this, so that they show the same picture.
#pragma once

#include "ui/panels/texts.h"
#include "ui/view.h"

#include <memory>
#include <set>

namespace orrery::ui {

struct StageOptions {
    VkFormat format = Offscreen::format;
    VkImageLayout finalLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
};

class Stage {
 public:
    Stage(gpu::Device& device, lab::Session& session, const StageOptions& options = {});
    ~Stage();

    /// Advances the session by `wallSeconds` and draws a frame. A timing of stretch "draw" and of each kernel is kept.
    void frame(gpu::Recorder& recorder, const Target& target, float scale, double wallSeconds);
    void forgetTarget(VkImageView view);

    /// True when ImGui or the view used it.
    bool input(const Input& event);
    std::vector<lab::Fact> keys() const; ///< of the lab's view
    /// Where text is being entered, for input methods (framebuffer pixels); false when nowhere.
    bool textCursor(glm::dvec2& px) const;

    void setTheme(bool light);
    void setTranslate(Translate translate);
    void setPanelShown(bool shown);
    bool panelShown() const;
    void setHudShown(bool shown);
    bool hudShown() const;
    void setReduceMotion(bool reduce); ///< what opens and closes does so at once
    void fit();
    Camera& camera();
    lab::CameraState cameraState() const;
    void setCameraState(const lab::CameraState& state);
    const Theme& theme() const;

    /// Where a parameter's control, or a spot that the view names, was drawn last (framebuffer pixels), for tests and lesson
    /// pointers; false if not shown.
    bool controlRect(const std::string& key, glm::dvec2& low, glm::dvec2& high) const;
    /// Opens panel and group, scrolls to the control and outlines it for a while ("this one", says a lesson).
    void revealControl(const std::string& key);
    const std::set<std::string>& foldedGroups() const; ///< group names of the declaration, for whoever remembers the layout
    void setFoldedGroups(std::set<std::string> groups);
    void setClipboard(std::function<std::string()> read, std::function<void(const std::string&)> write);

    /// Told of an Error that a control's change raised.
    std::function<void(const std::string&)> onError;
    /// Told of the key of a file parameter that was clicked.
    std::function<void(const std::string&)> onFileWanted;
    /// Told that the panel's "Send to Embedding" was clicked.
    std::function<void()> onSendWanted;

    double framesPerSecond() const; ///< smoothed
    /// True once nothing is under way any more: the next frame would show the same picture (if time stands still).
    bool settled() const;

 private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// A picture of a session as the window would show it (`--render`, thumbnails, tests). Waits for the GPU.
Picture renderPicture(gpu::Device& device, lab::Session& session, std::uint32_t width, std::uint32_t height, bool light = false,
                      float scale = 1, const lab::CameraState* camera = nullptr);

} // namespace orrery::ui
