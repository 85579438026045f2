// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tracks.h"

#include <algorithm>

namespace orrery::segmentation {

void Track::set(const Prompt& prompt, bool refine) {
    std::size_t same = 0;
    if (prompt.box == m_prompt.box && refine == m_refine) {
        while (same < std::min(prompt.clicks.size(), m_prompt.clicks.size()) && prompt.clicks[same] == m_prompt.clicks[same])
            ++same;
        m_answers.resize(std::min(m_answers.size(), same + 1));
    } else {
        m_answers.clear();
    }
    m_prompt = prompt, m_refine = refine;
    m_answers.resize(prompt.clicks.size() + 1);
}

const Answer* Track::answer(int clicks) const {
    return clicks >= 0 && std::size_t(clicks) < m_answers.size() && m_answers[std::size_t(clicks)]
               ? &*m_answers[std::size_t(clicks)]
               : nullptr;
}

bool Track::askNext(tensor::Context& context, const Model& model, const Embedded& picture, int upTo) {
    for (int k = 0; k <= std::min(upTo, clicks()); ++k) {
        if (!asks(k) || m_answers[std::size_t(k)]) continue;
        Prompt prompt{{m_prompt.clicks.begin(), m_prompt.clicks.begin() + k}, m_prompt.box, {}};
        const bool feedBack = m_refine || model.prompts().takesClicks(); // else such a model would ask itself all over again
        if (const Answer* before = feedBack ? answer(k - 1) : nullptr; before && model.prompts().takesMasks()) {
            const auto logits = before->of(before->chosen);
            prompt.mask.assign(logits.begin(), logits.end());
        }
        m_answers[std::size_t(k)] = model.ask(context, picture, prompt);
        return true;
    }
    return false;
}

std::size_t chosenBy(const std::string& key, const Answer& answer) {
    const std::size_t wanted = key == "single"   ? 0
                               : key == "first"  ? 1
                               : key == "second" ? 2
                               : key == "third"  ? 3
                                                 : answer.chosen;
    return std::min(wanted, std::size_t(answer.masks) - 1);
}

} // namespace orrery::segmentation
