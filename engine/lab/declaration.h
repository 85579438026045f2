// SPDX-License-Identifier: GPL-3.0-or-later
// What a lab declares, once. The panel, the command line, scenario files, undo, the palette, `orrery describe`,
// the charts and the reference page are all derived from this table.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace orrery::lab {

/// Rows of numbers that a person edits as a whole (mixture components, brushed points).
struct Points {
    int columns = 2;
    std::vector<double> values{}; ///< row after row
    std::size_t rows() const { return columns > 0 ? values.size() / std::size_t(columns) : 0; }
    bool operator==(const Points&) const = default;
};

/// flag, integer, number, choice (its key), file (its path) or text, points.
using Value = std::variant<bool, std::int64_t, double, std::string, Points>;

/// text: one line that the lab itself reads ("0.1", "2^-12", "-inf"); it refuses what it cannot read.
enum class Type { number, integer, choice, flag, file, points, text };
enum class Scale { linear, logarithmic };
enum class Applies {
    live,  ///< takes effect within a frame, the run goes on
    reset, ///< takes effect at once: the run begins again and catches up with the moment that is shown
    view,  ///< changes only how things are drawn
};

struct Choice {
    std::string key{}, label{}, meaning{};
};

struct Parameter {
    std::string key{};   ///< stable: scenario files and the command line use it
    std::string label{}; ///< English; translated by its text
    std::string group{}; ///< heading in the panel
    Type type = Type::number;
    Value fallback{}; ///< the default
    double low = 0, high = 1,
           step = 0.01; ///< range of a number, an integer or each value of points; most rows of points: maxRows
    std::string unit{};
    std::string meaning{}; ///< one line
    std::string formula{}; ///< plain text, may be empty
    Scale scale = Scale::linear;
    Applies applies = Applies::reset;
    std::vector<Choice> choices{};
    std::vector<std::string> columns{}; ///< of points: names of the columns
    std::size_t maxRows = 4096;         ///< of points
    std::string shownWhen{};            ///< "key=choice|choice;key=…": acts only when all of them hold; empty: always
};

struct Action {
    std::string key{}, label{}, meaning{};
    std::string shortcut{};  ///< "R", may be empty
    std::string shownWhen{}; ///< as of a parameter: elsewhere there is nothing to do it to
};

/// A scalar over the lab's clock.
struct Series {
    std::string key{}, label{}, unit{}, meaning{};
    std::string chart{};         ///< series with the same chart name are drawn in one chart
    bool theory = false;         ///< drawn as a line of expectation, not as a measurement
    std::string shownWhen{};     ///< as of a parameter: its chart is shown only then
    int colour = -1;             ///< of the seven categories, for what has its colour elsewhere too; -1: the next that is free
    std::string axis{};          ///< along what it is sampled where that is not the lab's clock: "training step"
    Scale scale = Scale::linear; ///< of its values; one of a chart makes the whole chart logarithmic
};

struct Array {
    std::string key{};
    std::string shape{}; ///< "[N,2]" in words
    std::string dtype{}; ///< "f32"
    std::string unit{}, meaning{};
};

struct Input {
    std::string key{};                     ///< the parameter of type file that takes its path
    std::vector<std::string> extensions{}; ///< "csv", "npy"
    std::string meaning{};
    std::vector<std::pair<std::string, std::string>> sets{}; ///< parameters set when such a file is dropped
};

/// A file that the lab writes on request, beside its arrays (Lab::save).
struct Output {
    std::string key{}, extension{}, meaning{};               ///< "network", "safetensors"
    std::vector<std::pair<std::string, std::string>> sets{}; ///< parameters under which there is one: what `orrery train` sets
};

/// Names of the clock and of its two ends, for the transport.
struct ClockNames {
    std::string name{}, low{}, high{}; ///< "diffusion time t", "data t=0", "noise t=1"
    bool counts = false;               ///< whole numbers, shown without decimals
};

struct Declaration {
    std::string name{}, title{}, summary{};
    std::vector<Parameter> parameters{};
    std::vector<Action> actions{};
    std::vector<Series> series{};
    std::vector<Array> arrays{};
    std::vector<Input> inputs{};
    std::vector<Output> outputs{};
    ClockNames clock;
    std::string defaultScenario{};

    const Parameter* find(const std::string& key) const;
    /// Throws when a key is double, a default out of range, a choice unknown: called by the registry's test.
    void verify() const;
};

} // namespace orrery::lab
