// SPDX-License-Identifier: GPL-3.0-or-later
// The answers to an object's clicks: one after each click, so that time can be scrubbed click by click.
#pragma once

#include "engine/labs/segmentation/model.h"

#include <map>

namespace orrery::segmentation {

class Track {
 public:
    /// New prompts: answers to clicks that are as they were stay.
    void set(const Prompt& prompt, bool refine);
    void forget() { m_answers.assign(m_answers.size(), std::nullopt); } ///< another picture or model

    const Prompt& prompt() const { return m_prompt; }
    int clicks() const { return int(m_prompt.clicks.size()); }
    /// After that many clicks; null when it was not asked yet or nothing is asked (no click, no box).
    const Answer* answer(int clicks) const;
    bool asks(int clicks) const { return clicks > 0 || m_prompt.box.has_value(); }
    /// Asks for the first answer that is missing up to there; false when none is.
    bool askNext(tensor::Context& context, const Model& model, const Embedded& picture, int upTo);

 private:
    Prompt m_prompt;
    bool m_refine = false;
    std::vector<std::optional<Answer>> m_answers{1}; ///< by number of clicks
};

/// The choice "answer" of the lab: which mask of an answer it means.
std::size_t chosenBy(const std::string& key, const Answer& answer);

} // namespace orrery::segmentation
