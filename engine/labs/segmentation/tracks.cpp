// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/tracks.h"

#include "engine/labs/segmentation/mask_prompt.h"

#include <algorithm>

namespace orrery::segmentation {

void Track::set(const Prompt& prompt, bool refine, const Guide& guide) {
    std::size_t same = 0;
    if (prompt.box == m_prompt.box && refine == m_refine && guide == m_guide) {
        while (same < std::min(prompt.clicks.size(), m_prompt.clicks.size()) && prompt.clicks[same] == m_prompt.clicks[same])
            ++same;
        m_answers.resize(std::min(m_answers.size(), same + 1));
    } else {
        m_answers.clear();
    }
    m_prompt = prompt, m_refine = refine, m_guide = guide;
    m_answers.resize(prompt.clicks.size() + 1);
}

const Answer* Track::answer(int clicks) const {
    return clicks >= 0 && std::size_t(clicks) < m_answers.size() && m_answers[std::size_t(clicks)]
               ? &*m_answers[std::size_t(clicks)]
               : nullptr;
}

Prompt Track::promptOf(int clicks) const {
    return {{m_prompt.clicks.begin(), m_prompt.clicks.begin() + clicks}, m_prompt.box, {}};
}

bool Track::askNext(tensor::Context& context, const Model& model, const Embedded& picture, int upTo,
                    const std::function<Mask()>& told) {
    for (int k = 0; k <= std::min(upTo, clicks()); ++k) {
        if (!asks(k) || m_answers[std::size_t(k)]) continue;
        Prompt prompt = promptOf(k);
        const bool feedBack = m_refine || model.prompts().takesClicks(); // else such a model would ask itself all over again
        if (const Answer* before = feedBack ? answer(k - 1) : nullptr; before && model.prompts().takesMasks()) {
            const auto logits = before->of(before->chosen);
            prompt.mask.assign(logits.begin(), logits.end());
        } else if (const Mask mask = told ? told() : Mask{}; !mask.pixels.empty()) {
            const PromptEncoder& prompts = model.prompts();
            if (prompts.takesMasks()) prompt.mask = maskPrompt(mask, picture.fit, model.maskSide());
            // TinyPrompt has never met a mask without a click, and some models take no mask at all.
            if (prompt.clicks.empty() && !prompt.box && (prompts.takesClicks() || !prompts.takesMasks()))
                if (const auto click = clickFor(mask)) prompt.clicks.push_back(*click);
            if (prompt.empty()) continue;
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
