// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/labs/statespace/remember.h"

#include "engine/error.h"
#include "engine/lab/names.h"

#include <algorithm>
#include <cstdio>

namespace orrery::statespace {

namespace {

constexpr std::int64_t quickStates = 96;       ///< up to here the steps of all methods are made within a frame
constexpr std::size_t samplesAtOnce = 1 << 18; ///< given to a memory in one frame: millions cost more than one
constexpr int restFrames = 8;                  ///< without a change of settings before errors are studied

bool same(const Stepping& a, const Stepping& b) { return a.scheme == b.scheme && a.alpha == b.alpha && a.scaled == b.scaled; }
bool same(const HippoOptions& a, const HippoOptions& b) { return a.theta == b.theta && a.alpha == b.alpha && a.beta == b.beta; }

} // namespace

Remember::Memory Remember::make(Method method, const RememberRequest& r) {
    Memory memory{method, nullptr, {}, {}};
    try {
        memory.line = std::make_unique<Timeline>(hippo(method, r.N, optionsFor(method, r.options, r.unit)), r.stepping,
                                                 r.source->signal.dt);
    } catch (const Error& error) {
        memory.refused = error.what();
    }
    return memory;
}

void Remember::configure(const RememberRequest& request) {
    const RememberRequest before = m_request;
    m_request = request;
    const bool machine = before.N != request.N || !same(before.options, request.options) || before.unit != request.unit ||
                         !same(before.stepping, request.stepping) || before.source->signal.dt != request.source->signal.dt;
    if (!machine && before.methods == request.methods && before.source == request.source && before.stretch == request.stretch)
        return;
    ++m_revision;
    m_study.stop();
    m_studied = false, m_quiet = 0;
    std::vector<Memory> kept;
    if (!machine && !m_building) kept = std::move(m_memories);
    m_memories.clear();
    for (const Method method : request.methods) {
        const auto old = std::find_if(kept.begin(), kept.end(), [method](const Memory& m) { return m.method == method; });
        m_memories.push_back(old != kept.end() ? std::move(*old) : Memory{method, nullptr, {}, {}});
    }
    build();
}

void Remember::build() {
    m_builder.cancel();
    m_building = false;
    const auto missing = [](const Memory& m) { return !m.line && m.refused.empty(); };
    if (m_request.N <= quickStates) {
        for (Memory& memory : m_memories)
            if (missing(memory)) memory = make(memory.method, m_request);
    } else if (std::any_of(m_memories.begin(), m_memories.end(), missing)) {
        m_building = true;
        auto built = std::make_shared<std::vector<Memory>>();
        m_built = built;
        std::vector<Method> wanted;
        for (const Memory& memory : m_memories)
            if (missing(memory)) wanted.push_back(memory.method);
        m_builder.start([built, wanted, request = m_request](const lab::Stop& stop) {
            for (const Method method : wanted)
                if (!stop) built->push_back(make(method, request));
        });
    }
    for (Memory& memory : m_memories) feed(memory);
    m_plain.reset();
    if (m_request.stretch > 1) {
        Vector as;
        for (std::size_t j = 0; j < signal().samples.size(); j += std::size_t(m_request.stretch))
            as.push_back(signal().samples[j]);
        m_plain = std::make_unique<Timeline>(hippo(Method::legsScaled, m_request.N), m_request.stepping, signal().dt);
        m_plain->append(as);
    }
    show(std::min(m_position, steps()));
}

/// Gives the memory the signal, of which it may know a part already: only what differs is run through again.
void Remember::feed(Memory& memory) const {
    if (!memory.line) return;
    const std::span<const double> known = memory.line->samples(), wanted = signal().samples;
    const auto differ = std::mismatch(known.begin(), known.end(), wanted.begin(), wanted.end());
    const std::int64_t equal = differ.first - known.begin();
    memory.line->keep(equal);
    feedOn(memory);
}

void Remember::feedOn(Memory& memory) const {
    const std::span<const double> rest = std::span(signal().samples).subspan(memory.line->samples().size());
    memory.line->append(rest.first(std::min(rest.size(), samplesAtOnce)));
}

void Remember::show(int position) {
    m_position = position;
    for (Memory& memory : m_memories) {
        memory.state.clear();
        if (memory.line && memory.line->done() >= position) memory.state = memory.line->state(position);
    }
}

std::string Remember::trouble(std::size_t i) const {
    const Memory& m = m_memories[i];
    if (!m.refused.empty()) return m.refused;
    if (!m.line || !m.line->exploded() || m.line->explodedAt() > m_position) return {};
    if (m_request.N <= quickStates) return m.line->trouble();
    for (const MethodStudy& study : m_study.results()) // eigenvalues of hundreds of states take seconds: found in the background
        if (study.method == m.method && !study.trouble.empty()) return study.trouble;
    return "The state has grown beyond all bounds: this step is not stable here.";
}

const System* Remember::system(std::size_t i) const { return m_memories[i].line ? &m_memories[i].line->system() : nullptr; }

const Vector& Remember::state(std::size_t i) const {
    static const Vector none;
    const Memory& m = m_memories[i];
    return !m.line || (m.line->exploded() && m.line->explodedAt() <= m_position) ? none : m.state;
}

Vector Remember::remembered(std::size_t i, std::span<const double> ages) const {
    const Vector& x = state(i);
    return x.empty() || m_position == 0 ? Vector() : reconstruct(*system(i), x, ages, now());
}

std::optional<double> Remember::stretchMoved() const {
    if (!m_plain || m_position == 0) return {};
    const std::int64_t k = m_position / m_request.stretch;
    for (const Memory& m : m_memories) {
        if (m.method != Method::legsScaled || !m.line || m.line->exploded() || k < 1 || m_plain->done() < k) continue;
        if (m.line->done() < k * m_request.stretch) continue;
        return relative(m.line->state(k * m_request.stretch), m_plain->state(k));
    }
    return {};
}

std::vector<lab::Mark> Remember::marks() const {
    char end[32];
    std::snprintf(end, sizeof end, "t = %.4g s", clock(steps()));
    return {{0, "start"}, {steps(), end}};
}

std::string Remember::status() const {
    char text[96];
    std::snprintf(text, sizeof text, "t = %.4g s \xC2\xB7 k = %d/%d", now(), m_position, steps());
    return text;
}

bool Remember::advance(gpu::Recorder&, int target, double budgetMs) {
    target = std::clamp(target, 0, steps());
    if (m_building && m_builder.finished(budgetMs / 2)) {
        for (Memory& built : *m_built)
            for (Memory& memory : m_memories)
                if (memory.method == built.method && !memory.line) memory = std::move(built), feed(memory);
        m_building = false, ++m_revision;
    }
    if (m_building) return false;
    std::int64_t done = steps();
    std::size_t unfinished = m_plain && m_plain->done() < std::int64_t(m_plain->samples().size()) ? 1 : 0;
    for (const Memory& m : m_memories) unfinished += m.line && m.line->done() < steps();
    const double each = budgetMs / double(std::max<std::size_t>(1, unfinished));
    for (Memory& m : m_memories) {
        if (!m.line) continue;
        feedOn(m);
        if (m.line->done() < steps()) m.line->advance(each);
        done = std::min(done, m.line->done());
    }
    if (m_plain) m_plain->advance(each);
    show(int(std::min<std::int64_t>(target, done)));
    if (done < target) return false;
    if (m_request.methods.empty() || !m_request.source->missing.empty()) return true;
    if (!m_studied) {
        if (m_quiet++ < restFrames) return false;
        if (m_quiet == restFrames + 1) startStudy();
        m_studied = m_study.finished(std::min(budgetMs / 4, 2.0));
    }
    if (m_study.revision() != m_seriesRevision) refreshSeries();
    return m_studied;
}

void Remember::startStudy() {
    m_study.start({m_request.methods, m_request.N, m_request.options, m_request.unit, m_request.stepping,
                   std::shared_ptr<const Vector>(m_request.source, &signal().samples), signal().dt, signal().band});
}

void Remember::refreshSeries() {
    m_seriesRevision = m_study.revision();
    m_series.clear();
    for (const MethodStudy& study : m_study.results())
        for (const ErrorPoint& point : study.history) {
            const int step = int(point.at);
            const auto put = [&](const char* what, double value) {
                if (std::isfinite(value))
                    m_series[std::string(what) + toString(study.method)].push_back({step, clock(step), 100 * value});
            };
            put("error_", point.error), put("optimum_", point.optimum);
        }
}

std::span<const lab::Sample> Remember::series(const std::string& key) const {
    const auto found = m_series.find(key);
    return found == m_series.end() ? std::span<const lab::Sample>() : found->second;
}

lab::HostArray Remember::array(gpu::Device&, const std::string& key) {
    const std::uint64_t methods = m_memories.size(), N = std::uint64_t(m_request.N), L = signal().samples.size();
    lab::HostArray out;
    if (key == "signal") {
        out.shape = {L, 2};
        for (std::uint64_t j = 0; j < L; ++j)
            out.values.push_back(float((double(j) + 0.5) * signal().dt)), out.values.push_back(float(signal().samples[j]));
    } else if (key == "state") {
        out.shape = {methods, N};
        for (std::size_t i = 0; i < methods; ++i)
            for (std::uint64_t n = 0; n < N; ++n) out.values.push_back(n < state(i).size() ? float(state(i)[n]) : NAN);
    } else if (key == "remembered") {
        constexpr std::uint64_t places = 512;
        out.shape = {places, 1 + methods};
        Vector ages;
        for (std::uint64_t p = 0; p < places; ++p) ages.push_back(now() * (1 - (double(p) + 0.5) / double(places)));
        std::vector<Vector> all;
        for (std::size_t i = 0; i < methods; ++i) all.push_back(remembered(i, ages));
        for (std::uint64_t p = 0; p < places; ++p) {
            out.values.push_back(float(now() - ages[p]));
            for (const Vector& u : all) out.values.push_back(u.empty() ? NAN : float(u[p]));
        }
    } else if (key == "errors") {
        std::map<double, std::vector<float>> rows;
        const std::vector<MethodStudy> all = m_study.results();
        for (std::size_t i = 0; i < all.size(); ++i)
            for (const ErrorPoint& point : all[i].states) {
                std::vector<float>& row = rows.try_emplace(point.at, 2 * all.size(), NAN).first->second;
                row[2 * i] = float(100 * point.error), row[2 * i + 1] = float(100 * point.optimum);
            }
        out.shape = {rows.size(), 1 + 2 * all.size()};
        for (const auto& [states, row] : rows) {
            out.values.push_back(float(states));
            out.values.insert(out.values.end(), row.begin(), row.end());
        }
    } else {
        out.shape = {0};
    }
    return out;
}

} // namespace orrery::statespace
