// SPDX-License-Identifier: GPL-3.0-or-later
// The embedding lab: a table of many dimensions becomes a cloud in two or three.
#pragma once

#include "engine/labs/embedding/projecting.h"

namespace orrery::embedding {

/// What the view draws from.
class EmbeddingLab : public lab::Lab {
 public:
    virtual Projecting& cloud() = 0;
    virtual const Projecting& cloud() const = 0;
    /// Rows picked out in the view, rising; kept while the table is the same.
    virtual const std::vector<std::int64_t>& selection() const = 0;
    virtual void select(std::vector<std::int64_t> rows) = 0;
};

std::unique_ptr<lab::Lab> make(gpu::Device& device);

} // namespace orrery::embedding
