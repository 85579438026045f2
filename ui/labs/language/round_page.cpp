// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/labs/language/round_page.h"

#include "ui/labs/language/words.h"

#include <algorithm>

namespace orrery::ui::lang {

const std::vector<std::pair<std::string, std::string>>& RoundPage::tabs() {
    static const std::vector<std::pair<std::string, std::string>> all = {
        {"tree", "tree"}, {"cache", "mask and cache"}, {"text", "text"}, {"figures", "figures"}};
    return all;
}

Box RoundPage::between(const Place& place) {
    const Box room = place.room();
    return {room.left, room.top, room.right, room.bottom - place.px(MomentsPicture::tall + 8)};
}

Box RoundPage::frame(ImDrawList* list, const Look& look, const Place& place, const std::string& own, const std::string& line) {
    forgetSpots();
    const Box room = place.room();
    float x = room.left;
    for (const auto& [key, words] : tabs())
        x = drawChip(list, look, "tab " + key, {x, look.px(14)}, look.tr(words), key == own) + look.px(6);
    look.texts.note(line);
    const float beside = room.width() - (place.hud > 0 ? look.px(420) : 0); // the HUD of this lab has long lines
    if (beside > look.px(220)) drawWords(list, look, {room.left, look.px(45)}, beside, look.theme.secondary, line);
    const Box inner = between(place);
    m_moments.draw(list, look, m_scene, {room.left, inner.bottom + look.px(8), room.right, room.bottom});
    note("moment back", m_moments.back);
    note("moment forth", m_moments.forth);
    if (m_scene.round())
        for (int m = 0; m <= language::moments(*m_scene.round()); ++m) note("moment " + std::to_string(m), m_moments.bead(m));
    return inner;
}

void RoundPage::seek(int round, int moment) {
    if (m_scene.positionOf) m_hands.seek(m_scene.positionOf(round, moment));
}

/// From the end of a round to the beginning of the next, and back.
void RoundPage::stepMoment(int by) {
    const Round* round = m_scene.round();
    if (!round) {
        if (by > 0) seek(0, 0);
        return;
    }
    const int moment = m_scene.moment + by;
    if (moment > language::moments(*round)) return seek(m_scene.shown + 1, 0);
    if (moment >= 0) return seek(m_scene.shown, moment);
    if (m_scene.shown > 0) seek(m_scene.shown - 1, language::moments(*m_scene.rounds[std::size_t(m_scene.shown) - 1]));
}

void RoundPage::select(int node) {
    const bool again = m_focus.selected == node && m_focus.round == m_scene.shown;
    m_focus.selected = again ? Focus::none : node;
    m_focus.round = m_scene.shown;
}

bool RoundPage::input(const Input& event, const Camera&, const Place& place) {
    const bool left = event.button == Input::Button::left;
    switch (event.kind) {
        case Input::Kind::press: {
            if (!left) return !moves(event.px, place);
            for (const auto& [key, words] : tabs())
                if (spotAt(event.px, "tab ") == key) return m_hands.want("picture", key), true;
            if (m_moments.back.holds(event.px)) return stepMoment(-1), true;
            if (m_moments.forth.holds(event.px)) return stepMoment(1), true;
            if (const int moment = m_moments.at(event.px, false); moment >= 0) {
                m_drags = true;
                seek(m_scene.shown, moment);
                return true;
            }
            return false;
        }
        case Input::Kind::move:
            if (!m_drags) return false;
            if (const int moment = m_moments.at(event.px, true); moment >= 0 && moment != m_scene.moment)
                seek(m_scene.shown, moment);
            return true;
        case Input::Kind::release:
        case Input::Kind::focusLost:
            if (!m_drags) return false;
            m_drags = false;
            return true;
        case Input::Kind::wheel:
            return !moves(event.px, place);
        case Input::Kind::key: // left and right step whole rounds
            if (event.key == Input::Key::up) return stepMoment(-1), true;
            if (event.key == Input::Key::down) return stepMoment(1), true;
            return false;
        default:
            return false;
    }
}

void RoundPage::click(const Input&, const Camera&, const Place&) {}

std::optional<Told> RoundPage::tell(glm::dvec2 px, const Look& look, const Camera&, const Place&) const {
    if (m_moments.back.holds(px)) return Told{look.tr("one moment back"), {}, look.tr("Key: arrow up")};
    if (m_moments.forth.holds(px)) return Told{look.tr("one moment on"), {}, look.tr("Key: arrow down")};
    if (const int moment = m_moments.at(px, false); moment >= 0 && m_scene.round()) {
        Scene then = m_scene;
        then.moment = moment;
        return Told{
            filled(look.tr("moment %1 of %2"), {std::to_string(moment), std::to_string(language::moments(*m_scene.round()))}),
            {},
            telling(look, then)};
    }
    return std::nullopt;
}

} // namespace orrery::ui::lang
