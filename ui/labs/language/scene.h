// SPDX-License-Identifier: GPL-3.0-or-later
// What the pages of speculative decoding look at, and what they ask for: plain records, so that a picture needs no model. The
// lab's view fills the scene before every frame; a test fills it with rounds of its own.
#pragma once

#include "engine/lab/declaration.h"
#include "engine/labs/language/moments.h"
#include "engine/labs/language/proof.h"
#include "engine/labs/language/race.h"
#include "engine/labs/language/speculate.h"
#include "ui/labs/language/token_text.h"

#include <functional>
#include <memory>

namespace orrery::ui::lang {

using language::Beat;
using language::Reveal;
using language::Round;
using language::Rule;
using language::Seen;

struct Race {
    std::vector<language::LaneResult> lanes{}; ///< plain decoding first; empty: not begun
    language::PassTimes passes{};
};

struct Proof {
    std::vector<language::ProofRow> rows{}; ///< empty: not begun
};

struct Scene {
    std::string missing; ///< English: why there is nothing to see; empty when there is
    std::shared_ptr<TokenTexts> tokens = std::make_shared<TokenTexts>();
    std::vector<std::int32_t> prompt;
    std::vector<const Round*> rounds; ///< all that are known, the first after the prompt
    int shown = -1;                   ///< of rounds; -1: the prompt alone
    int moment = 0;                   ///< of the round shown
    float phase = 1;                  ///< how far the newest moment has come, while time runs
    language::Plan plan;
    int lookAt = -1; ///< the node whose choice is looked at while none is selected; -1: the one being decided
    Race race;
    Proof proof;
    bool planted = false; ///< the proof tries broken rules too
    /// The position of the transport at a moment of a round.
    std::function<double(int round, int moment)> positionOf;

    const Round* round() const { return shown >= 0 && shown < int(rounds.size()) ? rounds[std::size_t(shown)] : nullptr; }
    Reveal reveal() const { return round() ? language::reveal(*round(), moment) : Reveal{}; }
};

/// What a hand points at, shared by all pages: what lights up on one lights up on the others.
struct Focus {
    static constexpr int none = -2;
    int hovered = none;  ///< node of the round shown; -1: its root
    int selected = none; ///< the node whose choice is looked at; none: the one being decided
    int round = -1;      ///< to which `selected` belongs
    int token = -1;      ///< position in the text that is selected; -1: the newest
    std::string rule;    ///< key of the rule under which the node is replayed; empty: as it happened
};

/// What a page may ask of whoever shows it. Nothing happens before the frame is over.
class Hands {
 public:
    virtual ~Hands() = default;
    virtual void want(const std::string& key, lab::Value value) = 0; ///< a parameter
    virtual void seek(double position) = 0;                          ///< of the transport
    virtual void act(const std::string& action) = 0;
};

} // namespace orrery::ui::lang
