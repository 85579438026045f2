// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/scenes.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <algorithm>
#include <cstdio>
#include <limits>

namespace orrery::statespace {

using Verdict = lab::Check::Verdict;

void BoardScene::configure(const BoardOptions& o) {
    if (o.length == m_options.length && o.seed == m_options.seed && o.delta == m_options.delta && o.planted == m_options.planted)
        return;
    m_options = o;
    m_background.cancel();
    m_plan.reset();
    m_groups.clear();
    m_position = 0;
}

std::string BoardScene::status() const {
    std::size_t pairs = 0, agree = 0;
    for (int i = 0; i < m_position; ++i)
        for (const Pair& pair : m_groups[std::size_t(i)].pairs) ++pairs, agree += pair.agree();
    return std::to_string(agree) + "/" + std::to_string(pairs);
}

bool BoardScene::advance(gpu::Recorder&, int target, double budgetMs) {
    target = std::clamp(target, 0, steps());
    if (int(m_groups.size()) < target) {
        if (!m_plan) {
            m_plan = std::make_shared<Plan>(std::string()), m_hostMade = false;
            m_background.start([plan = m_plan, group = int(m_groups.size()), options = m_options](const lab::Stop& stop) {
                *plan = boardPlan(group, options);
                plan->makeHost([&] { return stop.load(); });
            });
        }
        if (!m_hostMade) m_hostMade = m_background.finished(std::min(budgetMs, 2.0));
        if (m_hostMade) {
            tensor::Context context(m_device);
            if (!m_plan->makeDevice(context)) m_groups.push_back(m_plan->compared()), m_plan.reset();
        }
    }
    m_position = std::min(target, int(m_groups.size()));
    return m_position == target;
}

lab::HostArray BoardScene::array(gpu::Device&, const std::string& key) {
    if (key != "board") return {{0}, {}};
    lab::HostArray out{{0, 5}, {}};
    for (int g = 0; g < m_position; ++g)
        for (const Pair& pair : m_groups[std::size_t(g)].pairs) {
            for (const double value : {double(g), double(pair.first), double(pair.second), pair.residual, pair.tolerance})
                out.values.push_back(float(value));
            ++out.shape[0];
        }
    return out;
}

std::vector<lab::Check> BoardScene::checks() const {
    std::vector<lab::Check> all;
    for (int g = 0; g < m_position; ++g) {
        const Group& group = m_groups[std::size_t(g)];
        const Pair* worst = nullptr;
        for (const Pair& pair : group.pairs)
            if (!worst || pair.residual / pair.tolerance > worst->residual / worst->tolerance) worst = &pair;
        if (!worst) continue;
        all.push_back({"group" + std::to_string(g), group.name, worst->residual, 0, worst->tolerance,
                       group.agree() ? Verdict::matches : Verdict::disagrees, "", group.argument});
    }
    return all;
}

const std::vector<std::string>& TrapScene::keys() {
    static const std::vector<std::string> all = {"t1", "t2", "t3", "t4", "t5", "t6", "t7", "t8", "t9", "t11", "t14", "pole"};
    return all;
}

void TrapScene::wake() {
    if (m_shared) return;
    m_shared = std::make_shared<Shared>();
    m_background.start([shared = m_shared](const lab::Stop& stop) {
        using Find = Finding (*)();
        static constexpr Find all[] = {[] { return eulerExplodes(32); },
                                       [] { return eigenvectorsExplode(32); },
                                       [] { return endpointHalved(32, 2, 1); },
                                       [] { return scalingOff(16); },
                                       [] { return orderLost(4096); },
                                       [] { return sampledAtTheEnd(512); },
                                       [] { return gateIsEuler(1); },
                                       [] { return productUnderflows(0.5, 1024); },
                                       [] { return windowIsTwo(32); },
                                       [] { return phaseLost(64, 0.1, 1024); },
                                       [] { return explicitNeedsSmallSteps(64, 0.1); },
                                       [] { return poleAtMinusOne(32); }};
        static_assert(std::size(all) == traps);
        for (const Find find : all) {
            if (stop) return;
            const Finding finding = find();
            const std::lock_guard lock(shared->mutex);
            shared->found.push_back(finding);
        }
    });
}

std::vector<Finding> TrapScene::findings() const {
    if (!m_shared) return {};
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->found;
}

std::string TrapScene::status() const { return std::to_string(m_position) + "/" + std::to_string(traps); }

bool TrapScene::advance(gpu::Recorder&, int target, double budgetMs) {
    wake();
    m_background.finished(std::min(budgetMs, 2.0));
    target = std::clamp(target, 0, steps());
    m_position = std::min(target, int(findings().size()));
    return m_position == target;
}

lab::HostArray TrapScene::array(gpu::Device&, const std::string& key) {
    if (key != "traps") return {{0}, {}};
    lab::HostArray out{{0, 2}, {}};
    for (const Finding& f : findings())
        out.values.push_back(float(f.measured)), out.values.push_back(float(f.cured)), ++out.shape[0];
    return out;
}

std::vector<lab::Check> TrapScene::checks() const {
    std::vector<lab::Check> all;
    const std::vector<Finding> found = findings();
    const auto sprung = std::count_if(found.begin(), found.end(), [](const Finding& f) { return f.sprung; });
    if (m_position == traps)
        all.push_back({"sprung", "traps that show", double(sprung), double(traps), 0,
                       sprung == traps ? Verdict::matches : Verdict::disagrees, "",
                       "each is known to happen with the parameters that stand here"});
    return all;
}

void TableScene::configure(const TableOptions& o) {
    if (m_shared && o.samples == m_options.samples && o.states == m_options.states && o.seed == m_options.seed) return;
    m_options = o;
    m_background.cancel();
    m_shared.reset();
    m_complete = false, m_position = 0;
}

void TableScene::begin(lab::Jobs& jobs) {
    if (m_shared) return;
    m_shared = std::make_shared<Shared>();
    m_background.start([shared = m_shared, options = m_options](const lab::Stop& stop) {
        hippoTable(options, [&](const HippoTable& soFar, double fraction) {
            const std::lock_guard lock(shared->mutex);
            shared->table = soFar;
            shared->fraction = fraction;
            return !stop;
        });
    });
    jobs.add({"HiPPO's table", "rows", double(steps()), [this, shared = m_shared](double budgetMs) {
                  if (shared != m_shared) return 1.0; // other settings have begun another
                  if (m_background.finished(std::min(budgetMs, 4.0))) m_complete = true;
                  return m_complete ? 1.0 : std::min(0.99, shared->fraction.load());
              }});
}

HippoTable TableScene::table() const {
    if (!m_shared) return {m_options, 0, {}};
    const std::lock_guard lock(m_shared->mutex);
    return m_shared->table;
}

double TableScene::fraction() const { return m_shared ? m_shared->fraction.load() : 0; }

std::string TableScene::status() const {
    return std::to_string(m_position) + "/" + std::to_string(steps()) + " \xC2\xB7 N = " + std::to_string(m_options.states) +
           " \xC2\xB7 L = " + lab::rounded(double(m_options.samples));
}

bool TableScene::advance(gpu::Recorder&, int target, double) {
    target = std::clamp(target, 0, steps());
    if (m_background.finished(0)) m_complete = true; // also without its job, which another page may have ended
    m_position = std::min(target, int(table().rows.size()));
    return m_position == target || m_complete || !m_shared;
}

std::vector<lab::Check> TableScene::checks() const {
    std::vector<lab::Check> all;
    if (!m_complete) return all;
    for (const TableRow& row : table().rows) {
        if (!row.error || !row.optimum || row.method.rfind("LegS", 0) != 0) continue;
        const double slack = 1e-3 * *row.optimum; // first-order steps at 10^6 samples: below a thousandth
        const double extra = *row.error - *row.optimum;
        all.push_back(
            {row.method, row.method, *row.error, *row.optimum, slack,
             extra < -slack   ? Verdict::disagrees
             : extra <= slack ? Verdict::matches
                              : Verdict::explained,
             "", "the least that any polynomial of this degree can have: the published 0.02 is this, not the method's error"});
    }
    return all;
}

} // namespace orrery::statespace
