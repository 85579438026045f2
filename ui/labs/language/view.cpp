// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/view.h"

#include "ui/labs/language/ngram_page.h"
#include "ui/labs/language/page.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace orrery::ui {

namespace {

/// Steps of a fifth of a second: at the transport's usual speed a text of thirty rounds would be over in seconds.
constexpr double usualSpeed = 1.0 / 8;
/// Beyond the start of a moment, so that rounding does not take it back to the moment before.
constexpr double within = 0.02;
constexpr double justBegun = 1e-3; ///< of a round: its first moment, however many there are

} // namespace

LanguageView::LanguageView(lab::Session& session)
    : m_session(session), m_lab(dynamic_cast<language::LanguageLab&>(session.lab())) {
    add("tree", lang::makeTreePage(m_scene, m_focus, *this));
    add("cache", lang::makeCachePage(m_scene, m_focus, *this));
    add("text", lang::makeTextPage(m_scene, m_focus, *this));
    add("figures", lang::makeFiguresPage(m_scene, m_focus, *this));
    add("race", lang::makeRacePage(m_scene, m_focus, *this));
    add("proof", lang::makeProofPage(m_scene, m_focus, *this));
    add("ngram", std::make_unique<lang::NgramPage>(session, m_lab));
    m_scene.positionOf = [this](int round, int moment) { return positionOf(round, moment); };
    if (m_session.transport().speed() == 1) m_session.transport().setSpeed(usualSpeed);
    refresh();
}

std::string LanguageView::pageName() const {
    const std::string& show = m_session.settings().text("show");
    return show == "text" ? m_session.settings().text("picture") : show;
}

void LanguageView::settle() {
    if (!m_wanted.empty()) {
        const auto wanted = std::exchange(m_wanted, {});
        m_session.set(wanted);
    }
    if (m_seek) {
        m_session.transport().pause();
        m_session.transport().seek(*std::exchange(m_seek, std::nullopt));
    }
    if (!m_action.empty()) m_lab.act(std::exchange(m_action, {}));
    // Between two rounds the later one is told, moment by moment.
    const lab::Transport& transport = m_session.transport();
    m_lab.watch(m_session.settings().text("show") == "text" &&
                (transport.playing() || transport.position() > transport.target() + 1e-9));
    PagedView::settle();
}

void LanguageView::place(glm::dvec2 size, float scale, float panel, float hud) {
    refresh();
    PagedView::place(size, scale, panel, hud);
}

// Between two frames the settings may have changed, and rounds that the scene points at be gone.
bool LanguageView::input(const Input& event, const Camera& camera) {
    refresh();
    return PagedView::input(event, camera);
}

void LanguageView::click(const Input& event, const Camera& camera) {
    refresh();
    PagedView::click(event, camera);
}

double LanguageView::positionOf(int round, int moment) const {
    if (round < 0) return 0;
    if (round >= int(m_scene.rounds.size())) return round + justBegun; // not known yet
    const int last = language::moments(*m_scene.rounds[std::size_t(round)]);
    if (moment >= last) return round + 1;
    return round + (std::max(0, moment) + within) / last;
}

void LanguageView::refreshRound() {
    const language::Decoding& decoding = *m_lab.decoding();
    const int known = int(m_scene.rounds.size()), reached = decoding.reached();
    const lab::Transport& transport = m_session.transport();
    const double fraction = transport.position() - transport.target();
    // While the lab is on its way to where the transport stands, the newest round is shown whole.
    const bool between =
        fraction > 1e-9 && transport.target() == m_lab.position() && reached == transport.target() && reached < known;
    m_scene.shown = between ? reached : reached - 1;
    m_scene.moment = 0, m_scene.phase = 1;
    if (!m_scene.round()) return;
    const int last = language::moments(*m_scene.round());
    m_scene.moment = between ? std::min(int(std::floor(fraction * last)), last) : last;
    if (between && transport.playing()) m_scene.phase = float(fraction * last - m_scene.moment);
}

void LanguageView::refresh() {
    const language::Models* models = m_lab.models();
    m_scene.missing.clear();
    m_scene.rounds.clear();
    m_scene.shown = -1, m_scene.moment = 0;
    m_scene.race = {}, m_scene.proof.rows.clear();
    if (!models || !m_lab.decoding()) {
        m_scene.missing = m_lab.jobs().empty()
                              ? "No model is open: drop a model's .safetensors or .gguf here, or choose one in the panel."
                              : "The models are being opened \xE2\x80\xA6";
        return;
    }
    if (m_models != models) {
        m_models = models;
        const auto tokenizer = models->sharedTokenizer();
        m_scene.tokens->setVocabulary([tokenizer](std::int32_t token) {
            if (token < 0 || token >= tokenizer->size()) return "#" + std::to_string(token);
            const std::string& bytes = tokenizer->bytes(token);
            return bytes.empty() ? tokenizer->display(token) : bytes;
        });
        m_focus = {};
    }
    const language::Decoding& decoding = *m_lab.decoding();
    for (const language::Round& round : decoding.rounds()) m_scene.rounds.push_back(&round);
    const auto text = decoding.text();
    m_scene.prompt.assign(text.begin(),
                          text.begin() + std::min<std::ptrdiff_t>(decoding.promptLength(), std::ptrdiff_t(text.size())));
    m_scene.plan = decoding.plan();
    m_scene.planted = m_lab.request().plant;
    m_scene.lookAt = m_lab.request().lookAt;
    refreshRound();
    if (const language::Race* race = m_lab.race()) m_scene.race = {race->lanes(), race->passes()};
    if (const language::Proof* proof = m_lab.proof()) m_scene.proof.rows = proof->rows();
}

} // namespace orrery::ui
