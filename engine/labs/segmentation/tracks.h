// SPDX-License-Identifier: GPL-3.0-or-later
// The answers to an object's clicks: one after each click, so that time can be scrubbed click by click.
#pragma once

#include "engine/labs/segmentation/model.h"
#include "engine/labs/segmentation/touchup.h"

#include <functional>
#include <map>

namespace orrery::segmentation {

/// A mask that the model is told beside the clicks.
struct Guide {
    std::vector<Dab> sketch{}; ///< drawn by hand; alone it is enough to ask
    std::uint64_t given = 0;   ///< not 0: number of a mask of a file, told with clicks only
    bool operator==(const Guide&) const = default;
};

class Track {
 public:
    /// New prompts: answers to clicks that are as they were stay.
    void set(const Prompt& prompt, bool refine, const Guide& guide = {});
    const Guide& guide() const { return m_guide; }
    void forget() { m_answers.assign(m_answers.size(), std::nullopt); } ///< another picture or model

    const Prompt& prompt() const { return m_prompt; }
    int clicks() const { return int(m_prompt.clicks.size()); }
    /// After that many clicks; null when it was not asked yet or nothing is asked (no click, no box, no sketch).
    const Answer* answer(int clicks) const;
    bool asks(int clicks) const { return clicks > 0 || m_prompt.box.has_value() || !m_guide.sketch.empty(); }
    /// Asks for the first answer that is missing up to there; false when none is.
    /// `told`: the guide as a mask of the picture's size, made only when it is needed; empty without a guide.
    bool askNext(tensor::Context& context, const Model& model, const Embedded& picture, int upTo,
                 const std::function<Mask()>& told = {});
    Prompt promptOf(int clicks) const; ///< what is asked then, without masks

 private:
    Prompt m_prompt;
    Guide m_guide;
    bool m_refine = false;
    std::vector<std::optional<Answer>> m_answers{1}; ///< by number of clicks
};

/// The choice "answer" of the lab: which mask of an answer it means.
std::size_t chosenBy(const std::string& key, const Answer& answer);

} // namespace orrery::segmentation
