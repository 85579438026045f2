// SPDX-License-Identifier: GPL-3.0-or-later
// The language lab to look at: pages about a round, the race, the proof.
#pragma once

#include "engine/labs/language/lab.h"
#include "ui/labs/language/scene.h"
#include "ui/panels/pages.h"

namespace orrery::ui {

class LanguageView final : public PagedView, private lang::Hands {
 public:
    explicit LanguageView(lab::Session& session);
    void place(glm::dvec2 size, float scale, float panel, float hud) override;
    void settle() override;
    bool input(const Input& event, const Camera& camera) override;
    void click(const Input& event, const Camera& camera) override;
    const lang::Scene& scene() const { return m_scene; } ///< as it was drawn last

 private:
    std::string pageName() const override;
    void refresh();
    void refreshRound();
    double positionOf(int round, int moment) const;
    void want(const std::string& key, lab::Value value) override { m_wanted.emplace_back(key, std::move(value)); }
    void seek(double position) override { m_seek = position; }
    void act(const std::string& action) override { m_action = action; }

    lab::Session& m_session;
    language::LanguageLab& m_lab;
    lang::Scene m_scene;
    lang::Focus m_focus;
    const language::Models* m_models = nullptr; ///< whose tokens the scene knows
    std::vector<std::pair<std::string, lab::Value>> m_wanted;
    std::optional<double> m_seek;
    std::string m_action;
};

} // namespace orrery::ui
