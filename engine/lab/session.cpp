// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/lab/session.h"

#include "engine/error.h"

#include <algorithm>

namespace orrery::lab {

namespace {

constexpr double headlessSliceMs = 30;

std::size_t bytes(const Value& value) {
    if (const auto* points = std::get_if<Points>(&value)) return points->values.size() * sizeof(double);
    const auto* text = std::get_if<std::string>(&value);
    return text ? text->size() : 0;
}

} // namespace

Session::Session(gpu::Device& device, const std::string& labName) : Session(device, find(labName).make(device)) {}

Session::Session(gpu::Device& device, std::unique_ptr<Lab> lab)
    : m_device(&device), m_lab(std::move(lab)), m_settings(m_lab->declaration()) {
    install(m_settings, m_seed, true);
}

Session::~Session() { m_lab->jobs().cancelAll(); }

void Session::set(const std::string& key, const Value& value) { set({{key, value}}); }

void Session::set(const std::vector<std::pair<std::string, Value>>& values, const std::string& label) {
    Settings wanted = m_settings;
    for (const auto& [key, value] : values) wanted.set(key, value);
    const std::string first = values.empty() ? "" : values.front().first;
    const std::string words = !label.empty() || values.empty() ? label : declaration().find(first)->label;
    if (commit(wanted, m_seed, words, first)) notify();
}

void Session::setSeed(std::uint64_t seed) {
    if (commit(m_settings, seed, "Seed", "seed")) notify();
}

void Session::beginGesture() { m_gesture = true, m_gestureOpen = false; }
void Session::endGesture() { m_gesture = m_gestureOpen = false; }

std::string Session::undoLabel() const { return canUndo() ? m_history[m_cursor - 1].label : std::string(); }
std::string Session::redoLabel() const { return canRedo() ? m_history[m_cursor].label : std::string(); }

void Session::undo() {
    if (!canUndo()) return;
    endGesture();
    const Change& change = m_history[m_cursor - 1];
    install(settingsAfter(change, false), change.seedBefore);
    --m_cursor;
    m_unproven = 0;
    notify();
}

void Session::redo() {
    if (!canRedo()) return;
    endGesture();
    const Change& change = m_history[m_cursor];
    install(settingsAfter(change, true), change.seedAfter);
    ++m_cursor;
    m_unproven = m_lab->jobs().empty() ? 0 : m_cursor;
    notify();
}

void Session::apply(const Scenario& scenario) {
    if (scenario.lab != declaration().name)
        throw Error("the scenario '" + scenario.title + "' is for the lab '" + scenario.lab + "', not for '" +
                    declaration().name + "'");
    endGesture();
    commit(scenario.settings, scenario.seed, scenario.title.empty() ? scenario.name : scenario.title, {});
    m_transport.seek(scenario.clockFraction * m_transport.steps());
    scenario.playing ? m_transport.play() : m_transport.pause();
    notify();
}

Scenario Session::scenario(const std::string& title) const {
    return {.name = title,
            .lab = declaration().name,
            .title = title,
            .titleZh = {},
            .summary = {},
            .summaryZh = {},
            .seed = m_seed,
            .settings = m_settings,
            .clockFraction = m_transport.steps() > 0 ? double(m_transport.target()) / m_transport.steps() : 0,
            .playing = m_transport.playing(),
            .camera = std::nullopt};
}

bool Session::update(gpu::Recorder& recorder, double wallSeconds, double budgetMs) {
    const int before = m_lab->position();
    const bool working = !m_lab->jobs().empty();
    m_transport.setSteps(m_lab->steps());
    m_transport.update(wallSeconds, before);
    if (working) {
        runJobs(budgetMs / 3);
        m_transport.setSteps(m_lab->steps());
        budgetMs *= 2.0 / 3;
    }
    const bool reached = m_lab->advance(recorder, m_transport.target(), budgetMs);
    m_lab->collect();
    const bool differs = working || !reached || m_lab->position() != before || m_revision != m_shownRevision;
    m_shownRevision = m_revision;
    return differs;
}

void Session::runTo(int step, const std::function<void(int)>& progress) {
    m_transport.pause();
    for (bool reached = false; !reached || !m_lab->jobs().empty();) {
        while (!m_lab->jobs().empty()) {
            runJobs(headlessSliceMs);
            if (progress) progress(m_lab->position());
        }
        m_transport.setSteps(m_lab->steps());
        m_transport.seek(step);
        m_device->wait(m_device->run(
            "run", [&](gpu::Recorder& recorder) { reached = m_lab->advance(recorder, m_transport.target(), headlessSliceMs); }));
        m_lab->collect();
        if (progress) progress(m_lab->position());
    }
}

/// The lab is asked first: when it refuses, settings, history and transport stay as they were.
bool Session::commit(const Settings& settings, std::uint64_t seed, std::string label, const std::string& gestureKey) {
    Change change{std::move(label), gestureKey, {}, m_seed, seed};
    for (const std::string& key : settings.differences(m_settings))
        change.deltas.push_back({key, m_settings.value(key), settings.value(key)});
    if (change.deltas.empty() && seed == m_seed) return false;
    install(settings, seed);
    remember(std::move(change));
    m_unproven = m_lab->jobs().empty() ? 0 : m_cursor;
    return true;
}

void Session::install(const Settings& settings, std::uint64_t seed, bool first) {
    std::vector<std::string> keys = settings.differences(m_settings);
    if (first) {
        keys.clear();
        for (const Parameter& parameter : declaration().parameters) keys.push_back(parameter.key);
    }
    m_lab->configure(settings, seed, keys);
    m_settings = settings;
    m_seed = seed;
    m_transport.setSteps(m_lab->steps()); // the lab may begin again: it then catches up with the moment that is looked at
    ++m_revision;
}

void Session::remember(Change change) {
    m_history.erase(m_history.begin() + std::ptrdiff_t(m_cursor), m_history.end());
    if (m_gestureOpen && !m_history.empty() && m_history.back().gestureKey == change.gestureKey) {
        Change& last = m_history.back();
        last.seedAfter = change.seedAfter;
        for (Delta& delta : change.deltas) {
            const auto same =
                std::find_if(last.deltas.begin(), last.deltas.end(), [&](const Delta& d) { return d.key == delta.key; });
            if (same == last.deltas.end())
                last.deltas.push_back(std::move(delta));
            else
                same->after = std::move(delta.after);
        }
    } else {
        m_history.push_back(std::move(change));
        m_gestureOpen = m_gesture;
    }
    const auto size = [this] {
        std::size_t total = 0;
        for (const Change& each : m_history)
            for (const Delta& delta : each.deltas) total += bytes(delta.before) + bytes(delta.after);
        return total;
    };
    while (m_history.size() > longestHistory || (m_history.size() > 1 && size() > largestHistory)) m_history.pop_front();
    m_cursor = m_history.size();
}

Settings Session::settingsAfter(const Change& change, bool forward) const {
    Settings settings = m_settings;
    for (const Delta& delta : change.deltas) settings.set(delta.key, forward ? delta.after : delta.before);
    return settings;
}

void Session::runJobs(double budgetMs) {
    try {
        m_lab->jobs().run(budgetMs);
    } catch (...) {
        // What was accepted when its job began has turned out bad: back to what was there, as if it had been refused at once.
        if (m_unproven != 0 && m_unproven == m_cursor) {
            undo();
            m_history.erase(m_history.begin() + std::ptrdiff_t(m_cursor), m_history.end());
        }
        throw;
    }
}

void Session::notify() {
    if (changed) changed();
}

} // namespace orrery::lab
