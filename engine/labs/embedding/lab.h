// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab: a table of many dimensions becomes a cloud in two or three.
#pragma once

#include "engine/labs/embedding/projecting.h"
#include "engine/labs/embedding/selection.h"
#include "engine/labs/embedding/words_learning.h"
#include "engine/labs/embedding/words_onehot.h"
#include "engine/labs/embedding/words_questions.h"

namespace orrery::embedding {

/// What the view draws from.
class EmbeddingLab : public lab::Lab {
 public:
    virtual Projecting& cloud() = 0;
    virtual const Projecting& cloud() const = 0;
    /// Word vectors while they are learned: then cloud() shows them as they are now.
    virtual bool learns() const = 0;
    virtual const Learning& learning() const = 0;
    /// The best `count` answers to the expression, or why there is none; of any table whose rows have names.
    virtual WordAnswer answer(std::int64_t count) const = 0;
    /// The text's first words through a look-up and through a product; none until a text is read.
    virtual const std::optional<OneHot>& oneHot() const = 0;
    /// Rows that the setting "selection" picks out, rising; none while it is of another table, and then problem() says so.
    virtual const Picked& picked() const = 0;
    const std::vector<std::int64_t>& selection() const { return picked().rows(); }
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::embedding
