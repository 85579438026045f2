// SPDX-License-Identifier: GPL-3.0-or-later
// The parameter panel: made from the lab's declaration and nothing else. Floats over the picture at the left.
#pragma once

#include "engine/lab/session.h"
#include "ui/panels/points_table.h"
#include "ui/panels/widgets.h"
#include "ui/render/input.h"

#include <map>
#include <set>

namespace orrery::ui {

class Panel {
 public:
    static constexpr float margin = 16, width = 276; ///< logical pixels

    void draw(const Look& look, lab::Session& session, double seconds);

    void setShown(bool shown) { m_shown = shown; }
    bool shown() const { return m_shown; }
    /// Logical pixels at the left that the panel covers now (it slides).
    float covers() const { return m_open * (margin + width); }
    bool moving() const { return m_open != (m_shown ? 1.f : 0.f); }
    void setReduceMotion(bool reduce) { m_reduceMotion = reduce; }

    /// Arrow keys walk over the controls once one has been touched: up, down choose; left, right change; Enter types.
    bool key(const Input& event, lab::Session& session);
    void blur() { m_focus.clear(); }

    /// Framebuffer pixels of the control as drawn in the last frame; false when it is hidden, folded or scrolled away.
    bool controlRect(const std::string& key, ImVec2& low, ImVec2& high) const;
    /// Opens panel and group, scrolls to the control and marks it.
    void reveal(const std::string& key, const lab::Declaration& declaration);

    const std::set<std::string>& foldedGroups() const { return m_folded; }
    void setFoldedGroups(std::set<std::string> groups) { m_folded = std::move(groups); }

    std::function<void(const std::string& message)> onError;
    std::function<void(const std::string& key)> onFileWanted; ///< a file chip was clicked: a dialog, please
    std::function<void()> onSendWanted; ///< the button of a lab that has rows to send (engine/lab/sending.h)

 private:
    struct Spot {
        ImVec2 low, high;
        bool visible;
    };
    void drawChip(const Look& look);
    void drawGroups(const Look& look, lab::Session& session);
    void drawActions(const Look& look, lab::Session& session);
    void drawSend(const Look& look, float gap);
    bool drawHead(const Look& look, const std::string& group);
    void drawRow(const Look& look, lab::Session& session, const lab::Parameter& parameter);
    void drawNumber(const Look& look, lab::Session& session, const lab::Parameter& parameter);
    void drawChoice(const Look& look, lab::Session& session, const lab::Parameter& parameter);
    void drawFile(const Look& look, lab::Session& session, const lab::Parameter& parameter);
    void drawPoints(const Look& look, lab::Session& session, const lab::Parameter& parameter);
    void drawLine(const Look& look, lab::Session& session, const lab::Parameter& parameter);
    bool clearCross(const Look& look, ImVec2 low, ImVec2 high, const std::string& key);
    void drawFlags(const Look& look, lab::Session& session, const std::vector<const lab::Parameter*>& flags);
    void drawLabel(const Look& look, const lab::Parameter& parameter, bool hovered, float room);
    float labelColumnOf(const Look& look, const std::vector<const lab::Parameter*>& group) const;
    void drawTooltip(const Look& look, const lab::Session& session, double seconds);
    /// Registers the control, runs its gesture, notes what is hovered and wants its default back.
    void follow(const Look& look, lab::Session& session, const lab::Parameter& parameter, const Touch& touch);
    void change(lab::Session& session, const std::string& key, const lab::Value& value);
    void endGesture(lab::Session& session);

    bool m_shown = true, m_reduceMotion = false;
    float m_open = 1, m_contentHeight = 2000, m_contentWidth = 0, m_labelWidth = 0;
    std::set<std::string> m_folded;
    std::map<std::string, Spot> m_spots;
    std::vector<std::string> m_order; ///< keys as drawn, top to bottom
    std::string m_focus, m_reveal, m_gestureKey;
    std::string m_hoverKey, m_hoverBefore;
    int m_hoverChoice = -1;
    double m_hoverSeconds = 0, m_revealSeconds = 0;
    ImVec2 m_clipLow{0, 0}, m_clipHigh{0, 0};
    NumberEntry m_entry;
    PointsTable m_table;
};

} // namespace orrery::ui
