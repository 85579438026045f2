// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/segmentation/kernels.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace orrery::segmentation {

const WideText& textOf(Wide kind) {
    static const WideText texts[] = {{"3 \xC3\x97 3 stack", "\xE2\x88\x9A((k \xE2\x88\x92 1)/3)"},
                                     {"dense k \xC3\x97 k", "\xE2\x88\x9A((k\xC2\xB2 \xE2\x88\x92 1)/12)"},
                                     {"GCN, k \xC3\x97 1 and 1 \xC3\x97 k", "\xE2\x88\x9A((k\xC2\xB2 \xE2\x88\x92 1)/12)"},
                                     {"dilated 3 \xC3\x97 3", "(k \xE2\x88\x92 1)/2 \xC2\xB7 \xE2\x88\x9A(2/3)"}};
    return texts[std::size_t(kind)];
}

KernelRequest kernelRequestOf(const lab::Settings& settings) {
    return {.kernel = settings.integer("kernel") | 1,
            .from = settings.integer("wide_in"),
            .to = settings.integer("wide_out"),
            .random = settings.text("wide_weights") == "random"};
}

void Kernels::look(const KernelRequest& at) {
    if (at == m_asked) return;
    const bool same = at.kernel == m_asked.kernel && at.random == m_asked.random;
    m_asked = at;
    ++m_revision;
    if (same) return;
    m_fields = {};
    m_begun = false;
}

void Kernels::resume(lab::Jobs& jobs) {
    if (m_begun || !jobs.empty()) return;
    m_begun = true;
    const auto slice = [this, of = m_asked](double budgetMs) {
        using Clock = std::chrono::steady_clock;
        const Clock::time_point start = Clock::now();
        std::size_t done = 0;
        for (const Wide kind : wides) {
            auto& field = m_fields[std::size_t(kind)];
            if (!field) {
                field = receptiveField(kind, of.kernel, 1, of.random ? draws : 0);
                ++m_revision;
                ++done;
                break; // one at a time is a slice
            }
            ++done;
            if (std::chrono::duration<double, std::milli>(Clock::now() - start).count() > budgetMs) break;
        }
        return double(done) / double(wides.size());
    };
    jobs.add({"Receptive fields", "fields", double(wides.size()), slice});
}

const ReceptiveField* Kernels::field(Wide kind) const {
    const auto& field = m_fields[std::size_t(kind)];
    return field ? &*field : nullptr;
}

WideCost Kernels::cost(Wide kind) const {
    return wideCost(wideNet(kind, m_asked.kernel, m_asked.from, m_asked.to, m_asked.from), grid);
}

std::vector<lab::Check> Kernels::checks() const {
    std::vector<lab::Check> all;
    static const char* const keys[] = {"spread_stack", "spread_dense", "spread_gcn", "spread_dilated"};
    for (const Wide kind : wides) {
        const ReceptiveField* f = field(kind);
        using Verdict = lab::Check::Verdict;
        lab::Check check;
        check.key = keys[std::size_t(kind)], check.label = textOf(kind).name;
        check.expected = spreadFormula(kind, m_asked.kernel), check.unit = "px";
        check.because = m_asked.random ? "The formula is the mean over all random weights; these are 24 draws."
                                       : "Spread of the gradient: float64, exact but for rounding.";
        check.tolerance = m_asked.random ? 0 : 1e-9;
        if (f) {
            check.measured = (f->spreadX + f->spreadY) / 2;
            const bool exact = std::abs(check.measured - check.expected) <= 1e-9;
            check.verdict = exact ? Verdict::matches : m_asked.random ? Verdict::explained : Verdict::disagrees;
        }
        all.push_back(std::move(check));
    }
    return all;
}

} // namespace orrery::segmentation
