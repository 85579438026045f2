// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/deriving.h"

#include "engine/lab/names.h"

#include <algorithm>

namespace orrery::statespace {

using Verdict = lab::Check::Verdict;

void Deriving::configure(const DerivingRequest& request) {
    if (request == m_request) return;
    std::vector<Equality> made = derive(request.which, request.options); // may refuse
    m_equalities = std::move(made);
    m_request = request;
    m_position = std::min(m_position, steps());
}

std::string Deriving::status() const {
    std::string text = std::to_string(m_position) + "/" + std::to_string(steps());
    if (m_position > 0) {
        const Equality& now = m_equalities[std::size_t(m_position - 1)];
        text += std::string(now.holds() ? "  = " : "  \xE2\x89\xA0 ") + lab::rounded(now.residual);
    }
    return text;
}

bool Deriving::advance(gpu::Recorder&, int target, double) {
    m_position = std::clamp(target, 0, steps());
    return true;
}

lab::HostArray Deriving::array(gpu::Device&, const std::string& key) {
    if (key != "derivation") return {{0}, {}};
    lab::HostArray out{{0, 7}, {}};
    for (int step = 0; step < m_position; ++step) {
        const Equality& e = m_equalities[std::size_t(step)];
        for (const Equality::Row& row : e.rows) {
            for (const double value : {double(step + 1), row.left.real(), row.left.imag(), row.right.real(), row.right.imag(),
                                       e.residual, e.tolerance})
                out.values.push_back(float(value));
            ++out.shape[0];
        }
    }
    return out;
}

std::vector<lab::Check> Deriving::checks() const {
    std::vector<lab::Check> all;
    for (int step = 0; step < m_position; ++step) {
        const Equality& e = m_equalities[std::size_t(step)];
        all.push_back({"step" + std::to_string(step + 1), e.title, e.residual, 0, e.tolerance,
                       e.holds() ? Verdict::matches : Verdict::disagrees, "", e.argument});
    }
    return all;
}

} // namespace orrery::statespace
